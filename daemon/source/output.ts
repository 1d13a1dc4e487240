/** Writes messages to the daemon as fast as it reads them: what it does not take stays in the read-ahead, where a seek can still drop it. */

import type { Socket } from "node:net";
import { MessageStage } from "./message-stage.ts";
import type { SourceMessage } from "./messages.ts";

/** So much is written at once, and the message that goes beyond it. */
const WRITE_BYTES = 64 << 10;

export type Output = {
  /** Writes on, as long as the pipe takes it. Call when there is something new. */
  readonly pump: () => void;
  /** Resolves when there is nothing more to write and all of it has been handed to the kernel. */
  readonly finish: () => Promise<void>;
};

/** `next` gives the messages to write, in order, and null when there is none; `onTaken` is called after a pump that took some. */
export function createOutput(pipe: Socket, next: () => SourceMessage | null, onTaken: () => void): Output {
  const stage = new MessageStage();
  let isBlocked = false;
  let onEmpty: (() => void) | null = null;

  const pump = (): void => {
    if (isBlocked) return;
    while (stage.length < WRITE_BYTES) {
      const message = next();
      if (message === null) break;
      stage.put(message);
      giveBack(message);
    }
    if (stage.length === 0) return onEmpty?.();
    isBlocked = true;
    pipe.write(stage.take(), () => {
      isBlocked = false;
      pump();
    });
    onTaken();
  };

  return {
    pump,
    finish: () =>
      new Promise((resolve) => {
        onEmpty = resolve;
        pump();
      }),
  };
}

/** The memory of what has been copied. V8 would give it back seconds later, and what comes meanwhile would be new memory, at the price of a page fault each 4 KiB. */
function giveBack(message: SourceMessage): void {
  if (message.kind === "audio") release(message.pcm);
  else if (message.kind === "frame" && message.isOwn === true) release(message.jpeg);
}

function release({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}

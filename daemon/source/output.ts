/** Writes messages to the daemon as fast as it reads them: what it does not take stays in the read-ahead, where a seek can still drop it. */

import type { Socket } from "node:net";
import { encodeMessage } from "./codec.ts";
import type { SourceMessage } from "./messages.ts";

export type Output = {
  /** Writes on, as long as the pipe takes it. Call when there is something new. */
  readonly pump: () => void;
  /** Resolves when there is nothing more to write and all of it has been handed to the kernel. */
  readonly finish: () => Promise<void>;
};

/** `next` gives the messages to write, in order, and null when there is none; `onTaken` is called after a pump that took some. */
export function createOutput(pipe: Socket, next: () => SourceMessage | null, onTaken: () => void): Output {
  let isBlocked = false;
  let onEmpty: (() => void) | null = null;

  const pump = (): void => {
    if (isBlocked) return;
    let taken = 0;
    pipe.cork();
    while (!isBlocked) {
      const message = next();
      if (message === null) {
        if (onEmpty !== null) pipe.write(new Uint8Array(0), onEmpty);
        onEmpty = null;
        break;
      }
      taken++;
      for (const chunk of encodeMessage(message)) isBlocked = !pipe.write(chunk) || isBlocked;
    }
    pipe.uncork();
    if (taken > 0) onTaken();
  };

  pipe.on("drain", () => {
    isBlocked = false;
    pump();
  });

  return {
    pump,
    finish: () =>
      new Promise((resolve) => {
        onEmpty = () => resolve();
        pump();
      }),
  };
}

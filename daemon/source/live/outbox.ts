/** What waits for the pipe to the daemon: little, since it is live. When there is more, the oldest goes. Pure. */

import type { SourceMessage } from "../messages.ts";

/** Beside the one that the pipe is taking. */
const MOST_PICTURES = 2;
/** Pieces are 10 to 33 ms long. */
const MOST_PIECES = 64;

export type Outbox = {
  readonly push: (message: SourceMessage) => void;
  readonly shift: () => SourceMessage | null;
};

export function createOutbox(): Outbox {
  const waiting: SourceMessage[] = [];
  const dropOldest = (kind: SourceMessage["kind"], most: number): void => {
    if (waiting.filter((message) => message.kind === kind).length <= most) return;
    waiting.splice(
      waiting.findIndex((message) => message.kind === kind),
      1,
    );
  };
  return {
    push: (message) => {
      waiting.push(message);
      if (message.kind === "frame") dropOldest("frame", MOST_PICTURES);
      if (message.kind === "audio") dropOldest("audio", MOST_PIECES);
    },
    shift: () => waiting.shift() ?? null,
  };
}

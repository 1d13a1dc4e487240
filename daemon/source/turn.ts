/** A source's turn to decode, of which the daemon decides (daemon/supervise/source-turns.ts): asked for, given and given back by a byte each. */

import { Socket } from "node:net";

export const ASK = 1;
const GIVE_BACK = 0;

export type Turn = {
  /** Calls `begin` when it has come. */
  readonly ask: (begin: () => void) => void;
  /** It was asked for and has not come. */
  readonly isAwaited: () => boolean;
  /** The work is done, or cannot wait. Without a turn it does nothing. */
  readonly giveBack: () => void;
};

/** `fd`: a socket to the daemon. It is opened when the first turn is asked for. */
export function createTurn(fd: number): Turn {
  let socket: Socket | null = null;
  let begin: (() => void) | null = null;
  let isOwed = false;

  const open = (): Socket => {
    const opened = new Socket({ fd });
    // The daemon has gone, which its other end tells.
    opened.on("error", () => {});
    opened.on("data", () => {
      const begun = begin;
      begin = null;
      begun?.();
    });
    return opened;
  };
  const say = (byte: number): void => {
    socket ??= open();
    socket.write(Uint8Array.of(byte));
  };

  return {
    ask: (then) => {
      begin = then;
      isOwed = true;
      say(ASK);
    },
    isAwaited: () => begin !== null,
    giveBack: () => {
      if (!isOwed) return;
      isOwed = false;
      begin = null;
      say(GIVE_BACK);
    },
  };
}

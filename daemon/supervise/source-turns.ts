/**
 * Sources decode in turns, as many at a time as there are processors: of more at once each would find its caches cold, again and again.
 * A turn is a courtesy, no lock: for the end of one that lasts too long (a slow disk, a film that is too large) nobody waits.
 */

import { availableParallelism } from "node:os";

/** Twice what a source works in a turn (daemon/source/main.ts) unless a second of its film takes longer; who waits has read some seconds ahead. */
const LONGEST_TURN_MS = 400;

export type TurnTaker = {
  /** Calls `begin` when its turn has come, perhaps at once. */
  readonly ask: (begin: () => void) => void;
  /** It is done, or does not want its turn any more. */
  readonly giveBack: () => void;
};

export class Turns {
  readonly #most: number;
  readonly #longestMs: number;
  /** Those who have asked, the first first. */
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  /** `most`: turns at a time. */
  constructor(most: number, longestMs: number) {
    this.#most = most;
    this.#longestMs = longestMs;
  }

  join(): TurnTaker {
    const nothing = (): void => {};
    let giveBack = nothing;
    const start = (begin: () => void): void => {
      this.#taken++;
      const end = (): void => {
        clearTimeout(timer);
        giveBack = nothing;
        this.#taken--;
        this.#callNext();
      };
      const timer = setTimeout(end, this.#longestMs);
      giveBack = end;
      begin();
    };
    return {
      ask: (begin) => {
        giveBack();
        const called = (): void => start(begin);
        this.#waiting.add(called);
        giveBack = () => void this.#waiting.delete(called);
        this.#callNext();
      },
      giveBack: () => giveBack(),
    };
  }

  #callNext(): void {
    const [next] = this.#waiting;
    if (next === undefined || this.#taken >= this.#most) return;
    this.#waiting.delete(next);
    next();
  }
}

/** Those of all sources of this daemon that play films: what is live comes when it comes. */
export const sourceTurns = new Turns(availableParallelism(), LONGEST_TURN_MS);

/** The last lines of the log, for who asks over the control channel; and a word to who listens. Bounded. */

export type LogLine = {
  readonly atMs: number;
  readonly level: string;
  readonly channel: string | null;
  readonly text: string;
};

/** An hour of a daemon that has much to say. */
const MOST_LINES = 1000;

export class LogRing {
  readonly #lines: LogLine[] = [];
  #listener: ((line: LogLine) => void) | null = null;

  push(line: LogLine): void {
    this.#lines.push(line);
    if (this.#lines.length > MOST_LINES) this.#lines.shift();
    this.#listener?.(line);
  }

  /** The last `limit` of them, oldest first. */
  last(limit: number): readonly LogLine[] {
    return limit === 0 ? [] : this.#lines.slice(-limit);
  }

  /** Hears every line from now on. */
  listen(listener: ((line: LogLine) => void) | null): void {
    this.#listener = listener;
  }
}

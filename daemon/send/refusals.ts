/** What a firewall on this host makes of a socket's packets, each of which it judges by itself. In: what became of packets. Out: how many it refuses. Pure. */

/** A rule may meet a report, of which there is one a second: without a refusal for this long, it is gone. */
const HOLDS_MS = 3000;

export type Refused = "none" | "some" | "all";

export class Refusals {
  #refused: Refused = "none";
  #refusedMs = Number.NEGATIVE_INFINITY;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #hasTaken = false;

  get refused(): Refused {
    return this.#refused;
  }

  /** A packet was refused. */
  note(nowMs: number): void {
    this.#refusedMs = nowMs;
    if (this.#refused === "none") this.#refused = "some";
  }

  /** A packet was taken. */
  noteTaken(): void {
    this.#hasTaken = true;
    if (this.#refused === "all") this.#refused = "some";
  }

  /** Judges by what came since the last look. */
  look(nowMs: number): void {
    if (nowMs - this.#refusedMs >= HOLDS_MS) this.#refused = "none";
    else if (this.#refusedMs >= this.#lookedMs) this.#refused = this.#hasTaken ? "some" : "all";
    this.#lookedMs = nowMs;
    this.#hasTaken = false;
  }
}

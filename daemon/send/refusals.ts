/** What is refused of a socket's packets, each judged by itself: by a firewall on this host, or by a line that is full. In: what became of packets. Out: how many are refused. Pure. */

export type Refused = "none" | "some" | "all";

export class Refusals {
  #refused: Refused = "none";
  #refusedMs = Number.NEGATIVE_INFINITY;
  #untilMs = Number.NEGATIVE_INFINITY;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #hasTaken = false;

  get refused(): Refused {
    return this.#refused;
  }

  /** A packet was refused. Without another one for `holdsMs`, it is over. */
  note(nowMs: number, holdsMs: number): void {
    this.#refusedMs = nowMs;
    this.#untilMs = Math.max(this.#untilMs, nowMs + holdsMs);
    if (this.#refused === "none") this.#refused = "some";
  }

  /** A packet was taken. */
  noteTaken(): void {
    this.#hasTaken = true;
    if (this.#refused === "all") this.#refused = "some";
  }

  /** Judges by what came since the last look. */
  look(nowMs: number): void {
    if (nowMs >= this.#untilMs) this.#refused = "none";
    else if (this.#refusedMs >= this.#lookedMs) this.#refused = this.#hasTaken ? "some" : "all";
    this.#lookedMs = nowMs;
    this.#hasTaken = false;
  }
}

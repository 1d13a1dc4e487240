/** One stream's media clock against the sender's: at which sender's time a thing of that RTP time is due (RFC 3550, section 6.4.1). Pure. */

/** Reports round to a tick. A difference above this is a new beginning, or a sender that corrects itself. */
const STEP_MS = 1;
/** How much of a small difference is taken over by each report: a sender's two clocks may drift apart. */
const FOLLOW = 0.1;

export class RtpClock {
  readonly #clockHz: number;
  #atMs: number | null = null;
  #atRtpTs = 0;
  #isProvisional = true;

  constructor(clockHz: number) {
    this.#clockHz = clockHz;
  }

  /** What a sender report, or `session.join`, says. */
  report(senderMs: number, rtpTs: number): void {
    const expected = this.senderMs(rtpTs);
    const error = expected === null ? 0 : senderMs - expected;
    const isStep = expected === null || this.#isProvisional || Math.abs(error) > STEP_MS;
    this.#atMs = isStep ? senderMs : expected + error * FOLLOW;
    this.#atRtpTs = rtpTs;
    this.#isProvisional = false;
  }

  /** A guess from an arrival, until a report comes. */
  guess(senderMs: number, rtpTs: number): void {
    if (!this.#isProvisional || this.#atMs !== null) return;
    this.#atMs = senderMs;
    this.#atRtpTs = rtpTs;
  }

  /** By a report, or by joining: not only guessed. */
  get isTold(): boolean {
    return !this.#isProvisional;
  }

  shiftGuess(byMs: number): void {
    if (this.#isProvisional && this.#atMs !== null) this.#atMs += byMs;
  }

  /** Null before anything is known. */
  senderMs(rtpTs: number): number | null {
    return this.#atMs === null ? null : this.#atMs + ((rtpTs - this.#atRtpTs) * 1000) / this.#clockHz;
  }

  /** Another source: its clock has another beginning. */
  clear(): void {
    this.#atMs = null;
    this.#isProvisional = true;
  }
}

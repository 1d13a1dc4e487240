/**
 * Which picture is due when. In: pictures in timeline order, and the time. Out: the picture that is due, or how long to wait.
 * A picture is due at `epoch + timeline time`, or, when an FPS is set, at `epoch + n × interval`; never at "last wake-up + interval",
 * so lateness cannot accumulate.
 */

export type PacedFrame = {
  readonly timelineMs: number;
  /** The source's own interval between pictures, in ms; null where it has no steady one. */
  readonly sourceIntervalMs: number | null;
  readonly jpeg: Uint8Array;
  readonly quality: number;
  readonly width: number;
  readonly height: number;
};

export type FrameDue =
  | { readonly kind: "frame"; readonly frame: PacedFrame; readonly dueMs: number }
  | { readonly kind: "wait"; readonly untilMs: number };

/** Two rates that differ by less than this are the same: 23.976 read as 23.98 must not count as slower. */
const SAME_RATE = 1.001;
/** Rounding of a due time, in ms: far below one tick of the 90 kHz clock. */
const ROUNDING_MS = 1e-6;

export class FramePacer {
  readonly #queue: PacedFrame[] = [];
  #fps: number | null;
  #tickEpochMs = 0;
  #nextTick = 0;
  #lastDueMs = Number.NEGATIVE_INFINITY;
  #dropped = 0;
  #removed = 0;

  /** `fps`: the rate to send at, null for the source's own. */
  constructor(fps: number | null) {
    this.#fps = fps;
  }

  push(frame: PacedFrame): void {
    this.#queue.push(frame);
  }

  /** Keeps the newest `most` at most: what is live has no use for the rest. */
  trim(most: number): void {
    const surplus = this.#queue.length - most;
    if (surplus <= 0) return;
    this.#take(surplus);
    this.#dropped += surplus;
  }

  /** Forgets what is queued: a seek, a stop. */
  clear(): void {
    this.#removed += this.#queue.length;
    this.#queue.length = 0;
  }

  /** A new rate (null: the source's). Its ticks count from the picture sent last, so that it takes effect within one interval. */
  setFps(fps: number | null, nowMs: number): void {
    this.#fps = fps;
    this.restartTicks(nowMs);
  }

  /** The epoch was moved (start, resume, seek, take-over): the ticks count anew. */
  restartTicks(nowMs: number): void {
    const interval = this.#fps === null ? 0 : 1000 / this.#fps;
    const sinceLastMs = nowMs - this.#lastDueMs;
    this.#tickEpochMs = sinceLastMs <= interval ? this.#lastDueMs : nowMs;
    this.#nextTick = sinceLastMs <= interval ? 1 : 0;
  }

  /** The clock stands still there: its picture is due at once, however lately another one was sent. */
  startTicks(atMs: number): void {
    this.#tickEpochMs = atMs;
    this.#nextTick = 0;
  }

  /** A picture that the pacer did not choose (a repetition) went out at `dueMs`: nothing older may follow it. */
  noteSent(dueMs: number): void {
    this.#lastDueMs = Math.max(this.#lastDueMs, dueMs);
  }

  /** The rate that is asked for; null for the source's own. */
  get fps(): number | null {
    return this.#fps;
  }

  get queued(): number {
    return this.#queue.length;
  }

  /** Pictures that came, or were looked at, too late to be of use. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Pictures that have left the queue for whatever reason. */
  get removed(): number {
    return this.#removed;
  }

  /**
   * The picture due by `horizonMs`, taken from the queue, or when the next one is due (+∞: when another picture has come). What is too
   * late to be of use is judged by `nowMs`.
   */
  poll(nowMs: number, horizonMs: number, epochMs: number): FrameDue {
    for (;;) {
      const head = this.#queue[0];
      if (head === undefined) return { kind: "wait", untilMs: Number.POSITIVE_INFINITY };
      const fps = this.#fps;
      if (fps !== null && isFaster(head.sourceIntervalMs, fps)) return this.#pollTicks(nowMs, horizonMs, epochMs, 1000 / fps);
      const dueMs = epochMs + head.timelineMs;
      if (dueMs > horizonMs) return { kind: "wait", untilMs: dueMs };
      const next = this.#queue[1];
      const isOverdue = next !== undefined && epochMs + next.timelineMs <= nowMs;
      this.#take(1);
      if (isOverdue || dueMs <= this.#lastDueMs) {
        this.#dropped++;
        continue;
      }
      this.#lastDueMs = dueMs;
      return { kind: "frame", frame: head, dueMs };
    }
  }

  /** When the next picture is due, as things stand; +∞ when none waits. */
  nextDueMs(epochMs: number): number {
    const head = this.#queue[0];
    if (head === undefined) return Number.POSITIVE_INFINITY;
    const dueMs = epochMs + head.timelineMs;
    if (this.#fps === null || !isFaster(head.sourceIntervalMs, this.#fps)) return dueMs;
    const intervalMs = 1000 / this.#fps;
    return this.#tickEpochMs + this.#tickNotBefore(dueMs, intervalMs) * intervalMs;
  }

  /** With a rate set: at each tick the newest picture whose own time has come. */
  #pollTicks(nowMs: number, horizonMs: number, epochMs: number, intervalMs: number): FrameDue {
    const nextMs = this.#tickEpochMs + this.#nextTick * intervalMs;
    if (nextMs > horizonMs) {
      // What has a newer picture behind it then is never shown: where it kept its room, a full queue would hold up the sound that comes with the pictures behind it.
      const shown = this.#newestAt(nextMs, epochMs);
      if (shown > 0) this.#take(shown);
      return { kind: "wait", untilMs: nextMs };
    }
    const tick = Math.max(this.#nextTick, Math.floor((nowMs - this.#tickEpochMs) / intervalMs + ROUNDING_MS));
    const dueMs = this.#tickEpochMs + tick * intervalMs;
    const chosen = this.#newestAt(dueMs, epochMs);
    const frame = this.#queue[chosen];
    if (frame === undefined) {
      this.#nextTick = this.#tickNotBefore(this.#dueOf(0, epochMs), intervalMs);
      return { kind: "wait", untilMs: this.#tickEpochMs + this.#nextTick * intervalMs };
    }
    this.#take(chosen + 1);
    this.#dropped += Math.min(tick - this.#nextTick, chosen);
    this.#nextTick = tick + 1;
    this.#lastDueMs = dueMs;
    return { kind: "frame", frame, dueMs };
  }

  /** Where the newest picture whose own time has come by the tick lies in the queue; -1: none has. */
  #newestAt(tickMs: number, epochMs: number): number {
    let newest = -1;
    while (newest + 1 < this.#queue.length && this.#dueOf(newest + 1, epochMs) <= tickMs + ROUNDING_MS) newest++;
    return newest;
  }

  /** The first tick still to come that is not before `dueMs`. */
  #tickNotBefore(dueMs: number, intervalMs: number): number {
    return Math.max(this.#nextTick, Math.ceil((dueMs - this.#tickEpochMs) / intervalMs - ROUNDING_MS));
  }

  #dueOf(index: number, epochMs: number): number {
    const frame = this.#queue[index];
    return frame === undefined ? Number.POSITIVE_INFINITY : epochMs + frame.timelineMs;
  }

  #take(count: number): void {
    this.#queue.splice(0, count);
    this.#removed += count;
  }
}

/** Whether a source with this interval has more pictures than `fps` asks for; where it is not faster, its own times stand. */
function isFaster(sourceIntervalMs: number | null, fps: number): boolean {
  return sourceIntervalMs === null || sourceIntervalMs * SAME_RATE < 1000 / fps;
}

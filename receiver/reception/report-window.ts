/** What happened since the last report: rates, differences of counters, and how sound and picture lie to each other. Pure. */

import type { ReceivedPicture, ReceivedSound, ReceptionReport } from "../media.ts";

type Packets = { readonly lost: number; readonly expected: number; readonly late: number; readonly repaired: number };
type Measured = Pick<ReceptionReport, "jitterMs" | "bufferMs">;

export class ReportWindow {
  #fromMs: number | null = null;
  #before: Packets = { lost: 0, expected: 0, late: 0, repaired: 0 };
  #pictures = 0;
  #pictureLateMs = 0;
  #sounds = 0;
  #soundLateMs = 0;

  notePicture({ showAtMs }: ReceivedPicture, nowMs: number, leadMs: number): void {
    this.#fromMs ??= nowMs;
    this.#pictures++;
    this.#pictureLateMs += Math.max(0, nowMs - (showAtMs - leadMs));
  }

  /** Sound is given out early by a little on purpose: only what comes after its time counts. */
  noteSound({ playAtMs }: ReceivedSound, nowMs: number, leadMs: number): void {
    this.#fromMs ??= nowMs;
    this.#sounds++;
    this.#soundLateMs += Math.max(0, nowMs - (playAtMs - leadMs));
  }

  close(packets: Packets, { jitterMs, bufferMs }: Measured, nowMs: number): ReceptionReport {
    const seconds = this.#fromMs === null ? 0 : (nowMs - this.#fromMs) / 1000;
    const mean = (sum: number, count: number): number => (count === 0 ? 0 : sum / count);
    const report = {
      fps: seconds > 0 ? rounded(this.#pictures / seconds) : 0,
      // What was missing may have come after all.
      lost: Math.max(0, packets.lost - this.#before.lost),
      expected: Math.max(0, packets.expected - this.#before.expected),
      late: packets.late - this.#before.late,
      repaired: packets.repaired - this.#before.repaired,
      jitterMs: rounded(jitterMs),
      bufferMs: rounded(bufferMs),
      skewMs: rounded(mean(this.#pictureLateMs, this.#pictures) - mean(this.#soundLateMs, this.#sounds)),
    };
    this.#fromMs = nowMs;
    this.#before = packets;
    this.#pictures = 0;
    this.#pictureLateMs = 0;
    this.#sounds = 0;
    this.#soundLateMs = 0;
    return report;
  }
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

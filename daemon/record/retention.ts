/** Which of a channel's recordings have to go: those that are too old, and the oldest while they take too much. Pure. */

export type RecordedFile = { readonly name: string; readonly bytes: number; readonly modifiedMs: number };

export type Retention = {
  /** 0: however old. */
  readonly keepHours: number;
  /** 0: however much. */
  readonly maxBytes: number;
};

const HOUR_MS = 3_600_000;

/** Who writes one does so more often than this. */
const WRITTEN_WITHIN_MS = 60_000;

/** The newest always stays, and what has just been written: after the clock was set back those are two. */
export function chooseExpired(files: readonly RecordedFile[], { keepHours, maxBytes }: Retention, nowMs: number): readonly string[] {
  const [, ...older] = files.toSorted((one, other) => other.modifiedMs - one.modifiedMs || (other.name < one.name ? -1 : 1));
  let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const expired: string[] = [];
  const others = older.filter(({ modifiedMs }) => Math.abs(nowMs - modifiedMs) > WRITTEN_WITHIN_MS);
  for (const { name, bytes: size, modifiedMs } of others.toReversed()) {
    const isOld = keepHours > 0 && nowMs - modifiedMs > keepHours * HOUR_MS;
    const isTooMuch = maxBytes > 0 && bytes > maxBytes;
    if (!isOld && !isTooMuch) continue;
    bytes -= size;
    expired.push(name);
  }
  return expired;
}

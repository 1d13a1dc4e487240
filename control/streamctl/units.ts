// PURE. Numbers as people read and write them.
import { UsageError } from "../usage-error.ts";

/** `-` for what is not known. */
export function rate(fps: number | null): string {
  return fps === null ? "-" : fps.toFixed(2);
}

/** `0:07`, `1:30`, `1:02:03`. */
export function clock(ms: number | null): string {
  if (ms === null) return "-";
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const ss = String(seconds % 60).padStart(2, "0");
  if (minutes < 60) return `${minutes}:${ss}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${ss}`;
}

/** `12 s`, `3 min`, `5 h 12 min`, `3 d 4 h`. */
export function duration(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const hours = Math.floor(minutes / 60);
  if (minutes < 1) return `${Math.floor(ms / 1000)} s`;
  if (hours < 1) return `${minutes} min`;
  return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `83 MB`. */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1000 ** step).toFixed(step === 0 || bytes >= 10 * 1000 ** step ? 0 : 1)} ${units[step]}`;
}

export type Position = { readonly kind: "absolute" | "relative"; readonly ms: number };

/** `90`, `1:30`, `1:02:03.5`; with a sign it is relative: `+10`, `-1:00`. */
export function parsePosition(text: string): Position {
  const match = /^(?<sign>[+-]?)(?:(?:(?<hours>\d{1,4}):)?(?<minutes>\d{1,4}):)?(?<seconds>\d{1,8}(?:\.\d{1,6})?)$/.exec(text);
  const { sign = "", hours = "0", minutes, seconds = "0" } = match?.groups ?? {};
  const tooMany = minutes !== undefined && (Number(seconds) >= 60 || (Number(hours) > 0 && Number(minutes) >= 60));
  if (match === null || tooMany) {
    throw new UsageError(`${text} is no position; write 90, 1:30 or 1:02:03.5, with a sign (+10, -10) to go from here`);
  }
  const ms = Math.round((Number(hours) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds)) * 1000);
  return { kind: sign === "" ? "absolute" : "relative", ms: sign === "-" ? -ms : ms };
}

/** A positive number from the command line. */
export function parsePositive(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value <= 0) throw new UsageError(`${option} ${text}: a number above 0 is wanted`);
  return value;
}

export function parseWholePositive(option: string, text: string): number {
  const value = parsePositive(option, text);
  if (!Number.isInteger(value)) throw new UsageError(`${option} ${text}: a whole number is wanted`);
  return value;
}

const UNITS_MS = new Map([
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/** `90s`, `30m`, `3h`, `2d`; as milliseconds. */
export function parseDuration(option: string, text: string): number {
  const [, number, unit = ""] = /^(\d{1,6}(?:\.\d{1,3})?)(.)$/.exec(text) ?? [];
  const unitMs = UNITS_MS.get(unit);
  if (unitMs === undefined || Number(number) === 0) throw new UsageError(`${option} ${text}: write 90s, 30m, 3h or 2d`);
  return Math.round(Number(number) * unitMs);
}

/** setTimeout's 32 bits end half a day short of 25 days; what is longer it takes for nothing at all. */
const MOST_SECONDS = 2_000_000;

/** A time to wait, in seconds, as milliseconds. */
export function parseWait(option: string, text: string): number {
  const seconds = parsePositive(option, text);
  if (seconds > MOST_SECONDS) throw new UsageError(`${option} ${text}: a number of at most ${MOST_SECONDS} (23 days) is wanted`);
  return seconds * 1000;
}

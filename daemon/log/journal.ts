/** Whether standard error is systemd's journal, and what a line's beginning tells it (sd-daemon(3)). */

import { fstatSync } from "node:fs";

export const STANDARD_ERROR = 2;

/** Syslog priorities by the levels of the log; a line without one counts as information. */
const PRIORITIES: Readonly<Record<number, number>> = { 60: 2, 50: 3, 40: 4, 30: 6, 20: 7, 10: 7 };
const INFORMATION = 6;

/** JOURNAL_STREAM is inherited by programs that somebody then connects to a terminal or a file: it holds only for the stream that it names. */
export function isJournal(env: Readonly<Record<string, string | undefined>>): boolean {
  const named = env["JOURNAL_STREAM"];
  if (named === undefined) return false;
  const { dev, ino } = fstatSync(STANDARD_ERROR);
  return named === `${dev}:${ino}`;
}

/** One entry: a line break would begin another one, without a priority. */
export function journalLine(level: number, text: string): string {
  return `<${PRIORITIES[level] ?? INFORMATION}>${text.replaceAll(/\s*\n\s*/g, "; ")}\n`;
}

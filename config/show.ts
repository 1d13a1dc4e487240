/** Text from outside, made fit for one line of a message: short, and without control characters. */
import type { Written } from "./key.ts";

/** Long enough to recognise a value by, short enough for a line. */
const MAX_CHARACTERS = 80;

/** A value for a message: bare where that is unambiguous, else in quotes. */
export function showValue(written: Written): string {
  if (written === null) return "null";
  if (typeof written === "object") return `[${clip(written.map(showValue).join(", "))}]`;
  if (typeof written !== "string") return String(written);
  return /^[\w./][\w./:@%+-]*$/.test(written) && !Number.isFinite(Number(written)) && !/^(true|false|null)$/.test(written)
    ? clip(written)
    : showQuoted(written);
}

/** Text in quotes, with what a terminal could misunderstand escaped. */
export function showQuoted(text: string): string {
  return withoutControls(JSON.stringify(clip(text)));
}

/** A dotted path; parts that are no plain names stand in quotes. */
export function showPath(path: readonly string[]): string {
  return path.map((part) => (/^[\w-]{1,64}$/.test(part) ? part : showQuoted(part))).join(".");
}

/** Text as it came, clipped, each control character as its escape; a URL loses its user and password, since logs keep it. */
export function showPlain(text: string): string {
  return withoutControls(clip(text.replaceAll(/:\/\/[^/\s]*@/g, "://…@"), 4 * MAX_CHARACTERS));
}

function clip(text: string, maxCharacters: number = MAX_CHARACTERS): string {
  return text.length > maxCharacters ? `${text.slice(0, maxCharacters)}…` : text;
}

function withoutControls(text: string): string {
  return text.replace(/[\p{C}\u2028\u2029]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

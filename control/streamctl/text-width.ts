// PURE. How wide text is on a terminal (UAX #11), without what colours it: film names may be in Chinese, or have accents of their own.
import { stripVTControlCharacters } from "node:util";

const ASCII = /^[\u0020-\u007e]*$/;
const WITHOUT_WIDTH = /^[\p{M}\p{Cf}]/u;
const WIDE =
  /^(\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}])/u;

/** Columns that a line takes. */
export function textWidth(line: string): number {
  const plain = stripVTControlCharacters(line);
  if (ASCII.test(plain)) return plain.length;
  return Array.from(plain, widthOf).reduce((sum, width) => sum + width, 0);
}

/** The line, or its beginning and … where it is too long; colours go with the rest. */
export function clip(line: string, columns: number): string {
  if (textWidth(line) <= columns) return line;
  let kept = "";
  let left = columns - 1;
  for (const character of stripVTControlCharacters(line)) {
    left -= widthOf(character);
    if (left < 0) break;
    kept += character;
  }
  return `${kept}…`;
}

/**
 * The words of a line in lines of at most `columns` (null: in one), those after the first indented by `indent` spaces.
 * A word that is longer stays whole: it may be a path that somebody copies.
 */
export function wrap(line: string, columns: number | null, indent: number): string {
  if (columns === null || textWidth(line) <= columns) return line;
  const lines: string[] = [];
  let current = "";
  for (const word of line.match(/ *[^ ]+/g) ?? []) {
    if (current === "" || textWidth(current + word) <= columns) current += word;
    else {
      lines.push(current);
      current = " ".repeat(indent) + word.trimStart();
    }
  }
  return [...lines, current].join("\n");
}

function widthOf(character: string): number {
  if (WITHOUT_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

// PURE. Takes out of strings from the network what could steer a terminal, forge a log line or turn a page's text around.

/** C0 and C1 control characters, line and paragraph separators, and the marks that change the direction of text. */
const control = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
const everyControl = new RegExp(control.source, "g");
const everyControlButLines = /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The text in one line, without control characters. */
export function oneLine(text: string): string {
  return control.test(text) ? text.replace(everyControl, "") : text;
}

/** The text with its line ends (a session description has several lines), without other control characters. */
export function severalLines(text: string): string {
  return text.replace(everyControlButLines, "");
}

/**
 * Cleans every string and key in a value that JSON.parse made, in place where nothing changes shape.
 * Answers null if the value is nested deeper than `maxDepth` (a number or a string has depth 0, `[]` has 1).
 */
export function cleanJson(
  value: unknown,
  maxDepth: number,
  cleanText: (text: string) => string = oneLine,
): { readonly value: unknown } | null {
  const cleaned = clean(value, maxDepth, cleanText);
  return cleaned === tooDeep ? null : { value: cleaned };
}

const tooDeep = Symbol("too deep");

function clean(value: unknown, depthLeft: number, cleanText: (text: string) => string): unknown {
  if (typeof value === "string") return cleanText(value);
  if (typeof value !== "object" || value === null) return value;
  if (depthLeft === 0) return tooDeep;
  if (Array.isArray(value)) {
    const items: unknown[] = value;
    for (const [index, item] of items.entries()) {
      const cleaned = clean(item, depthLeft - 1, cleanText);
      if (cleaned === tooDeep) return tooDeep;
      if (cleaned !== item) items[index] = cleaned;
    }
    return items;
  }
  const entries: [string, unknown][] = [];
  let changed = false;
  for (const [key, item] of Object.entries(value)) {
    const cleaned = clean(item, depthLeft - 1, cleanText);
    if (cleaned === tooDeep) return tooDeep;
    const cleanedKey = cleanText(key);
    changed ||= cleaned !== item || cleanedKey !== key;
    entries.push([cleanedKey, cleaned]);
  }
  return changed ? Object.fromEntries(entries) : value;
}

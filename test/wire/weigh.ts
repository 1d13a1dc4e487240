/** About how many bytes a parser's answer holds on to: the measure by which "bounded" is tested. */

/** A number or an object's own cost, in bytes. */
const SLOT = 8;

/** Views count as their length; a cycle would not end, and parsers make none. */
export function weigh(value: unknown): number {
  if (typeof value === "string") return 2 * value.length;
  if (value instanceof Uint8Array) return value.length;
  if (typeof value !== "object" || value === null) return SLOT;
  let bytes = SLOT;
  for (const part of Object.values(value)) bytes += weigh(part);
  return bytes;
}

/** No parser needs more: a file's tables and headers, and a small multiple of what came in. */
export function weightLimit(inputBytes: number): number {
  return 4096 + 32 * inputBytes;
}

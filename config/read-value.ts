/** A key's value as it was written; a number with a unit behind it is told what unit is meant. */
import type { Key, Parsed, ResolvePath, Written } from "./key.ts";

export function readValue<T>({ type, unit }: Pick<Key<T>, "type" | "unit">, written: Written, resolvePath: ResolvePath): Parsed<T> {
  const parsed = type.parse(written, resolvePath);
  if (parsed.ok || unit === undefined || !hasUnit(written)) return parsed;
  return { ok: false, reason: `${parsed.reason}; write the number alone (${unit})` };
}

/** `500px`, `80 %`, `3s`, `4GB`. */
function hasUnit(written: Written): boolean {
  return typeof written === "string" && /^-?\d+(\.\d+)?\s*[a-z%/]+$/i.test(written);
}

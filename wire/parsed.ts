/**
 * What every parser of `wire/` answers: the value, or why the bytes are none. Parsers do not throw.
 * A reason is a constant text without anything from the network in it, so that counters and log lines can be kept by reason.
 */

export type Refused = { readonly ok: false; readonly reason: string };
export type Parsed<Value> = { readonly ok: true; readonly value: Value } | Refused;

export function accepted<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value };
}

export function refused(reason: string): Refused {
  return { ok: false, reason };
}

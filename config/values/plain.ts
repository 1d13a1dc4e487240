/** Types of keys that hold a number, a switch or one of a few words. */
import type { Parsed, ValueType, Written } from "../key.ts";
import { showValue } from "../show.ts";

type Range = {
  readonly min: number;
  readonly max: number;
  /** Why the bounds are where they are, for whoever runs into them. */
  readonly why?: string;
};

export function wholeNumber(range: Range & { readonly even?: boolean }): ValueType<number> {
  const expects = `${range.even === true ? "an even" : "a whole"} number from ${range.min} to ${range.max}`;
  const parse = (written: Written): Parsed<number> =>
    typeof written === "number" && Number.isInteger(written) && isInside(written, range) && (range.even !== true || written % 2 === 0)
      ? { ok: true, value: written }
      : refuse(written, expects, range.why);
  return { expects, parse };
}

export function fraction(range: Range): ValueType<number> {
  const expects = `a number from ${range.min} to ${range.max}`;
  const parse = (written: Written): Parsed<number> =>
    typeof written === "number" && isInside(written, range) ? { ok: true, value: written } : refuse(written, expects, range.why);
  return { expects, parse };
}

export function trueOrFalse(): ValueType<boolean> {
  const expects = "true or false";
  const parse = (written: Written): Parsed<boolean> =>
    typeof written === "boolean"
      ? { ok: true, value: written }
      : {
          ok: false,
          reason: `${written === null ? "no value" : showValue(written)}; give ${expects}`,
        };
  return { expects, parse };
}

/** One of `values`; `unavailable` are words that later versions know. */
export function oneOf<const T extends string | number>(values: readonly T[], unavailable: readonly string[] = []): ValueType<T> {
  const expects = values.length === 1 ? String(values[0]) : `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
  const parse = (written: Written): Parsed<T> => {
    const value = values.find((candidate) => candidate === written);
    if (value !== undefined) return { ok: true, value };
    if (typeof written === "string" && unavailable.includes(written))
      return { ok: false, reason: `${written} is not available in this version; give ${expects}` };
    return {
      ok: false,
      reason: `${written === null ? "no value" : showValue(written)}; give ${expects}`,
    };
  };
  return { expects, parse };
}

/** A word that stands for itself, or what `other` takes. */
export function wordOr<const W extends string, T>(word: W, other: ValueType<T>): ValueType<W | T> {
  const expects = `${word}, or ${other.expects}`;
  return {
    expects,
    parse: (written, resolvePath) => {
      if (written === word) return { ok: true, value: word };
      const parsed = other.parse(written, resolvePath);
      return parsed.ok ? parsed : { ok: false, reason: `${showValue(written)} is neither ${word} nor ${other.expects}` };
    },
  };
}

/** The sentence for a value that is not what `expects` names. */
export function refuse(written: Written, expects: string, why?: string): Extract<Parsed<never>, { ok: false }> {
  const because = why === undefined ? "" : ` (${why})`;
  if (written === null) return { ok: false, reason: `no value; give ${expects}${because}` };
  const quoted =
    typeof written === "string" && written.trim() !== "" && Number.isFinite(Number(written)) ? "; write it without quotes" : "";
  return { ok: false, reason: `${showValue(written)} is not ${expects}${because}${quoted}` };
}

function isInside(value: number, range: Range): boolean {
  return value >= range.min && value <= range.max;
}

/** A word of a certain form. */
export function word({ pattern, expects }: { readonly pattern: RegExp; readonly expects: string }): ValueType<string> {
  const parse = (written: Written): Parsed<string> =>
    typeof written === "string" && pattern.test(written)
      ? { ok: true, value: written }
      : { ok: false, reason: `${written === null ? "no value" : showValue(written)}; give ${expects}` };
  return { expects, parse };
}

// The small values that several methods share.
import * as v from "valibot";

/** As config.md has it: a-z 0-9 -, at most 32 characters. */
export const channelName = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9-]{1,32}$/, "a channel's name is 1 to 32 of a-z, 0-9 and -"),
  v.description("name of the channel"),
);

/** A count since the start of the daemon. */
export function count(doc: string) {
  return v.pipe(v.number(), v.integer(), v.minValue(0), v.description(doc));
}

/** A finite number of any sign. */
export function finite(doc: string) {
  return v.pipe(v.number(), v.finite("must be a finite number"), v.description(doc));
}

/** A finite number that is not negative. */
export function notNegative(doc: string) {
  return v.pipe(v.number(), v.finite("must be a finite number"), v.minValue(0, "must not be negative"), v.description(doc));
}

/** A string with its meaning. */
export function text(doc: string) {
  return v.pipe(v.string(), v.description(doc));
}

/** A string that a client gives itself; bounded, because the server keeps it. */
export function givenName(doc: string) {
  return v.pipe(v.string(), v.maxLength(64, "at most 64 characters"), v.description(doc));
}

export const empty = v.strictObject({});

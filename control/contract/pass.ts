// Passes: who may watch a channel that is encrypted.
import * as v from "valibot";
import { channelName, count, empty, givenName, text } from "./values.ts";

const DAY_MS = 86_400_000;
/** Ten years; who wants longer gives no end. */
const MOST_MS = 3653 * DAY_MS;
const MOST_HOSTS = 1000;

export const passId = v.pipe(
  v.string(),
  v.regex(/^[0-9A-Z]{5}$/, "a pass's id is its first five characters"),
  v.description("the first five characters of a pass"),
);

export const passProof = v.strictObject({
  id: passId,
  nonce: v.pipe(
    v.string(),
    v.regex(/^[0-9a-f]{32}$/, "must be 32 hex digits"),
    v.description("made up by the client for this call: the answer cannot be one that was recorded"),
  ),
  proof: v.pipe(
    v.string(),
    v.regex(/^[0-9a-fA-F]{64}$/, "must be 64 hex digits: HMAC-SHA256 of `join CHANNEL NONCE CLIENTNONCE` with the pass's secret as key"),
    v.description(
      "HMAC-SHA256, in hex: the key is the pass without its first five characters and hyphens, the message is `join CHANNEL NONCE CLIENTNONCE`, with the nonce that `server.hello` gave on this connection and the one beside it here",
    ),
  ),
});

export const passCreateParams = v.strictObject({
  channels: v.optional(
    v.pipe(v.array(channelName), v.minLength(1), v.maxLength(100), v.description("good for these; without it for every channel")),
  ),
  name: v.optional(givenName("what it is for, for the list")),
  validForMs: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1000, "a pass is good for a second at least"),
      v.maxValue(MOST_MS, "a pass is good for ten years at most; without an end it is good until it is revoked"),
      v.description("good for so long from now on; without it until it is revoked"),
    ),
  ),
  hosts: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(MOST_HOSTS),
      v.description("addresses that may watch by it at the same time"),
    ),
    1,
  ),
  count: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100), v.description("make so many, at most 100")), 1),
});

const shownPass = {
  id: text("names the pass"),
  name: v.nullable(text("what it is for")),
  channels: v.nullable(v.array(channelName)),
  hosts: count("addresses that may watch by it at the same time"),
  created: text("when it was made (ISO 8601, UTC)"),
  until: v.nullable(text("when it ends (ISO 8601, UTC); null: when it is revoked")),
};

export const passCreateResult = v.array(v.object({ ...shownPass, pass: text("the whole pass, for whom it is for; it is told this once") }));

export const passListParams = v.strictObject({
  after: v.optional(v.pipe(passId, v.description("the last `id` of the page before"))),
  limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100), v.description("length of a page, at most 100")), 100),
});

export const passListResult = v.array(
  v.object({
    ...shownPass,
    isOver: v.pipe(v.boolean(), v.description("its time has passed")),
    watching: v.array(text("address that has joined by it")),
  }),
);

export const passRevokeParams = v.strictObject({ id: passId });
export const passRevokeResult = empty;

export type ShownPass = v.InferOutput<typeof passListResult>[number];

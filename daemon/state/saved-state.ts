/** What is remembered of the channels over restarts of the daemon, and its form in the file. Pure. */

import * as v from "valibot";

/** Of the file's form: a later one is not read, and not written over. */
export const STATE_VERSION = 1;

const value = v.union([v.string(), v.number(), v.boolean(), v.null()]);

const savedChannel = v.object({
  /** What an operator has put above the configuration, and what that said then. */
  overrides: v.pipe(v.array(v.object({ key: v.string(), value, configured: value })), v.maxLength(64)),
  /** What an operator has told the channel to do; null: what the configuration says. */
  told: v.nullable(v.picklist(["play", "pause", "stop"])),
  /** What played, and where in it; `path` is null for the test film. */
  place: v.nullable(
    v.object({
      path: v.nullable(v.string()),
      itemIndex: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
      positionMs: v.pipe(v.number(), v.finite(), v.minValue(0)),
    }),
  ),
});

const savedState = v.object({ version: v.literal(STATE_VERSION), channels: v.record(v.string(), savedChannel) });

export type SavedChannel = v.InferOutput<typeof savedChannel>;
export type SavedState = v.InferOutput<typeof savedState>;

export const EMPTY_STATE: SavedState = { version: STATE_VERSION, channels: {} };

export type ReadState =
  | { readonly kind: "state"; readonly state: SavedState }
  | { readonly kind: "newer"; readonly version: number }
  | { readonly kind: "damaged"; readonly reason: string };

/** `content`: the parsed JSON; an empty object is a file that was never written. */
export function readState(content: unknown): ReadState {
  if (v.is(v.strictObject({}), content)) return { kind: "state", state: EMPTY_STATE };
  const parsed = v.safeParse(savedState, content);
  if (parsed.success) return { kind: "state", state: parsed.output };
  const versioned = v.safeParse(v.object({ version: v.pipe(v.number(), v.minValue(STATE_VERSION + 1)) }), content);
  if (versioned.success) return { kind: "newer", version: versioned.output.version };
  const [issue] = parsed.issues;
  return { kind: "damaged", reason: `${v.getDotPath(issue) ?? "the file"}: ${issue.message}` };
}

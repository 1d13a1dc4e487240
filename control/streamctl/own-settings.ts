// What streamctl itself remembers: where its daemon is, the operator's token, and whether it may use colour.
import * as v from "valibot";

export const colourModes = ["auto", "always", "never"] as const;

const entries = {
  host: v.pipe(v.string(), v.minLength(1, "a HOST or HOST:PORT is wanted")),
  tokenFile: v.pipe(v.string(), v.minLength(1, "the path of a file is wanted")),
  colour: v.picklist(colourModes, "auto, always or never is wanted"),
};

const schema = v.strictObject({
  host: v.optional(entries.host),
  tokenFile: v.optional(entries.tokenFile),
  colour: v.optional(entries.colour),
});

export type OwnSettings = v.InferOutput<typeof schema>;
export type SettingKey = keyof OwnSettings;

export const settingKeys = ["host", "tokenFile", "colour"] as const satisfies readonly SettingKey[];

/** Where they are kept. */
export type SettingsStore = {
  readonly path: string;
  readonly read: () => OwnSettings;
  /** Throws an Error whose message a person can read. */
  readonly write: (settings: OwnSettings) => Promise<void>;
};

export type ReadSettings = { readonly ok: true; readonly settings: OwnSettings } | { readonly ok: false; readonly reason: string };

/** `text`: of the file. */
export function readSettings(text: string): ReadSettings {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return { ok: false, reason: "it is no JSON" };
  }
  const parsed = v.safeParse(schema, content);
  if (parsed.success) return { ok: true, settings: parsed.output };
  const [issue] = parsed.issues;
  return {
    ok: false,
    reason: `${v.getDotPath(issue) ?? "it"}: ${issue.expected === "never" ? "there is no such setting" : issue.message}`,
  };
}

/** A reason if the value does not fit. */
export function settingProblem(key: SettingKey, value: string): string | null {
  const parsed = v.safeParse(entries[key], value);
  return parsed.success ? null : parsed.issues[0].message;
}

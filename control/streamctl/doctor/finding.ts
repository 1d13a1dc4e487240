// PURE. What a check found: one line, how bad it is, and what helps.

export type Level = "ok" | "warn" | "fail";

export type Finding = {
  /** Which check it was: a word. */
  readonly check: string;
  readonly level: Level;
  readonly text: string;
  /** What to do; null where nothing needs to be done. */
  readonly remedy: string | null;
};

/** All is well. */
export function ok(check: string, text: string): Finding {
  return { check, level: "ok", text, remedy: null };
}

/** It may work, or could not be seen. */
export function warn(check: string, text: string, remedy: string): Finding {
  return { check, level: "warn", text, remedy };
}

/** It cannot work like this. */
export function fail(check: string, text: string, remedy: string): Finding {
  return { check, level: "fail", text, remedy };
}

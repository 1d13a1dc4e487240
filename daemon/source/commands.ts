/** Lines of stdin → commands. Pure. */

import * as v from "valibot";
import { sourceCommandSchema } from "./message-schemas.ts";
import type { SourceCommand } from "./messages.ts";

/** Null for a line that is no command; the daemon is trusted, so that is a broken invariant of it. */
export function parseCommand(line: string): SourceCommand | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const parsed = v.safeParse(sourceCommandSchema, value);
  return parsed.success ? parsed.output : null;
}

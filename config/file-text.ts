/** Bytes of a config file → assignments. Pure; never throws. */
import type { Assignments } from "./assignments.ts";
import { readAssignments } from "./assignments.ts";
import type { ResolvePath } from "./key.ts";
import type { Origin } from "./origin.ts";
import { schema } from "./schema.ts";
import { parseYaml } from "./yaml-text.ts";

/** A file with 64 channels and every comment has 300 KiB; parsing this much takes seconds at worst. */
export const MAX_FILE_BYTES = 1_048_576;

/** `file`: the name to put into errors. */
export function readFileText(bytes: Uint8Array, file: string, resolvePath: ResolvePath): Assignments {
  const originOf = (line: number | null): Origin => ({ kind: "file", file, line });
  const refused = (line: number | null, message: string): Assignments => ({
    assignments: [],
    channels: [],
    errors: [{ origin: originOf(line), path: null, message }],
  });
  if (bytes.length > MAX_FILE_BYTES) return refused(null, `more than ${MAX_FILE_BYTES} bytes; this is no configuration file`);
  const text = decodeUtf8(bytes);
  if (text === null) return refused(lineOfBadUtf8(bytes), "no UTF-8 text; write the configuration as plain YAML");
  const yaml = parseYaml(text);
  if (!yaml.ok) return refused(yaml.line, yaml.reason);
  return readAssignments(yaml.yaml, { path: [], node: schema }, originOf, resolvePath);
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** The first line that does not decode. */
function lineOfBadUtf8(bytes: Uint8Array): number {
  const lossy = new TextDecoder("utf-8").decode(bytes);
  const bad = lossy.indexOf("\uFFFD");
  return lossy.slice(0, Math.max(bad, 0)).split("\n").length;
}

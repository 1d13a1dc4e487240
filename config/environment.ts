/** STREAMERD_… variables → assignments. Case does not matter; `-` and `.` of a key's path are `_` in its variable. */
import type { Assignments } from "./assignments.ts";
import { keysBelow } from "./key.ts";
import type { ResolvePath } from "./key.ts";
import { nearestName } from "./nearest.ts";
import type { ConfigError } from "./origin.ts";
import { joinAssignments, readOverride } from "./override.ts";
import { MAIN_CHANNEL, schema } from "./schema.ts";
import { channelNameProblem } from "./values/channel-name.ts";
import { showPath } from "./show.ts";

const PREFIX = "STREAMERD_";
/** The tests' own. */
const TEST_PREFIX = "STREAMERD_TEST_";
/** streamctl's own: a host may send and watch. */
const PASS = "STREAMERD_PASS";

export type Environment = { readonly [name: string]: string | undefined };

/** `channels.main.video.maxFrameBytes` → `STREAMERD_CHANNELS_MAIN_VIDEO_MAXFRAMEBYTES`. */
export function variableName(path: readonly string[]): string {
  return PREFIX + path.join("_").replaceAll(/[-.]/g, "_").toUpperCase();
}

/** `channels`: names in use, to suggest the right variable for a wrong one. */
export function readEnvironment(env: Environment, channels: readonly string[], resolvePath: ResolvePath): Assignments {
  const seen = new Map<string, string>();
  const parts: Assignments[] = [];
  for (const [name, value] of Object.entries(env)) {
    const upper = name.toUpperCase();
    if (value === undefined || !upper.startsWith(PREFIX) || upper.startsWith(TEST_PREFIX) || upper === PASS) continue;
    const twin = seen.get(upper);
    seen.set(upper, name);
    const [path, second] = pathsOf(upper);
    if (twin !== undefined) parts.push(refused(name, `the same variable as ${twin}, since case does not matter; keep one`));
    else if (path === undefined) parts.push(refused(name, `unknown key; did you mean ${nearestVariable(upper, channels)}?`));
    else if (second !== undefined)
      parts.push(refused(name, `may mean ${showPath(path)} or ${showPath(second)}; use --set or the config file`));
    else parts.push(readOverride(path, value, { kind: "env", name }, resolvePath));
  }
  return joinAssignments(parts);
}

/** The keys that a variable may mean: none, one, or (if ever a key ends like another) several. */
function pathsOf(upper: string): readonly (readonly string[])[] {
  // A name without a character leaves the place of the real one empty: STREAMERD_CHANNELS__GROUP.
  return keysBelow(schema, [""]).flatMap(({ path }) => {
    const variable = variableName(path);
    if (path[0] !== "channels") return variable === upper ? [path] : [];
    const before = variableName(["channels", ""]);
    const after = variable.slice(before.length);
    if (!upper.startsWith(before) || !upper.endsWith(after)) return [];
    const name = upper
      .slice(before.length, upper.length - after.length)
      .toLowerCase()
      .replaceAll("_", "-");
    return channelNameProblem(name) === null ? [["channels", name, ...path.slice(2)]] : [];
  });
}

function nearestVariable(upper: string, channels: readonly string[]): string {
  const names = channels.length === 0 ? [MAIN_CHANNEL] : channels;
  return (
    nearestName(
      upper,
      keysBelow(schema, names).map(({ path }) => variableName(path)),
    ) ?? PREFIX
  );
}

function refused(name: string, message: string): Assignments {
  const error: ConfigError = { origin: { kind: "env", name }, path: null, message };
  return { assignments: [], channels: [], errors: [error] };
}

/** --set and environment values → assignments of the keys that they name. */
import type { Assignments } from "./assignments.ts";
import { MAX_ERRORS, readAssignments, unknownKey } from "./assignments.ts";
import { childOf } from "./key.ts";
import type { Node, ResolvePath } from "./key.ts";
import type { Origin } from "./origin.ts";
import { schema } from "./schema.ts";
import { channelNameProblem } from "./values/channel-name.ts";
import { IPV6_AND_PORT, parseYaml } from "./yaml-text.ts";

/** `text`: `KEY=VALUE` as typed after --set. */
export function readSet(text: string, resolvePath: ResolvePath): Assignments {
  const origin: Origin = { kind: "set", text };
  const equals = text.indexOf("=");
  if (equals < 1) return refused(origin, null, "no key and value; write --set KEY=VALUE, for example --set log.level=debug");
  const path = text.slice(0, equals).trim().split(".");
  return readOverride(path, text.slice(equals + 1), origin, resolvePath);
}

/** Sets the key (or section) at `path` to what `text` says. */
export function readOverride(path: readonly string[], text: string, origin: Origin, resolvePath: ResolvePath): Assignments {
  let node: Node = schema;
  for (const [index, part] of path.entries()) {
    const child = childOf(node, part);
    const upTo = path.slice(0, index + 1);
    if (child === undefined) return refused(origin, path, unknownKey(path));
    const problem = node.kind === "family" ? channelNameProblem(part) : null;
    if (problem !== null) return refused(origin, upTo, problem);
    node = child;
  }
  const name = path[0] === "channels" ? path[1] : undefined;
  const channels = name === undefined ? [] : [{ name, origin }];
  const written = node.kind === "key" ? withoutYaml(text.trim()) : null;
  if (written !== null) return { assignments: [{ path, written, origin, resolvePath }], channels, errors: [] };
  const yaml = parseYaml(asYaml(text));
  if (!yaml.ok) return refused(origin, path, yaml.reason);
  const read = readAssignments(yaml.yaml, { path, node }, () => origin, resolvePath);
  return name === undefined ? read : { ...read, channels };
}

/** What YAML has for a whole number, an IPv4 address, a word and a path without its being asked, since it takes as long to load as the rest of the configuration; null for everything else. */
function withoutYaml(value: string): string | number | null {
  if (/^(0|[1-9]\d{0,14})$/.test(value)) return Number(value);
  if (/^\d+(\.\d+){3}(:\d+)?$/.test(value)) return value;
  return /^[\w/][\w./:-]*$/.test(value) && /[a-z]/.test(value) && !/^(\d|null|true|false)/i.test(value) ? value : null;
}

const LONE_IPV6_AND_PORT = new RegExp(`^${IPV6_AND_PORT}$`, "i");

/**
 * A value on the command line is one scalar or one flow collection: `80`, `eth0`, `[eth0, lo]`, `"1984"`. Everything
 * else stands for itself, so that `Nr #1.mp4` and `a: b.mp4` are names of files rather than a comment and a mapping.
 */
function asYaml(text: string): string {
  const value = text.trim();
  if (value === "" || (/^[[{"']/.test(value) && !LONE_IPV6_AND_PORT.test(value))) return value;
  return /^(~|[.+-]*\w[\w.+-]*)$/.test(value) ? value : JSON.stringify(value);
}

function refused(origin: Origin, path: readonly string[] | null, message: string): Assignments {
  return { assignments: [], channels: [], errors: [{ origin, path, message }] };
}

export function joinAssignments(parts: readonly Assignments[]): Assignments {
  return {
    assignments: parts.flatMap((part) => part.assignments),
    channels: parts.flatMap((part) => part.channels),
    errors: parts.flatMap((part) => part.errors).slice(0, MAX_ERRORS),
  };
}

/**
 * YAML nodes → assignments: which key is set to what, and where. A file is the nodes of the whole schema; --set and a
 * variable are those of one key. Unknown keys, keys given twice and wrong structure end here.
 */
import type { Node as YamlNode, Pair, YAMLMap } from "yaml";
import { childOf, placesBelow } from "./key.ts";
import type { Family, Key, Node, ResolvePath, Section, Written, WrittenScalar } from "./key.ts";
import { nearestPath } from "./nearest.ts";
import type { ConfigError, Origin } from "./origin.ts";
import { MAIN_CHANNEL, MAX_CHANNELS, schema } from "./schema.ts";
import { channelNameProblem } from "./values/channel-name.ts";
import { showPath } from "./show.ts";
import { isMap, isScalar, isSeq, isYamlNode } from "./yaml-library.ts";
import type { YamlText } from "./yaml-text.ts";

export type Assignment = {
  readonly path: readonly string[];
  readonly written: Written;
  readonly origin: Origin;
  readonly resolvePath: ResolvePath;
};

export type ChannelMention = { readonly name: string; readonly origin: Origin };

/** What one file, one --set or one variable says. */
export type Assignments = {
  readonly assignments: readonly Assignment[];
  /** Each channel that has a section, even an empty one, in their order. */
  readonly channels: readonly ChannelMention[];
  readonly errors: readonly ConfigError[];
};

/** A person repairs a few lines at a time; what is beyond is not even looked at. */
export const MAX_ERRORS = 20;

/** `originOf`: where a line of the YAML text stands. `place`: which part of the schema the text's root is. */
export function readAssignments(
  yaml: YamlText,
  place: { readonly path: readonly string[]; readonly node: Node },
  originOf: (line: number) => Origin,
  resolvePath: ResolvePath,
): Assignments {
  const assignments: Assignment[] = [];
  const channels: ChannelMention[] = [];
  const errors: ConfigError[] = [];

  const refuse = (path: readonly string[], line: number, message: string): void => {
    errors.push({ origin: originOf(line), path: path.length === 0 ? null : path, message });
  };

  const readNode = (path: readonly string[], node: Node, value: YamlNode | null, line: number): void => {
    const resolved = value === null ? null : yaml.resolve(value);
    if (value !== null && resolved === null) return refuse(path, line, `${LOST_ALIAS}; write the value itself`);
    if (node.kind === "key") readValue(path, node, resolved, line);
    else if (isMap(resolved)) readMap(path, node, resolved);
    else if (resolved !== null && !(isScalar(resolved) && resolved.value === null))
      refuse(path, line, `${kindOf(resolved)} where keys belong; write "key: value" lines`);
  };

  const readValue = (path: readonly string[], key: Key<unknown>, value: YamlNode | null, line: number): void => {
    const written = value === null ? { ok: true as const, value: null } : plainValue(value, yaml);
    if (written.ok) assignments.push({ path, written: written.value, origin: originOf(line), resolvePath });
    else refuse(path, line, `${written.reason}; give ${key.type.expects}`);
  };

  const readMap = (path: readonly string[], node: Section | Family, map: YAMLMap): void => {
    const lines = new Map<string, number>();
    for (const pair of map.items) {
      if (errors.length >= MAX_ERRORS) return;
      const entry = entryOf(pair, yaml);
      if (entry === null) {
        refuse(path, yaml.lineOf(map), 'a key that is no plain word; write "key: value" lines');
        continue;
      }
      const childPath = [...path, entry.name];
      const earlier = lines.get(entry.name);
      const child = childOf(node, entry.name);
      lines.set(entry.name, entry.line);
      const problem =
        earlier !== undefined
          ? `given twice, first in line ${earlier}; keep one`
          : child === undefined
            ? unknownKey(childPath)
            : node.kind === "family"
              ? (channelNameProblem(entry.name) ??
                (lines.size > MAX_CHANNELS ? `more than ${MAX_CHANNELS} channels; run a second daemon for it` : null))
              : null;
      if (problem !== null || child === undefined) {
        refuse(childPath, entry.line, problem ?? unknownKey(childPath));
        continue;
      }
      if (node.kind === "family") channels.push({ name: entry.name, origin: originOf(entry.line) });
      readNode(childPath, child, entry.value, entry.line);
    }
  };

  readNode(place.path, place.node, yaml.root, yaml.root === null ? 1 : yaml.lineOf(yaml.root));
  return { assignments, channels, errors };
}

/** What to say about a key that is not in the schema. */
export function unknownKey(path: readonly string[]): string {
  const channel = path[0] === "channels" && path.length > 1 ? path[1] : undefined;
  const known = placesBelow(schema, [channel ?? MAIN_CHANNEL]).map((place) => place.path);
  const nearest = nearestPath(path, known);
  return nearest === null ? "unknown key" : `unknown key; did you mean ${showPath(nearest)}?`;
}

type Entry = { readonly name: string; readonly line: number; readonly value: YamlNode | null };

function entryOf(pair: Pair<unknown, unknown>, yaml: YamlText): Entry | null {
  const { key, value } = pair;
  if (!isScalar(key)) return null;
  // `1:` and `true:` are names as well: what counts is what was typed.
  const name = key.source ?? (typeof key.value === "string" ? key.value : "");
  return { name, line: yaml.lineOf(key), value: isYamlNode(value) ? value : null };
}

const LOST_ALIAS = "an alias (*…) without its anchor, or too many aliases";

type Plain<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

function plainValue(node: YamlNode, yaml: YamlText): Plain<Written> {
  if (!isSeq(node)) return plainScalar(node);
  const items: WrittenScalar[] = [];
  for (const item of node.items) {
    const resolved = isYamlNode(item) ? yaml.resolve(item) : null;
    const scalar: Plain<WrittenScalar> = resolved === null ? { ok: false, reason: LOST_ALIAS } : plainScalar(resolved);
    if (!scalar.ok) return { ok: false, reason: `${scalar.reason} in a list` };
    items.push(scalar.value);
  }
  return { ok: true, value: items };
}

function plainScalar(node: YamlNode): Plain<WrittenScalar> {
  if (!isScalar(node)) return { ok: false, reason: kindOf(node) };
  const { value } = node;
  return value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? { ok: true, value }
    : { ok: false, reason: "a value of an unknown kind" };
}

function kindOf(node: YamlNode): string {
  return isMap(node) ? "a mapping" : isSeq(node) ? "a list" : "a single value";
}

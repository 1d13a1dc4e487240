/** Assignments of all layers → one complete config, and where each of its values came from. */
import { MAX_ERRORS } from "./assignments.ts";
import type { Assignment, Assignments, ChannelMention } from "./assignments.ts";
import { channelSchema } from "./channel-schema.ts";
import { findConflicts } from "./conflicts.ts";
import { deriveGroup } from "./derived-group.ts";
import type { Fields, Key, Section, ValueOf } from "./key.ts";
import { nearestName } from "./nearest.ts";
import type { ConfigError, Origin } from "./origin.ts";
import { readValue } from "./read-value.ts";
import { MAIN_CHANNEL, MAX_CHANNELS, schema } from "./schema.ts";
import type { ChannelConfig, Config } from "./schema.ts";

/** From `channels.main.group` to where its value came from; every key of the config is in it. */
export type Sources = ReadonlyMap<string, Origin>;

export type Resolved =
  | { readonly ok: true; readonly config: Config; readonly sources: Sources }
  | { readonly ok: false; readonly errors: readonly ConfigError[] };

export type Layers = {
  readonly file: Assignments;
  /** The weakest first: environment, --set, files on the command line. */
  readonly overrides: Assignments;
};

/** `machine`: what tells this host from others, for derived groups. */
export function resolveConfig(layers: Layers, machine: string): Resolved {
  const errors: ConfigError[] = [...layers.file.errors, ...layers.overrides.errors];
  const assigned = new Map<string, Assignment>();
  for (const assignment of [...layers.file.assignments, ...layers.overrides.assignments])
    assigned.set(assignment.path.join("."), assignment);
  const sources = new Map<string, Origin>();

  const readKey = <T>(path: readonly string[], key: Key<T>): T => {
    const name = path.join(".");
    const assignment = assigned.get(name);
    sources.set(name, assignment?.origin ?? { kind: "default" });
    if (assignment !== undefined) {
      const parsed = readValue(key, assignment.written, assignment.resolvePath);
      if (parsed.ok) return parsed.value;
      errors.push({ origin: assignment.origin, path, message: parsed.reason });
    }
    return defaultOf(key);
  };

  const { names, problems } = chooseChannels(layers, assigned);
  errors.push(...problems);
  const { cache, control, http, announce, send, state, log } = schema.fields;
  const written = names.map((name) => ({
    name,
    ...readSection(channelSchema, ["channels", name], readKey),
  }));
  const config: Config = {
    channels: withGroups(written, machine, sources),
    cache: readSection(cache, ["cache"], readKey),
    control: readSection(control, ["control"], readKey),
    http: readSection(http, ["http"], readKey),
    announce: readSection(announce, ["announce"], readKey),
    send: readSection(send, ["send"], readKey),
    state: readSection(state, ["state"], readKey),
    log: readSection(log, ["log"], readKey),
  };
  // A value that was refused has been replaced by its default: what it conflicts with would be no news.
  if (errors.length === 0) errors.push(...findConflicts(config, (path) => sources.get(path.join(".")) ?? { kind: "default" }));
  if (errors.length === 0) return { ok: true, config, sources };
  return {
    ok: false,
    errors: errors.toSorted((a, b) => lineOf(a) - lineOf(b)).slice(0, MAX_ERRORS),
  };
}

/** What stands in no file comes after it, in its own order. */
function lineOf({ origin }: ConfigError): number {
  return origin.kind === "file" ? (origin.line ?? 0) : Number.MAX_SAFE_INTEGER;
}

/** The value of a key that nobody sets. */
export function defaultOf<T>(key: Key<T>): T {
  const parsed = key.type.parse(key.default, (path) => path);
  if (!parsed.ok) throw new Error(`the schema refuses its own default: ${parsed.reason}`);
  return parsed.value;
}

type ReadKey = <T>(path: readonly string[], key: Key<T>) => T;

function readSection<F extends Fields>(section: Section<F>, path: readonly string[], readKey: ReadKey): ValueOf<Section<F>> {
  const entries = Object.entries(section.fields).map(([name, node]): readonly [string, unknown] => {
    const at = [...path, name];
    if (node.kind === "key") return [name, readKey(at, node)];
    if (node.kind === "section") return [name, readSection(node, at, readKey)];
    throw new Error(`${at.join(".")}: a family stands at the root of the schema only`);
  });
  // Object.fromEntries forgets the names; each value is of the type that ValueOf gives its field.
  return Object.fromEntries(entries) as ValueOf<Section<F>>;
}

type Chosen = { readonly names: readonly string[]; readonly problems: readonly ConfigError[] };

/**
 * A channel is there if the file names it, or an override gives it a source. `main` is there if the file names none and
 * nothing else is. An override for any other name is a typing error rather than one more channel with the test film.
 */
function chooseChannels(layers: Layers, assigned: ReadonlyMap<string, Assignment>): Chosen {
  const hasSource = ({ name }: ChannelMention): boolean => assigned.has(`channels.${name}.source`);
  const declared = [...layers.file.channels, ...layers.overrides.channels.filter(hasSource)];
  const names = new Set(declared.map((mention) => mention.name));
  const wantsMain = layers.overrides.channels.some((mention) => mention.name === MAIN_CHANNEL);
  if (names.size === 0 || (wantsMain && layers.file.channels.length === 0)) names.add(MAIN_CHANNEL);

  const problems = new Map<string, ConfigError>();
  for (const { name, origin } of layers.overrides.channels) {
    // A broken file may have been about to name it.
    if (names.has(name) || layers.file.errors.length > 0) continue;
    const nearest = nearestName(name, [...names]) ?? MAIN_CHANNEL;
    const message = `there is no channel ${name}; did you mean ${nearest}? (A new one needs channels.${name}.source.)`;
    problems.set(JSON.stringify(origin), { origin, path: null, message });
  }
  const beyond = declared.find((mention) => [...names].indexOf(mention.name) >= MAX_CHANNELS);
  if (beyond !== undefined) {
    const message = `more than ${MAX_CHANNELS} channels; run a second daemon for it`;
    problems.set("", { origin: beyond.origin, path: ["channels", beyond.name], message });
  }
  return { names: [...names].slice(0, MAX_CHANNELS), problems: [...problems.values()] };
}

type ChannelAsWritten = Omit<ChannelConfig, "group" | "groupIsDerived"> & { readonly group: string | null };

/** Groups for the channels that name none: by name, so that the order in the file does not matter. */
function withGroups(channels: readonly ChannelAsWritten[], machine: string, sources: Map<string, Origin>): readonly ChannelConfig[] {
  const taken = new Set(channels.flatMap((channel) => channel.group ?? []));
  const derived = new Map<string, string>();
  for (const { name } of channels.filter((channel) => channel.group === null).toSorted(byName)) {
    const group = deriveGroup(machine, name, taken);
    taken.add(group);
    derived.set(name, group);
    sources.set(`channels.${name}.group`, { kind: "derived" });
  }
  return channels.map((channel) => ({
    ...channel,
    group: channel.group ?? derived.get(channel.name) ?? deriveGroup(machine, channel.name, taken),
    groupIsDerived: channel.group === null,
  }));
}

function byName(a: ChannelAsWritten, b: ChannelAsWritten): number {
  return a.name < b.name ? -1 : 1;
}

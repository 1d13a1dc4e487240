/** The keys of a channel that may change while its stream goes on: found by name, checked, read from and put into a channel's config. */
import { channelSchema } from "./channel-schema.ts";
import { keysBelow } from "./key.ts";
import type { KeyPlace, Parsed, Written } from "./key.ts";
import { editDistance, nearestName } from "./nearest.ts";
import { readValue } from "./read-value.ts";
import type { ChannelConfig } from "./schema.ts";
import { showValue } from "./show.ts";

/** A hot key's value: none of them holds a list. */
export type HotValue = string | number | boolean | null;

export type HotSetting = {
  /** Path below the channel: `video.quality`. */
  readonly key: string;
  readonly value: HotValue;
};

const places: ReadonlyMap<string, KeyPlace> = new Map(
  keysBelow(channelSchema, []).flatMap((place) => (place.key.hot ? [[place.path.join("."), place]] : [])),
);

/** Their paths below the channel, in the order of the schema. */
export const hotKeys: readonly string[] = [...places.keys()];

/** `key`: the path below the channel, or its last part where only one key ends so: `video.quality`, `quality`. */
export function parseHotSetting(key: string, written: Written): Parsed<HotSetting> {
  const found = findHotKey(key);
  if (!found.ok) return found;
  const place = places.get(found.value);
  if (place === undefined) return { ok: false, reason: unknownHotKey(key) };
  const parsed = readValue(place.key, written, (path) => path);
  if (!parsed.ok) return { ok: false, reason: `${found.value}: ${parsed.reason}` };
  const { value } = parsed;
  if (!isHotValue(value)) return { ok: false, reason: `${found.value}: a list cannot be set while the stream goes on` };
  return { ok: true, value: { key: found.value, value } };
}

/** The whole path of a hot key that is named by it or by its last part. */
export function findHotKey(name: string): Parsed<string> {
  if (places.has(name)) return { ok: true, value: name };
  const ending = hotKeys.filter((key) => key.endsWith(`.${name}`));
  const [only] = ending;
  if (only === undefined) return { ok: false, reason: unknownHotKey(name) };
  return ending.length === 1
    ? { ok: true, value: only }
    : { ok: false, reason: `${name} may be ${ending.join(" or ")}; write the whole key` };
}

function unknownHotKey(name: string): string {
  const restart = keysBelow(channelSchema, []).find(({ path }) => path.join(".") === name || path.at(-1) === name);
  if (restart !== undefined)
    return `${restart.path.join(".")} cannot change while the stream goes on; set it in the configuration and restart`;
  const nearest = nearestName(
    name,
    hotKeys.flatMap((key) => [key, key.split(".").at(-1) ?? key]),
  );
  const isSlip = nearest !== null && editDistance(name.toLowerCase(), nearest.toLowerCase()) <= name.length / 2;
  return `no key is named ${showValue(name)}; ${isSlip ? `did you mean ${nearest}?` : `there are ${hotKeys.join(", ")}`}`;
}

/** The value that a channel's config has at a key's path. */
export function readSetting(config: ChannelConfig, key: string): unknown {
  return key.split(".").reduce<unknown>((node, part) => (isRecord(node) ? node[part] : undefined), config);
}

/** The config with other values at hot keys. */
export function withSettings(config: ChannelConfig, settings: readonly HotSetting[]): ChannelConfig {
  let changed: unknown = config;
  for (const { key, value } of settings) changed = withValue(changed, key.split("."), value);
  // Each value has passed the type of its key; the shape is that of the config.
  return changed as ChannelConfig;
}

function withValue(node: unknown, path: readonly string[], value: HotValue): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  return isRecord(node) ? { ...node, [first]: withValue(node[first], rest, value) } : node;
}

export function isHotValue(value: unknown): value is HotValue {
  return value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What differs between the configuration in force and one that was read anew: what can be applied, and what needs a restart. */
import { channelSchema } from "./channel-schema.ts";
import { hotKeys, isHotValue, readSetting } from "./hot-keys.ts";
import type { HotSetting } from "./hot-keys.ts";
import { keysBelow } from "./key.ts";
import { schema } from "./schema.ts";
import type { ChannelConfig, Config } from "./schema.ts";

export type ConfigChanges = {
  /** By channel: hot keys with their new values. */
  readonly hot: ReadonlyMap<string, readonly HotSetting[]>;
  /** Paths from the root, in the order of the schema; a channel that came or went is one path. */
  readonly needsRestart: readonly string[];
};

export function compareConfigs(inForce: Config, read: Config): ConfigChanges {
  const hot = new Map<string, readonly HotSetting[]>();
  const needsRestart: string[] = [];
  const before = new Map(inForce.channels.map((channel) => [channel.name, channel]));
  const after = new Map(read.channels.map((channel) => [channel.name, channel]));
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(name), after.get(name)];
    if (old === undefined || now === undefined) {
      needsRestart.push(`channels.${name}`);
      continue;
    }
    const changed = changedKeys(old, now);
    const settings = changed.flatMap((key): readonly HotSetting[] => {
      const value = readSetting(now, key);
      return hotKeys.includes(key) && isHotValue(value) ? [{ key, value }] : [];
    });
    if (settings.length > 0) hot.set(name, settings);
    needsRestart.push(...changed.filter((key) => !hotKeys.includes(key)).map((key) => `channels.${name}.${key}`));
  }
  const { channels: _, ...others } = schema.fields;
  const rootKeys = keysBelow({ kind: "section", doc: "", fields: others }, []).map(({ path }) => path);
  needsRestart.push(...rootKeys.filter((path) => !isSame(valueAt(inForce, path), valueAt(read, path))).map((path) => path.join(".")));
  return { hot, needsRestart };
}

function changedKeys(old: ChannelConfig, now: ChannelConfig): readonly string[] {
  const keys = keysBelow(channelSchema, []).map(({ path }) => path.join("."));
  return keys.filter((key) => !isSame(readSetting(old, key), readSetting(now, key)));
}

function valueAt(config: Config, path: readonly string[]): unknown {
  return path.reduce<unknown>((node, part) => (typeof node === "object" && node !== null ? Reflect.get(node, part) : undefined), config);
}

/** Values of keys are plain data. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

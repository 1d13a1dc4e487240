/** The configuration read again while the daemon runs: hot keys are applied, the others are named, a mistake changes nothing. */

import { compareConfigs } from "../config/compare.ts";
import type { LoadedConfig } from "../config/load.ts";
import { describeConfigError } from "../config/origin.ts";
import { withSettings } from "../config/hot-keys.ts";
import type { Config } from "../config/schema.ts";
import type { Channel } from "./channel/channel.ts";
import type { Log } from "./log/log.ts";

export type ReloadOutcome =
  | { readonly ok: true; readonly applied: readonly string[]; readonly needsRestart: readonly string[] }
  /** One line for each mistake. */
  | { readonly ok: false; readonly reason: string };

export type Reload = () => ReloadOutcome;

/** `load`: reads all that the configuration is made of; null where no file is part of it. `start`: what the daemon was started with. */
export function createReload(load: (() => LoadedConfig) | null, start: Config, channels: ReadonlyMap<string, Channel>): Reload {
  /** What the daemon was started with, hot keys as last read. */
  let inForce = start;

  return () => {
    if (load === null) return { ok: false, reason: "there is no file to read again: start the daemon with --config FILE" };
    const loaded = load();
    if (!loaded.ok) return { ok: false, reason: loaded.errors.map(describeConfigError).join("\n") };
    const { hot, needsRestart } = compareConfigs(inForce, loaded.config);
    for (const [name, settings] of hot) channels.get(name)?.tuning.reconfigure(settings);
    inForce = { ...inForce, channels: inForce.channels.map((config) => withSettingsIn(config, hot)) };
    const applied = [...hot].flatMap(([name, settings]) => settings.map(({ key }) => `channels.${name}.${key}`));
    return { ok: true, applied, needsRestart };
  };
}

/** What became of it, for the log. */
export function tellReload(outcome: ReloadOutcome, log: Log): void {
  if (!outcome.ok) {
    for (const line of outcome.reason.split("\n")) log.warn(`the configuration stays as it was: ${line}`);
    return;
  }
  const { applied, needsRestart } = outcome;
  const parts = [
    applied.length === 0 ? "" : `applied ${applied.join(", ")}`,
    needsRestart.length === 0 ? "" : `a restart is needed for ${needsRestart.join(", ")}`,
  ].filter((part) => part !== "");
  log.info(`the configuration was read again: ${parts.length === 0 ? "nothing has changed" : parts.join("; ")}`);
}

type Hot = ReturnType<typeof compareConfigs>["hot"];

function withSettingsIn(config: Config["channels"][number], hot: Hot): Config["channels"][number] {
  return withSettings(config, hot.get(config.name) ?? []);
}

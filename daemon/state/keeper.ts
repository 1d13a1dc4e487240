/** Brings channels back to where an operator left them, and writes down what changes: soon after a change, places now and then. */

import { findHotKey, parseHotSetting } from "../../config/hot-keys.ts";
import type { Channel } from "../channel/channel.ts";
import type { Log } from "../log/log.ts";
import type { SenderThread } from "../send/sender-thread.ts";
import { STATE_VERSION } from "./saved-state.ts";
import type { SavedChannel, SavedState } from "./saved-state.ts";
import { openStateFile } from "./state-file.ts";
import type { StateFile } from "./state-file.ts";

/** Several changes at once are one write. */
const SAVE_AFTER_MS = 300;
/** A crash loses no more than this of the place in a film. */
const PLACE_INTERVAL_MS = 30_000;

/** Opens `state.json` in the directory; null, with a word in the log, where nothing can be kept. */
export function openKeeper(directory: string, channels: ReadonlyMap<string, Channel>, sender: SenderThread, log: Log): StateKeeper | null {
  const { file, problem } = openStateFile(directory);
  if (problem !== null) log.warn(problem);
  return file === null ? null : new StateKeeper(file, channels, sender, log);
}

export class StateKeeper {
  readonly #file: StateFile;
  readonly #channels: ReadonlyMap<string, Channel>;
  readonly #sender: SenderThread;
  readonly #log: Log;
  #timer: NodeJS.Timeout | null = null;
  #placeTimer: NodeJS.Timeout | null = null;
  #written = "";
  #hasFailed = false;

  constructor(file: StateFile, channels: ReadonlyMap<string, Channel>, sender: SenderThread, log: Log) {
    this.#file = file;
    this.#channels = channels;
    this.#sender = sender;
    this.#log = log;
  }

  /** Puts the channel's overrides in force again. Returns what it was told to do, and where it was. */
  restore(channel: Channel): Pick<SavedChannel, "told" | "place"> {
    const saved = this.#file.found.channels[channel.name];
    if (saved === undefined) return { told: null, place: null };
    for (const { key, value, configured } of saved.overrides) {
      const setting = parseHotSetting(key, value);
      if (!setting.ok || !findHotKey(key).ok) continue;
      if (channel.tuning.configuredValue(key) !== configured) {
        this.#log.info(
          { channel: channel.name },
          `${key} was set to ${String(value)} before; the configuration has changed it since, and counts`,
        );
        continue;
      }
      channel.tuning.override(setting.value, null);
    }
    return { told: saved.told, place: saved.place };
  }

  /** From now on places are written down. */
  start(): void {
    this.#placeTimer = setInterval(() => void this.#save(), PLACE_INTERVAL_MS);
  }

  /** Something has changed that a restart should not forget. */
  note(): void {
    this.#timer ??= setTimeout(() => void this.#save(), SAVE_AFTER_MS);
  }

  /** The last word; before the sender closes. */
  async close(): Promise<void> {
    if (this.#placeTimer !== null) clearInterval(this.#placeTimer);
    await this.#save();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#file.close();
  }

  async #save(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const state: SavedState = { version: STATE_VERSION, channels: await this.#describeAll() };
    const text = JSON.stringify(state);
    if (text === this.#written) return;
    const problem = await this.#file.save(state);
    if (problem === null) this.#written = text;
    else if (!this.#hasFailed) this.#log.warn(problem);
    this.#hasFailed = problem !== null;
  }

  /** A channel that the configuration does not name any more is forgotten. */
  async #describeAll(): Promise<Record<string, SavedChannel>> {
    const entries = [...this.#channels.values()].map(async (channel) => [channel.name, await this.#describe(channel)] as const);
    return Object.fromEntries(await Promise.all(entries));
  }

  async #describe(channel: Channel): Promise<SavedChannel> {
    const { statistics } = await this.#sender.statistics(channel.name);
    return { overrides: [...channel.tuning.overrides], told: channel.told, place: channel.placeAt(statistics.timelineMs) };
  }
}

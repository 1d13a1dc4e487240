/** The hot keys of a running channel: takes what an operator or the configuration says, and makes it felt while the stream goes on. */

import type { HotSetting, HotValue } from "../../config/hot-keys.ts";
import type { ChannelConfig } from "../../config/schema.ts";
import type { Media } from "./media.ts";
import { ChannelRefusal } from "./refusal.ts";
import type { ChannelSettings } from "./settings.ts";
import type { Override } from "./settings.ts";
import { ChannelRate } from "./rate.ts";
import type { RateNews, Sending } from "./rate.ts";
import type { SenderThread } from "../send/sender-thread.ts";
import { isAbove, steadyFps } from "../source/steady-fps.ts";

/** What the source encodes by: another value means that it begins anew behind what waits already. */
const SOURCE_KEYS: readonly string[] = ["video.width", "video.quality", "video.maxFrameBytes"];

export class ChannelTuning {
  /** What the receivers have to say. */
  readonly rate: ChannelRate;
  readonly #settings: ChannelSettings;
  readonly #channel: string;
  readonly #media: Media;
  readonly #sender: SenderThread;
  readonly #onChange: (keys: readonly string[]) => void;
  #changes = 0;

  /** `onChange` hears of the keys whose value in force has become another. */
  constructor(settings: ChannelSettings, media: Media, sender: SenderThread, onChange: (keys: readonly string[]) => void) {
    this.#settings = settings;
    this.rate = new ChannelRate(settings, media);
    this.#channel = settings.inForce.name;
    this.#media = media;
    this.#sender = sender;
    this.#onChange = onChange;
  }

  /** What the file says, with what an operator has put above it. */
  get inForce(): ChannelConfig {
    return this.#settings.inForce;
  }

  /** How often values in force became others. */
  get changes(): number {
    return this.#changes;
  }

  get overrides(): readonly Override[] {
    return this.#settings.overrides;
  }

  configuredValue(key: string): HotValue {
    return this.#settings.configuredValue(key);
  }

  /** The rate asked for; null for the source's own. */
  get fps(): number | null {
    const { fps } = this.inForce.video;
    return fps === "source" ? null : fps;
  }

  /** Puts a value above the configuration. A rate above the source's is refused. `timelineMs`: where the channel is now. */
  override(setting: HotSetting, timelineMs: number | null): void {
    if (setting.key === "video.fps" && typeof setting.value === "number") this.#requireRate(setting.value, timelineMs);
    this.#apply(this.#settings.override(setting));
  }

  /** Takes the overrides of one key, or of all, away again. Returns their keys. */
  reset(key: string | null): readonly string[] {
    const gone = this.overrides.map((override) => override.key).filter((candidate) => key === null || candidate === key);
    this.#apply(this.#settings.reset(key));
    return gone;
  }

  /** The configuration has changed at these keys. */
  reconfigure(settings: readonly HotSetting[]): void {
    this.#apply(this.#settings.reconfigure(settings));
  }

  /** Lets the receivers' reports take effect; about once a second. `sending`: null where they have no say. */
  adapt(sending: Sending | null, nowMs: number): RateNews | null {
    const news = this.rate.step(sending, nowMs);
    if (news !== null) this.#sendAtRate();
    return news;
  }

  #sendAtRate(): void {
    this.#sender.post({ kind: "fps", channel: this.#channel, fps: this.rate.fps });
  }

  #requireRate(fps: number, timelineMs: number | null): void {
    const item = this.#media.itemAt(timelineMs);
    const sourceFps = steadyFps(item);
    if (sourceFps === null || !isAbove(fps, sourceFps)) return;
    const has = `${item?.name ?? "the source"} has ${round(sourceFps)} frames a second`;
    throw new ChannelRefusal(`${has}: ${round(fps)} is more; use at most ${round(sourceFps)}`);
  }

  #apply(keys: readonly string[]): void {
    const channel = this.#channel;
    const { audio, pacing } = this.inForce;
    if (keys.includes("video.fps")) this.#sendAtRate();
    if (keys.includes("pacing.spread")) this.#sender.post({ kind: "spread", channel, spread: pacing.spread });
    if (keys.includes("audio.volume")) this.#sender.post({ kind: "volume", channel, volume: audio.volume });
    if (keys.some((key) => SOURCE_KEYS.includes(key))) this.#media.reformat();
    if (keys.length === 0) return;
    this.#changes++;
    this.#onChange(keys);
  }
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

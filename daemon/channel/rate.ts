/** The rate of a channel when its receivers have a say: their reports go in, and the sender is told what comes of it. */

import type { Media } from "./media.ts";
import type { ChannelSettings } from "./settings.ts";
import { RateAdapter } from "../pace/rate-adapter.ts";
import type { HostReport, RateLimits } from "../pace/rate-adapter.ts";

export type RateNews = { readonly capFps: number | null; readonly reason: string };

/** What the channel sends at the moment. */
export type Sending = {
  readonly generation: number;
  /** Null before the place is settled. */
  readonly timelineMs: number | null;
  /** Neither in a pause, nor without anything to send. */
  readonly isSteady: boolean;
};

export class ChannelRate {
  readonly #adapter = new RateAdapter();
  readonly #settings: ChannelSettings;
  readonly #media: Pick<Media, "itemAt">;
  #reason: string | null = null;
  /** As last looked at. */
  #generation = 0;
  #sourceFps: number | null = null;

  constructor(settings: ChannelSettings, media: Pick<Media, "itemAt">) {
    this.#settings = settings;
    this.#media = media;
  }

  /** The cap that the receivers have brought about; null: none. */
  get capFps(): number | null {
    return this.#adapter.capFps;
  }

  /** Why the cap is what it is; null without one. */
  get reason(): string | null {
    return this.capFps === null ? null : this.#reason;
  }

  /** What to send at: asked for, and not over the cap; null for the source's own rate. */
  get fps(): number | null {
    const { fps } = this.#settings.inForce.video;
    const asked = fps === "source" ? null : fps;
    if (this.capFps === null) return asked;
    return asked === null ? this.capFps : Math.min(asked, this.capFps);
  }

  /** Whether the receivers have a say. */
  get isAdaptive(): boolean {
    return this.#settings.inForce.pacing.adapt !== "off";
  }

  report(address: string, sessionId: string, report: HostReport, nowMs: number): void {
    const limits = this.#limits();
    if (limits !== null && limits.mode !== "off") this.#adapter.report(address, sessionId, report, limits, nowMs);
  }

  /** About once a second. `sending`: null where the receivers have no say. Null: nothing changes. */
  step(sending: Sending | null, nowMs: number): RateNews | null {
    if (sending !== null) this.#follow(sending, nowMs);
    const limits = this.#limits();
    const decision = limits === null ? null : this.#adapter.decide(limits, nowMs);
    if (decision !== null) this.#reason = decision.reason;
    return decision;
  }

  /** Pictures that are not owed are no pictures that a host is too slow for. */
  #follow({ generation, timelineMs, isSteady }: Sending, nowMs: number): void {
    // Until a place is settled the receivers are still told of the one before.
    const sourceFps = timelineMs === null ? this.#sourceFps : (this.#media.itemAt(timelineMs)?.video?.fps ?? null);
    if (!isSteady || generation !== this.#generation || sourceFps !== this.#sourceFps) this.#adapter.settle(nowMs);
    this.#generation = generation;
    this.#sourceFps = sourceFps;
  }

  /** Null while the source's rate is not known. */
  #limits(): RateLimits | null {
    const { video, pacing } = this.#settings.inForce;
    const sourceFps = this.#sourceFps;
    const fullFps = video.fps === "source" ? sourceFps : Math.min(video.fps, sourceFps ?? video.fps);
    return fullFps === null ? null : { mode: pacing.adapt, minFps: pacing.minFps, fullFps };
  }
}

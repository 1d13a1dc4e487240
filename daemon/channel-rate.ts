/** The rate of a channel when its receivers have a say: their reports go in, and the sender is told what comes of it. */

import type { Report } from "../control/contract/session.ts";
import type { Media } from "./media.ts";
import type { ChannelSettings } from "./channel-settings.ts";
import { RateAdapter } from "./pace/rate-adapter.ts";
import type { RateLimits } from "./pace/rate-adapter.ts";

export type RateNews = { readonly capFps: number | null; readonly reason: string };

export class ChannelRate {
  readonly #adapter = new RateAdapter();
  readonly #settings: ChannelSettings;
  readonly #media: Media;
  #reason: string | null = null;

  constructor(settings: ChannelSettings, media: Media) {
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

  report(address: string, sessionId: string, report: Report, nowMs: number): void {
    const limits = this.#limits();
    if (limits !== null && limits.mode !== "off") this.#adapter.report(address, sessionId, report, limits, nowMs);
  }

  /** About once a second. Null: nothing changes. */
  step(nowMs: number): RateNews | null {
    const limits = this.#limits();
    const decision = limits === null ? null : this.#adapter.decide(limits, nowMs);
    if (decision !== null) this.#reason = decision.reason;
    return decision;
  }

  /** Null while the source's rate is not known. */
  #limits(): RateLimits | null {
    const { video, pacing } = this.#settings.inForce;
    const sourceFps = this.#media.itemAt(null)?.video?.fps ?? null;
    const fullFps = video.fps === "source" ? sourceFps : Math.min(video.fps, sourceFps ?? video.fps);
    return fullFps === null ? null : { mode: pacing.adapt, minFps: pacing.minFps, fullFps };
  }
}

/** Quality and width that keep a JPEG under `maxFrameBytes`: lowered at once, raised slowly. Pure. */

export type Settings = { readonly quality: number; readonly width: number };

/** What a frame may cost, and what is wanted as long as it costs no more. */
export type FrameLimits = Settings & { readonly maxFrameBytes: number };

/** Below it a smaller picture looks better than a coarser one (wire.md). */
const MIN_QUALITY = 20;
/** A picture of this width fits in any datagram; if it does not, the frame is not sent. */
const MIN_WIDTH = 16;
/** So many frames must have fitted before the next step up: about a second. */
const FRAMES_PER_STEP_UP = 25;
const QUALITY_STEP_UP = 4;
const WIDTH_STEP_UP = 1.1;
/** A step up costs up to a fifth more bytes; it is tried only when there is room for that. */
const ROOM_FOR_STEP_UP = 0.8;

/** The next settings to try for the same picture, which took `bytes` with `tried`; null if nothing is left to try. */
export function lower(tried: Settings, bytes: number, limits: FrameLimits): Settings | null {
  const excess = bytes / limits.maxFrameBytes;
  const floor = Math.min(MIN_QUALITY, limits.quality);
  if (tried.quality > floor) {
    // Bytes fall about as fast as quality does in the middle of the IJG scale; two tries find a place at most.
    const quality = excess > 2 ? floor : Math.floor(tried.quality / excess) - 2;
    return { quality: Math.max(floor, Math.min(tried.quality - 1, quality)), width: tried.width };
  }
  if (tried.width <= MIN_WIDTH) return null;
  const width = Math.floor((tried.width / Math.sqrt(excess)) * 0.95);
  return { quality: tried.quality, width: Math.max(MIN_WIDTH, Math.min(tried.width - 1, width)) };
}

export type Climb = { readonly settings: Settings; readonly fittedFrames: number };

/** After a frame that fitted: the settings for the next one. */
export function climb({ settings, fittedFrames }: Climb, bytes: number, limits: FrameLimits): Climb {
  if (settings.quality >= limits.quality && settings.width >= limits.width) return { settings, fittedFrames: 0 };
  if (bytes > limits.maxFrameBytes * ROOM_FOR_STEP_UP) return { settings, fittedFrames: 0 };
  if (fittedFrames + 1 < FRAMES_PER_STEP_UP) return { settings, fittedFrames: fittedFrames + 1 };
  const wider = Math.min(limits.width, Math.ceil(settings.width * WIDTH_STEP_UP));
  const isWide = settings.width >= limits.width;
  const finer = isWide ? Math.min(limits.quality, settings.quality + QUALITY_STEP_UP) : settings.quality;
  return { settings: { quality: finer, width: wider }, fittedFrames: 0 };
}

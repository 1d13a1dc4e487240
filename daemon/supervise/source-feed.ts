/**
 * From a source's messages to the sender thread: counts what waits there, and says when the source is to be read no further.
 * Knows how far the media reaches, so that a new source can go on from there.
 */

import { STOCK_MS } from "../pace/beginning.ts";
import { RESUME_SHARE } from "../send/back-pressure.ts";
import type { SenderThread } from "../send/sender-thread.ts";
import type { ItemInfo, SourceMessage } from "../source/messages.ts";
import { steadyFps } from "../source/steady-fps.ts";

type MediaMessage = Extract<SourceMessage, { kind: "frame" | "audio" }>;

/** Sound may wait this long: a film with few pictures brings much sound between two of them. */
const MOST_SOUND_MS = 2000;
/** With this few pictures waiting, the sender may be asleep beyond the next one's due time. */
const FEW_FRAMES = 2;
/** The sender waits with a new place's first packet for a stock of it; what completes the stock may lie a little behind it. */
const BEGINNING_MS = 2 * STOCK_MS;

export type SourceFeed = {
  /** Media of the current generation only. */
  readonly push: (message: MediaMessage, item: ItemInfo | null) => void;
  readonly noteConsumed: (frames: number, samples: number) => void;
  /** Whether the source may be read on. */
  readonly hasRoom: () => boolean;
  readonly queuedFrames: () => number;
  /** The end of the media so far, in timeline ms; null before any of this place. */
  readonly reachedMs: () => number | null;
  /** A new place begins. */
  readonly restart: () => void;
};

export function createSourceFeed(
  channel: string,
  sender: SenderThread,
  queueFrames: number,
  sampleRateHz: number,
  channels: number,
): SourceFeed {
  let frames = 0;
  let samples = 0;
  let isReading = true;
  let framesEndMs: number | null = null;
  let soundEndMs: number | null = null;
  let beginMs: number | null = null;

  const push = (message: MediaMessage, item: ItemInfo | null): void => {
    const mediaMs = message.kind === "frame" ? message.timelineUs / 1000 : (message.timelineSample * 1000) / sampleRateHz;
    beginMs ??= mediaMs;
    const isUrgent = frames <= FEW_FRAMES || mediaMs - beginMs < BEGINNING_MS;
    const post = isUrgent ? sender.post : sender.postQuietly;
    if (message.kind === "frame") {
      frames++;
      const fps = steadyFps(item);
      const sourceIntervalMs = fps === null ? null : 1000 / fps;
      framesEndMs = mediaMs + (sourceIntervalMs ?? 0);
      const { generation, jpeg, quality, width, height } = message;
      post(
        { kind: "frame", channel, generation, frame: { timelineMs: mediaMs, sourceIntervalMs, jpeg, quality, width, height } },
        buffersOf(jpeg),
      );
      return;
    }
    const { generation, timelineSample, pcm } = message;
    const count = pcm.length / (2 * channels);
    samples += count;
    soundEndMs = ((timelineSample + count) * 1000) / sampleRateHz;
    post({ kind: "sound", channel, generation, piece: { timelineSample, pcm } }, buffersOf(pcm));
  };

  let consumedFrames = 0;
  let consumedSamples = 0;
  const noteConsumed = (totalFrames: number, totalSamples: number): void => {
    frames -= totalFrames - consumedFrames;
    samples -= totalSamples - consumedSamples;
    consumedFrames = totalFrames;
    consumedSamples = totalSamples;
  };

  const hasRoom = (): boolean => {
    const soundMs = (samples * 1000) / sampleRateHz;
    isReading = isReading
      ? frames < queueFrames && soundMs < MOST_SOUND_MS
      : frames <= queueFrames * RESUME_SHARE && soundMs <= MOST_SOUND_MS * RESUME_SHARE;
    return isReading;
  };

  return {
    push,
    noteConsumed,
    hasRoom,
    queuedFrames: () => frames,
    reachedMs: () => framesEndMs ?? soundEndMs,
    restart: () => {
      framesEndMs = null;
      soundEndMs = null;
      beginMs = null;
    },
  };
}

/** The piece of the pipe that a payload came in crosses with it, and with its other payloads: nobody here looks at it again. */
function buffersOf({ buffer }: Uint8Array): readonly ArrayBuffer[] {
  return buffer instanceof ArrayBuffer ? [buffer] : [];
}

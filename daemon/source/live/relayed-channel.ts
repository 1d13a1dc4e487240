/** A channel of another streamerd as a live input: its pictures and its sound, at the times at which that daemon sent them. */

import { AV_SAMPLE_FMT_S16 } from "node-av/constants";
import type { LiveInput } from "../../../config/values/live-source.ts";
import { ItemError } from "../item-reader.ts";
import type { SourceFormat } from "../messages.ts";
import type { Size } from "../picture-size.ts";
import { type LiveCapture, type LiveFacts, type LiveSink, nowUs } from "./capture.ts";
import { createJpegPictures } from "./jpeg-pictures.ts";
import { publicName } from "./public-name.ts";
import { createSoundFollower } from "./sound-follower.ts";

export type ChannelPlace = Extract<LiveInput, { kind: "channel" }>;

export type ChannelForm = {
  readonly video: { readonly size: Size | null; readonly fps: number | null } | null;
  readonly audio: { readonly sampleRateHz: number; readonly channels: number } | null;
};

/** What is received goes there. `sentMs`: when it was due at the other daemon, on the monotonic clock of this host. */
export type ChannelEnds = {
  /** Before anything else, and when it is another one. */
  readonly form: (form: ChannelForm) => void;
  readonly picture: (sentMs: number, jpeg: Uint8Array) => void;
  /** Interleaved. */
  readonly sound: (sentMs: number, samples: Int16Array) => void;
  /** SSRCs of the pictures of the channel, and of those that it is sent on from, nearest first; before the form, and again. */
  readonly origins: (ssrcs: readonly number[]) => void;
  /** How it stands; null: it comes. */
  readonly trouble: (reason: string | null) => void;
};

/** Receives until the signal; resolves with one line on why it could not go on, null after the signal. The main file has it from the receiver. */
export type ReceiveChannel = (place: ChannelPlace, ends: ChannelEnds, signal: AbortSignal) => Promise<string | null>;

/** Less than what the daemon takes for a source that hangs: it would not know the reason. A paused channel has a picture a second. */
const MOST_SILENT_US = 4e6;
const LOOK_MS = 500;

/** `ssrc`: of the picture of the channel that it is for. Resolves when it is joined. Rejects with an ItemError. */
export async function openRelayedChannel(
  place: ChannelPlace,
  format: SourceFormat,
  receive: ReceiveChannel,
  ssrc: number | null = null,
): Promise<LiveCapture> {
  const name = publicName(place);
  const over = new AbortController();
  const joined = Promise.withResolvers<ChannelForm>();
  const lost = Promise.withResolvers<never>();
  const pictures = createJpegPictures(name);
  let sink: LiveSink | null = null;
  let sound: ReturnType<typeof createSoundEnd> = null;
  let trouble: string | null = null;
  let relays: readonly number[] = [];
  let cameUs = nowUs();

  const lose = (reason: string): void => lost.reject(new ItemError(`${name}: ${reason}`));
  /** What is thrown is no matter of the receiver's, which calls here from a timer of its own. */
  const use = (put: (to: LiveSink) => void): void => {
    cameUs = nowUs();
    try {
      if (sink !== null) put(sink);
    } catch (error) {
      lost.reject(error);
    }
  };
  let hasForm = false;
  const ends: ChannelEnds = {
    form: (form) => {
      if (hasForm) return lose("its sound has another form now");
      hasForm = true;
      sound = createSoundEnd(name, form, format);
      joined.resolve(form);
    },
    picture: (sentMs, jpeg) => use((to) => pictures.put(sentMs * 1000, jpeg, to)),
    sound: (sentMs, samples) => use((to) => sound?.put(sentMs * 1000, samples, to)),
    origins: (ssrcs) => {
      // What lies behind this channel itself is a ring's second round.
      const round = ssrc === null ? -1 : ssrcs.indexOf(ssrc);
      const heard = round === -1 ? ssrcs : ssrcs.slice(0, round + 1);
      const isNews = heard.join() !== relays.join();
      relays = heard;
      if (isNews) sink?.waiting();
      // Before it runs nobody else would hear of the ring: each daemon of it has to see it.
      if (sink !== null) loseRing();
    },
    trouble: (reason) => {
      trouble = reason;
    },
  };
  const loseRing = (): void => {
    const place = ssrc === null ? -1 : relays.indexOf(ssrc);
    if (place === 0) lose("that is this channel itself; give it another source");
    if (place > 0) lose("that is sent on from this channel, which would get its own pictures; give one of them another source");
  };
  const looking = setInterval(() => {
    if (nowUs() - cameUs > MOST_SILENT_US) lose(trouble ?? "nothing comes from there; streamctl doctor tells more");
  }, LOOK_MS);
  const close = (): void => {
    clearInterval(looking);
    // The receiver may hand out a little more before it ends.
    sink = null;
    over.abort();
    pictures.close();
    sound?.close();
  };
  void receive(place, ends, over.signal).then(
    (reason) => lose(reason ?? "it was left"),
    (error: unknown) => lost.reject(error),
  );
  // Where nobody waits for it, it was left.
  lost.promise.catch(() => undefined);
  try {
    const form = await Promise.race([joined.promise, lost.promise]);
    return {
      facts: factsOf(form),
      relays: () => relays,
      run: async (to, signal) => {
        loseRing();
        sink = to;
        const left = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
        await Promise.race([left, lost.promise]);
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

function factsOf({ video, audio }: ChannelForm): LiveFacts {
  return {
    video:
      video === null
        ? null
        : { codec: "mjpeg", width: video.size?.width ?? 0, height: video.size?.height ?? 0, fps: video.fps, frameCount: null },
    audio: audio === null ? null : { codec: "pcm_s16be", ...audio },
  };
}

/** Null where one of the two has no sound. */
function createSoundEnd(name: string, { audio }: ChannelForm, format: SourceFormat) {
  if (audio === null || format.audio === null) return null;
  const follower = createSoundFollower(name, { ...audio, format: AV_SAMPLE_FMT_S16 }, format.audio);
  return {
    put: (sentUs: number, samples: Int16Array, sink: LiveSink): void => {
      const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
      follower.put(sentUs, [bytes], samples.length / audio.channels, sink.sound);
    },
    close: follower.close,
  };
}

/** A camera, a screen or a URL, read with FFmpeg: packets as they come, pictures and sound with the time at which they were captured. */

import { setTimeout as sleep } from "node:timers/promises";
import { AV_CODEC_ID_MJPEG, AVMEDIA_TYPE_AUDIO, AVMEDIA_TYPE_VIDEO } from "node-av/constants";
import { type CodecContext, Frame, Packet, type Stream } from "node-av/lib";
import { openDecoder } from "../media-file.ts";
import { toUs } from "../media-time.ts";
import type { SourceFormat } from "../messages.ts";
import { correctFlags } from "../interlaced.ts";
import { describePicture } from "../picture-decoder.ts";
import { createPictureScaler } from "../picture-scaler.ts";
import { displaySize } from "../picture-size.ts";
import { describeSound } from "../sound-decoder.ts";
import { UPRIGHT } from "../orientation.ts";
import { ItemError } from "../item-reader.ts";
import { CaptureClock } from "./capture-clock.ts";
import { FilmClock } from "./film-clock.ts";
import { type LiveCapture, type LiveSink, nowUs } from "./capture.ts";
import type { OpenInput } from "./open-input.ts";
import { createSoundFollower, type SoundFollower } from "./sound-follower.ts";

type SoundFormat = NonNullable<SourceFormat["audio"]>;

/** A picture that is this late already is not encoded any more, so that what is behind can catch up. */
const TOO_LATE_US = 400_000;
/** Some streams bring a picture when the next one begins: where there are few, it is as late as that, and more. */
const TOO_LATE_PICTURES = 2.5;

/** In a file the sound may lie so far ahead of the picture that it goes with: who waits with it comes too late for the picture. */
const SOUND_AHEAD_US = 1_500_000;

/** What is decoded for what follows, and not sent. */
const NOWHERE: LiveSink = { picture: () => {}, seen: () => {}, waiting: () => {}, passJpeg: () => false, sound: () => {} };

/** Takes the input over. Throws ItemError if nothing in it can be decoded. */
export function openAvCapture(input: OpenInput, format: SourceFormat): LiveCapture {
  const { name, demuxer, isRecorded, isStamped } = input;
  const { streams } = demuxer;
  const video = streams.find(({ codecpar }) => codecpar.codecType === AVMEDIA_TYPE_VIDEO) ?? null;
  const audio = streams.find(({ codecpar }) => codecpar.codecType === AVMEDIA_TYPE_AUDIO) ?? null;
  if (video === null && audio === null) throw new ItemError(`${name}: has neither picture nor sound`);
  const clock = new CaptureClock();
  const film = new FilmClock();
  const packet = new Packet();
  packet.alloc();
  const pictures = video === null ? null : openPictures(name, video);
  const sounds = audio === null || format.audio === null ? null : openSounds(name, audio, format.audio);

  /** When it was captured. What lies ready on a server comes faster than it plays: it is waited with. */
  const placeOf = (stream: Stream, askedUs: number, arrivedUs: number): { readonly capturedUs: number; readonly waitUs: number } => {
    const stampUs = isStamped ? (toUs(packet.pts, stream.timeBase) ?? toUs(packet.dts, stream.timeBase)) : null;
    if (stampUs === null) return { capturedUs: arrivedUs, waitUs: 0 };
    // Of pictures that come in another order than they are shown in, this one tells when they were sent.
    const inOrderUs = toUs(packet.dts, stream.timeBase) ?? stampUs;
    if (!isRecorded) return { capturedUs: clock.map(inOrderUs, arrivedUs) + stampUs - inOrderUs, waitUs: 0 };
    const durationUs = toUs(packet.duration, stream.timeBase) ?? 0;
    const startUs = film.place({ stream: stream.index, stampUs: inOrderUs, durationUs, arrivedUs, waitedUs: arrivedUs - askedUs });
    const isBesidePicture = video !== null && stream !== video;
    return { capturedUs: startUs + stampUs, waitUs: startUs + inOrderUs - arrivedUs - (isBesidePicture ? SOUND_AHEAD_US : 0) };
  };

  const run = async (sink: LiveSink, signal: AbortSignal): Promise<void> => {
    const onAbort = (): void => demuxer.interrupt();
    signal.addEventListener("abort", onAbort, { once: true });
    let sendFromUs: number | null = null;
    while (!signal.aborted) {
      const askedUs = nowUs();
      const result = await demuxer.readFrame(packet);
      if (signal.aborted) break;
      if (result < 0) throw new ItemError(input.explainLoss(result, sendFromUs !== null));
      const arrivedUs = nowUs();
      const stream = [video, audio].find((wanted) => wanted?.index === packet.streamIndex) ?? null;
      if (stream !== null) {
        const { capturedUs, waitUs } = placeOf(stream, askedUs, arrivedUs);
        await waitUntil(arrivedUs + waitUs, sink);
        sendFromUs ??= arrivedUs + input.warmUpUs;
        const to = arrivedUs < sendFromUs ? NOWHERE : sink;
        if (stream === video) pictures?.take(packet, capturedUs, to);
        else sounds?.take(packet, capturedUs, to);
      }
      packet.unref();
    }
    signal.removeEventListener("abort", onAbort);
  };

  return {
    facts: {
      video:
        video === null ? null : { ...describePicture(video), ...(isStamped ? {} : { fps: null }), isVariable: false, frameCount: null },
      audio: audio === null ? null : describeSound(audio),
    },
    run,
    close: () => {
      pictures?.close();
      sounds?.close();
      packet.free();
      demuxer.closeInputSync();
    },
  };
}

/** The daemon takes a source that says nothing for a while for dead. */
const MOST_SILENT_US = 1e6;

async function waitUntil(dueUs: number, sink: LiveSink): Promise<void> {
  for (let restUs = dueUs - nowUs(); restUs > 0; restUs = dueUs - nowUs()) {
    await sleep(Math.min(restUs, MOST_SILENT_US) / 1000);
    if (restUs > MOST_SILENT_US) sink.waiting();
  }
}

type Reader = { readonly take: (packet: Packet, capturedUs: number, sink: LiveSink) => void; readonly close: () => void };

function openPictures(name: string, stream: Stream): Reader {
  const decoders = followCodec(name, stream);
  const scaler = createPictureScaler(name);
  const frame = new Frame();
  frame.alloc();
  // By stamp, since a decoder may hold pictures back, and give them out in another order.
  const capturedByStamp = new Map<bigint, number>();

  let lastUs = Number.POSITIVE_INFINITY;

  const deliver = (capturedUs: number, sink: LiveSink): void => {
    const mostUs = Math.max(TOO_LATE_US, TOO_LATE_PICTURES * (capturedUs - lastUs));
    lastUs = capturedUs;
    sink.seen(capturedUs, { width: frame.width, height: frame.height });
    if (sink === NOWHERE || nowUs() - capturedUs > mostUs) return;
    const { num, den } = stream.sampleAspectRatio.num > 0 ? stream.sampleAspectRatio : frame.sampleAspectRatio;
    const aspect = num > 0 && den > 0 ? num / den : 0;
    const display = displaySize({ width: frame.width, height: frame.height }, aspect, false);
    sink.picture(capturedUs, { display, render: (size) => scaler.scale(frame, size, UPRIGHT) });
  };

  return {
    take: (packet, capturedUs, sink) => {
      const { data } = packet;
      const decoder = decoders.current();
      const isJpeg = stream.codecpar.codecId === AV_CODEC_ID_MJPEG;
      if (isJpeg && data !== null && sink.passJpeg(capturedUs, data)) return;
      if (capturedByStamp.size > MOST_HELD_PICTURES) capturedByStamp.clear();
      capturedByStamp.set(packet.pts, capturedUs);
      // A damaged packet is refused; what follows decodes again from the next key frame.
      decoder.sendPacketSync(packet);
      while (decoder.receiveFrameSync(frame) >= 0) {
        correctFlags(frame, stream.codecpar.codecId);
        deliver(capturedByStamp.get(frame.pts) ?? capturedUs, sink);
        capturedByStamp.delete(frame.pts);
        frame.unref();
      }
    },
    close: () => {
      frame.free();
      scaler.close();
      decoders.close();
    },
  };
}

/** More than any decoder holds back. */
const MOST_HELD_PICTURES = 64;

function openSounds(name: string, stream: Stream, format: SoundFormat): Reader {
  const decoders = followCodec(name, stream);
  const frame = new Frame();
  frame.alloc();
  let follower: { readonly put: SoundFollower["put"]; readonly close: () => void; readonly key: string } | null = null;

  return {
    take: (packet, capturedUs, sink) => {
      const stampUs = toUs(packet.pts, stream.timeBase);
      const decoder = decoders.current();
      decoder.sendPacketSync(packet);
      while (decoder.receiveFrameSync(frame) >= 0) {
        const { sampleRate, nbSamples, channels } = frame;
        const { sampleFormat } = decoder;
        const key = `${sampleRate} ${channels} ${sampleFormat}`;
        if (follower !== null && follower.key !== key) {
          follower.close();
          follower = null;
        }
        const form = { sampleRateHz: sampleRate, channels, format: sampleFormat };
        follower ??= { ...createSoundFollower(name, form, format), key };
        const frameUs = toUs(frame.bestEffortTimestamp, stream.timeBase);
        const offsetUs = frameUs === null || stampUs === null ? 0 : frameUs - stampUs;
        if (frame.extendedData !== null) follower.put(capturedUs + offsetUs, frame.extendedData, nbSamples, sink.sound);
        frame.unref();
      }
    },
    close: () => {
      follower?.close();
      frame.free();
      decoders.close();
    },
  };
}

/** The decoder of the codec that the stream is in by now: a sender that is set up anew may go on in another one. */
function followCodec(name: string, stream: Stream): { readonly current: () => CodecContext; readonly close: () => void } {
  let { codecId } = stream.codecpar;
  let decoder = openDecoder(name, stream);
  return {
    current: () => {
      const now = stream.codecpar.codecId;
      if (now === codecId) return decoder;
      const next = openDecoder(name, stream);
      decoder.freeContext();
      decoder = next;
      codecId = now;
      return decoder;
    },
    close: () => decoder.freeContext(),
  };
}

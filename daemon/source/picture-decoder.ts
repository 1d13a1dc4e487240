/** A file's picture: packets in, frames with position and end out, in presentation order. */

import { AV_PKT_DATA_DISPLAYMATRIX } from "node-av/constants";
import { avGetCodecName, Frame, type Packet, type Stream } from "node-av/lib";
import { BegunGroup } from "./begun-group.ts";
import { correctFlags, createDeinterlacer, type Span } from "./interlaced.ts";
import { MOST_WAIT_US } from "./interleave.ts";
import type { ItemSink } from "./item-reader.ts";
import type { ItemInfo } from "./messages.ts";
import { isCounted, openDecoder } from "./media-file.ts";
import { toUs } from "./media-time.ts";
import { isTurned, orientationOfMatrix } from "./orientation.ts";
import { createPictureScaler } from "./picture-scaler.ts";
import { displaySize, type Size, sizeForWidth } from "./picture-size.ts";
import { StandingPicture } from "./standing-picture.ts";
import { isVariable } from "./steady-fps.ts";

/** For a frame that says nothing of its length in a file that says nothing of its rate. */
const DEFAULT_FRAME_US = 40_000;
/** More is FFmpeg's word for a rate that it does not know: that of the container's clock. */
const MOST_FPS = 1000;
/** Pictures come in another order than they are shown in, by no more than a codec's 16 references. */
const MOST_REORDERED = 32;

export type PictureDecoder = {
  /** A packet of this stream, or null at the end of the file. */
  readonly decode: (packet: Packet | null, sink: ItemSink) => void;
  /** Pictures that are over at the position and that no other one needs are not decoded; from `alwaysFromUs` on all are. */
  readonly passOver: (positionUs: number, alwaysFromUs: number) => void;
  /** The file has been read up to there: of its sound. */
  readonly reach: (positionUs: number, sink: ItemSink) => void;
  /** Where the first picture is shown that has been read and is still to come; null if there is none. */
  readonly heldFromUs: () => number | null;
  /** The demuxer has gone there, or before it. Once, before any packet. */
  readonly seek: (positionUs: number) => void;
  readonly close: () => void;
};

/** `width`: that of the pictures that are made. */
export function openPictureDecoder(path: string, stream: Stream, originUs: number, width: number): PictureDecoder {
  const { timeBase } = stream;
  const decoder = openDecoder(path, stream);
  const scaler = createPictureScaler(path);
  const frame = new Frame();
  frame.alloc();
  const held = new Frame();
  held.alloc();
  const orientation = orientationOfMatrix(stream.codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX));
  const containerAspect = ratio(stream.sampleAspectRatio);
  const usualUs = usualFrameUs(stream);
  let lastUs = -Infinity;
  let lastEndUs = 0;
  let alwaysFromUs = Infinity;
  let isPassingOver = false;
  const group = new BegunGroup();
  /** When the pictures of the last packets are shown, of those up to the wanted position. */
  let recentUs: readonly number[] = [];
  /** When the pictures are shown whose packets the decoder has, and which it has not given. */
  let awaitedUs: readonly number[] = [];

  /** Tells the decoder whether to leave out what nothing refers to, before it gets the packet. */
  const choose = (packet: Packet): void => {
    const timeUs = toUs(packet.pts, timeBase);
    if (timeUs === null) return pass(false);
    const positionUs = timeUs - originUs;
    if (positionUs > lastUs) awaitedUs = [...awaitedUs, positionUs].slice(-MOST_REORDERED);
    // In ordinary playing nothing is passed over, and nothing is kept.
    if (positionUs > standing.neededFromUs) return pass(false);
    recentUs = [...recentUs, positionUs].slice(-MOST_REORDERED);
    // It stands until then at the most; one that was to be left out has others around it that came before it.
    const endUs = Math.min(...recentUs.filter((otherUs) => otherUs > positionUs));
    pass(endUs <= standing.neededFromUs && positionUs < alwaysFromUs);
  };

  const pass = (mayPass: boolean): void => {
    if (mayPass === isPassingOver) return;
    isPassingOver = mayPass;
    decoder.setOption("skip_frame", mayPass ? "noref" : "default");
  };

  const deliver = (sink: ItemSink): void => {
    const timeUs = toUs(frame.bestEffortTimestamp, timeBase);
    const positionUs = timeUs === null ? lastEndUs : timeUs - originUs;
    const durationUs = toUs(frame.duration, timeBase) ?? 0;
    const endUs = positionUs + (durationUs > 0 ? durationUs : usualUs);
    // Before the presentation's start, or out of order in a damaged file.
    if (endUs <= 0 || positionUs <= lastUs) return forget(positionUs);
    lastUs = positionUs;
    lastEndUs = endUs;
    deinterlacer.put(frame, { positionUs, endUs }, giveTo(sink));
  };

  const giveTo =
    (sink: ItemSink) =>
    (shown: Frame, { positionUs, endUs }: Span): void => {
      forget(positionUs);
      standing.take(shown, positionUs, endUs, sink);
    };

  /** What comes before it does not come any more. */
  const forget = (positionUs: number): void => {
    awaitedUs = awaitedUs.filter((awaited) => awaited > positionUs);
  };

  const displayOf = (shown: Frame): Size => {
    // What the container says goes for the whole film; a codec may say something else from some picture on.
    const aspect = containerAspect || ratio(shown.sampleAspectRatio) || streamAspect(stream);
    return displaySize({ width: shown.width, height: shown.height }, aspect, isTurned(orientation));
  };

  const show = (shown: Frame, positionUs: number, endUs: number, sink: ItemSink): void => {
    sink.picture(Math.max(0, positionUs), endUs, {
      display: displayOf(shown),
      render: (size) => scaler.scale(shown, size, orientation),
    });
  };

  const deinterlacer = createDeinterlacer((shown) => {
    const made = sizeForWidth(displayOf(shown), width);
    return 2 * (isTurned(orientation) ? made.width : made.height) <= shown.height;
  });

  const standing = new StandingPicture<Frame>({
    show,
    keep: (shown) => {
      held.ref(shown);
      return held;
    },
    drop: (kept) => kept.unref(),
  });

  /** The decoder gives what it has, as at the end of the film, and begins anew: it gets again what it needs to go on. */
  const empty = (begun: readonly Packet[], sink: ItemSink): void => {
    decoder.sendPacketSync(null);
    receive(sink);
    deinterlacer.flush(giveTo(sink));
    decoder.flushBuffers();
    awaitedUs = [];
    for (const packet of begun) {
      decoder.sendPacketSync(packet);
      receive(sink);
    }
  };

  const receive = (sink: ItemSink): void => {
    while (decoder.receiveFrameSync(frame) >= 0) {
      correctFlags(frame, stream.codecpar.codecId);
      deliver(sink);
      frame.unref();
    }
  };

  return {
    decode: (packet, sink) => {
      if (packet !== null) {
        choose(packet);
        group.add(packet);
      }
      // A damaged packet is refused; what follows decodes again from the next key frame.
      decoder.sendPacketSync(packet);
      receive(sink);
      if (packet !== null) return;
      deinterlacer.flush(giveTo(sink));
      standing.release(lastEndUs, sink);
    },
    passOver: (positionUs, fromUs) => {
      standing.passOver(positionUs);
      alwaysFromUs = fromUs;
    },
    reach: (positionUs, sink) => {
      const { neededFromUs } = standing;
      const begun = awaitedUs.length > 0 && positionUs > Math.max(...awaitedUs) + MOST_WAIT_US ? group.packets() : null;
      if (begun !== null) empty(begun, sink);
      const isSettled = positionUs >= neededFromUs + MOST_WAIT_US && !awaitedUs.some((awaited) => awaited <= neededFromUs);
      if (isSettled && positionUs < alwaysFromUs) standing.settle(positionUs, sink);
    },
    heldFromUs: () => {
      const firstUs = Math.min(standing.positionUs ?? Infinity, ...awaitedUs);
      return Number.isFinite(firstUs) ? firstUs : null;
    },
    seek: () => {},
    close: () => {
      frame.free();
      held.free();
      deinterlacer.close();
      group.close();
      scaler.close();
      decoder.freeContext();
    },
  };
}

export function describePicture(stream: Stream): NonNullable<ItemInfo["video"]> {
  const { codecId, width, height } = stream.codecpar;
  const frameCount = Number(stream.nbFrames);
  return {
    codec: avGetCodecName(codecId) ?? "unknown",
    width,
    height,
    fps: frameRate(stream),
    isVariable: isVariable(ratio(stream.avgFrameRate), ratio(stream.rFrameRate)),
    frameCount: frameCount > 0 && isCounted(stream) ? frameCount : null,
  };
}

/** The sample aspect ratio that the container or the codec gives; 0 if none does. */
export function streamAspect({ sampleAspectRatio, codecpar }: Stream): number {
  return ratio(sampleAspectRatio) || ratio(codecpar.sampleAspectRatio);
}

/** How long a picture is that says nothing of it. */
export function usualFrameUs(stream: Stream): number {
  const fps = frameRate(stream);
  return fps === null ? DEFAULT_FRAME_US : 1e6 / fps;
}

function frameRate(stream: Stream): number | null {
  const average = ratio(stream.avgFrameRate);
  const fps = average > 0 ? average : ratio(stream.rFrameRate);
  return fps > 0 && fps <= MOST_FPS ? fps : null;
}

function ratio({ num, den }: { readonly num: number; readonly den: number }): number {
  return num > 0 && den > 0 ? num / den : 0;
}

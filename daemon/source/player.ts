/** Walks through the playlist: reads items, encodes what is wanted, and puts messages in timeline order into the read-ahead. */

import type { Recording } from "./cache/recording.ts";
import { DamagedEntryError } from "./cache/block-window.ts";
import { createInterleaver, type Interleaver } from "./interleave.ts";
import { type OpenedItem, openItem, type Tools } from "./item-opener.ts";
import { ItemError, type ItemReader, type ItemSink } from "./item-reader.ts";
import type { EncodedPicture, JpegEncoder } from "./jpeg-encoder.ts";
import type { ItemInfo, OpenCommand, SourceFormat, SourceMessage, SourceStart } from "./messages.ts";
import { type Place, placeAfter, placeOfStart, skipKnownItems, startAt } from "./playlist.ts";
import { ROUNDING_US } from "./read-ahead.ts";
import { sampleAt, toBigEndian } from "./sound-track.ts";

export type PlayerState = "playing" | "waiting" | "ended" | "failed";

export type Player = {
  /** A small piece of work, some ms. "failed": no item of a whole pass could be played. "waiting": for `ready`. */
  readonly step: () => PlayerState;
  /** Resolves when it can go on. */
  readonly ready: () => Promise<void>;
  readonly seek: (start: SourceStart) => void;
  /**
   * Goes back to a timeline time of the present generation: sound from there, pictures from `pictures.fromUs` on (null: from where they
   * were wanted before), in another form. `isStandingShown`: that which has begun before and stands there comes as well.
   */
  readonly reformat: (format: SourceFormat, fromUs: number, pictures: { fromUs: number; isStandingShown: boolean } | null) => void;
  /** Pictures before this timeline time are not encoded any more. */
  readonly skipTo: (timelineUs: number) => void;
  /** The place that was entered last, or is to be entered next; null: it is over. */
  readonly place: () => SourceStart | null;
  /** Nothing more is asked of it. */
  readonly close: () => void;
};

/** The read-ahead spans two items, or many very short ones. */
const MOST_ENTERED = 64;

type Emit = (message: SourceMessage, timelineUs: number) => void;

/** An item that is being read. */
type Playing = {
  readonly place: Place;
  readonly opened: OpenedItem;
  readonly reader: ItemReader;
  readonly interleaver: Interleaver;
  readonly sink: ItemSink;
  readonly endUs: () => number;
  /** Null if this pass is not kept. */
  readonly recording: Recording | null;
  /** Where the sound could go on to, if the reader was asked for it. */
  readonly expectedEndUs: () => number | null;
};

export function createPlayer(open: OpenCommand, emit: Emit, tools: Tools): Player {
  const { items, loop, readAhead, start } = open;
  let { format } = open;
  /** Knows from one film to the next what fits into `maxFrameBytes`. */
  let encoder: JpegEncoder | null = null;
  // The form of the sound is the channel's for good: its RTP clock depends on it.
  const rate = format.audio?.sampleRateHz ?? 1;
  /** Places that were entered, for going back to what is read ahead. */
  let entered: Place[] = [];
  /** What each item took in its last full pass. */
  const periods = new Map<number, number>();
  /** How long each item said that it is when it was read last. */
  const saidMs = new Map<number, number | null>();
  let generation = start.generation;
  let place: Place | null = placeOfStart(start);
  /** Nothing is sent that lies before it: where a seek went, and what the daemon can use no more. */
  let wantedFromUs = start.timelineMs * 1000;
  let skipBeforeUs = -Infinity;
  let nextSample = sampleAt(wantedFromUs, rate);
  let lastPictureUs = -Infinity;
  let playing: Playing | null = null;
  let failuresInARow = 0;
  let isOver = false;

  /** Null: the engine has to be loaded first. */
  const enter = (at: Place): Playing | null => {
    const item = items[at.itemIndex % items.length];
    if (item === undefined) throw new ItemError("the playlist is empty; name a media file");
    const opened = openItem(item, format, tools);
    if (opened === null) return null;
    const { reader } = opened;
    noteLength(at.itemIndex, opened);
    const { itemStartUs } = at;
    const neededFromUs = Math.max(wantedFromUs, skipBeforeUs) - itemStartUs;
    const isFullPass = at.positionUs === 0 && neededFromUs <= 0;
    const recording = opened.kind === "made" && isFullPass ? opened.record() : null;
    reader.seek(at.positionUs);
    reader.passOver(neededFromUs);
    const { picture, soundStartUs } = reader;
    let expectedEndUs: number | null = null;
    const interleaver = createInterleaver({
      sound: format.audio === null ? null : { ...format.audio, firstSample: nextSample },
      picture:
        picture === null
          ? null
          : {
              startUs: itemStartUs + picture.startUs,
              expectedEndUs: () => itemStartUs + (expectedEndUs = picture.expectedEndUs()),
              heldFromUs: () => {
                const heldUs = picture.heldFromUs();
                return heldUs === null ? null : Math.max(itemStartUs + heldUs, wantedFromUs);
              },
            },
      soundStartUs: soundStartUs === null ? null : itemStartUs + soundStartUs,
      maxBytes: readAhead.maxBytes,
    });
    let soundEndUs = itemStartUs;
    const putPicture = (positionUs: number, endUs: number, encoded: () => EncodedPicture | null): void => {
      const timelineUs = itemStartUs + positionUs;
      const isWanted = itemStartUs + endUs > wantedFromUs && timelineUs >= skipBeforeUs;
      const picture = isWanted ? encoded() : null;
      if (isWanted) recording?.picture(positionUs, endUs, picture);
      else recording?.abandon();
      // The picture that a seek falls into is shown from there on.
      interleaver.putPicture(Math.max(timelineUs, wantedFromUs), itemStartUs + endUs, picture);
    };
    const sink: ItemSink = {
      picture: (positionUs, endUs, shown) => {
        if (opened.kind === "cached") return;
        const encode = (encoder ??= opened.engine.createJpegEncoder(format));
        putPicture(positionUs, endUs, () => encode(shown));
      },
      encoded: putPicture,
      sound: (runStartUs, offset, samples) => {
        recording?.sound(runStartUs, offset, samples);
        const sample = sampleAt(itemStartUs + runStartUs, rate) + offset;
        interleaver.putSound(sample, samples);
        soundEndUs = itemStartUs + runStartUs + ((offset + samples.length / (format.audio?.channels ?? 1)) * 1e6) / rate;
      },
    };
    entered = [...entered.filter(({ itemStartUs }) => itemStartUs < at.itemStartUs), at].slice(-MOST_ENTERED);
    emit({ kind: "item", info: infoOf(at, opened) }, Math.max(itemStartUs, wantedFromUs));
    const endUs = (): number => interleaver.pictureEndUs() ?? soundEndUs;
    return { place: at, opened, reader, interleaver, sink, endUs, recording, expectedEndUs: () => expectedEndUs };
  };

  /** Another film may lie there by now: what the former one took says nothing of it. */
  const noteLength = (itemIndex: number, { kind, reader: { facts } }: OpenedItem): void => {
    const { durationMs } = facts;
    if (kind === "cached" && durationMs !== null) periods.set(itemIndex, durationMs * 1000);
    if (kind === "cached") return;
    if (saidMs.get(itemIndex) !== durationMs) periods.delete(itemIndex);
    saidMs.set(itemIndex, durationMs);
  };

  const infoOf = ({ itemIndex, itemStartUs }: Place, { kind, reader: { facts } }: OpenedItem): ItemInfo => {
    const periodUs = periods.get(itemIndex);
    const durationMs = periodUs === undefined ? facts.durationMs : periodUs / 1000;
    return { generation, itemIndex, timelineMs: itemStartUs / 1000, ...facts, durationMs, cached: kind === "cached" };
  };

  /** What is ready goes into the read-ahead. */
  const drain = ({ interleaver }: Playing): void => {
    for (let ready = interleaver.poll(); ready !== null; ready = interleaver.poll()) {
      if (ready.kind === "sound") {
        const { sample, samples } = ready;
        emit({ kind: "audio", generation, timelineSample: sample, pcm: toBigEndian(samples) }, (sample * 1e6) / rate);
      } else {
        const { timelineUs, picture } = ready;
        lastPictureUs = timelineUs;
        emit({ kind: "frame", generation, timelineUs, ...picture }, timelineUs);
      }
    }
    nextSample = interleaver.nextSample();
  };

  const leave = (left: Playing): void => {
    const { place: from, reader, recording } = left;
    const endUs = left.endUs();
    left.interleaver.finish(endUs);
    drain(left);
    const periodUs = endUs - from.itemStartUs;
    if (periodUs <= 0 && from.positionUs === 0) {
      throw new ItemError(`${reader.facts.name}: nothing in it can be decoded for this channel; convert it, to H.264 and AAC for instance`);
    }
    // Where nothing comes from a place on, the item is shorter than it says, or than it was; how long it is, is not known by that.
    if (periodUs <= 0) return moveOnAt(from, from.itemStartUs + from.positionUs);
    periods.set(from.itemIndex, periodUs);
    if (reader.isWhole()) recording?.finish(reader, periodUs, left.expectedEndUs() ?? periodUs);
    failuresInARow = 0;
    moveOn(from, periodUs);
  };

  const moveOn = (from: Place, periodUs: number): void => {
    close();
    const after = placeAfter(from, periodUs, items.length, loop);
    place = after === null ? null : skipKnownItems(after, periods, items.length, loop);
    if (place !== null) return;
    isOver = true;
    const timelineUs = Math.max(wantedFromUs, from.itemStartUs + periodUs);
    emit({ kind: "end", generation, timelineUs }, timelineUs);
  };

  /** The next item begins there, with its own beginning. */
  const moveOnAt = (from: Place, timelineUs: number): void => moveOn({ ...from, itemStartUs: timelineUs, positionUs: 0 }, 0);

  const fail = (failed: Place, error: ItemError): "playing" | "failed" => {
    const reachedUs = Math.max(failed.itemStartUs + failed.positionUs, playing?.endUs() ?? -Infinity);
    close();
    failuresInARow++;
    periods.delete(failed.itemIndex);
    const fatal = failuresInARow >= items.length;
    emit({ kind: "item-error", generation, itemIndex: failed.itemIndex, message: error.message, fatal }, reachedUs);
    if (fatal) {
      isOver = true;
      return "failed";
    }
    moveOnAt(failed, reachedUs);
    return "playing";
  };

  /** The entry that is being read is not what it should be: the film itself goes on where it broke off. */
  const replace = (damaged: Playing): void => {
    const { itemStartUs, positionUs } = damaged.place;
    if (damaged.opened.kind === "cached") damaged.opened.discard();
    close();
    if (lastPictureUs >= itemStartUs) wantedFromUs = skipBeforeUs = Math.max(skipBeforeUs, wantedFromUs, lastPictureUs + ROUNDING_US);
    const heardUs = format.audio === null ? Infinity : (nextSample * 1e6) / rate;
    const reachedUs = Math.min(heardUs, wantedFromUs) - itemStartUs;
    place = { ...damaged.place, positionUs: Math.max(positionUs, reachedUs) };
  };

  const close = (): void => {
    playing?.recording?.abandon();
    playing?.reader.close();
    playing = null;
  };

  const step = (): ReturnType<Player["step"]> => {
    if (isOver || place === null) return "ended";
    const at: Place = place;
    try {
      if (playing === null && tools.cache?.finishing()) return "waiting";
      if (playing === null) {
        playing = enter(at);
        return playing === null ? "waiting" : "playing";
      }
      if ((playing.reader.comes?.() ?? null) !== null) return "waiting";
      const goesOn = playing.reader.step(playing.sink);
      if (goesOn) drain(playing);
      else leave(playing);
    } catch (error) {
      if (error instanceof ItemError) return fail(at, error);
      if (!(error instanceof DamagedEntryError) || playing === null) throw error;
      replace(playing);
    }
    return isOver ? "ended" : "playing";
  };

  return {
    step,
    close,
    ready: () => playing?.reader.comes?.() ?? tools.cache?.finishing() ?? tools.engine.load(),
    place: () => (place === null || isOver ? null : startAt(generation, place)),
    reformat: (wanted, fromUs, pictures) => {
      format = wanted;
      encoder = null;
      const at = entered.findLast(({ itemStartUs }) => itemStartUs <= fromUs);
      if (at === undefined) return;
      close();
      if (pictures !== null) {
        wantedFromUs = pictures.fromUs;
        skipBeforeUs = pictures.isStandingShown ? -Infinity : Math.max(skipBeforeUs, pictures.fromUs);
      }
      nextSample = sampleAt(fromUs, rate);
      isOver = false;
      place = { ...at, positionUs: Math.max(0, Math.min(fromUs, wantedFromUs) - at.itemStartUs) };
    },
    seek: (to) => {
      close();
      entered = [];
      generation = to.generation;
      wantedFromUs = to.timelineMs * 1000;
      skipBeforeUs = -Infinity;
      lastPictureUs = -Infinity;
      nextSample = sampleAt(wantedFromUs, rate);
      failuresInARow = 0;
      isOver = false;
      const at = placeOfStart({ ...to, itemIndex: Math.min(to.itemIndex, items.length - 1) });
      place = skipKnownItems(at, periods, items.length, loop);
      if (place === null) moveOn({ ...at, itemIndex: items.length - 1 }, 0);
    },
    skipTo: (timelineUs) => {
      skipBeforeUs = Math.max(skipBeforeUs, timelineUs);
      if (playing === null) return;
      // What is not decoded cannot be kept; what has been decoded by now is not touched.
      if (skipBeforeUs > playing.endUs()) playing.recording?.abandon();
      playing.reader.passOver(skipBeforeUs - playing.place.itemStartUs);
    },
  };
}

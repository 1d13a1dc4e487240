/** Walks through the playlist: reads items, encodes what is wanted, and puts messages in timeline order into the read-ahead. */

import { openFileReader } from "./file-reader.ts";
import { createInterleaver, type Interleaver } from "./interleave.ts";
import { ItemError, type ItemReader, type ItemSink } from "./item-reader.ts";
import { createJpegEncoder } from "./jpeg-encoder.ts";
import type { ItemInfo, SourceCommand, SourceFormat, SourceItem, SourceMessage, SourceStart } from "./messages.ts";
import { type Place, placeAfter, placeOfStart, skipKnownItems } from "./playlist.ts";
import { sampleAt, toBigEndian } from "./sound-track.ts";
import { openSlateReader } from "./slate/reader.ts";
import { openTestFilmReader } from "./test-film/reader.ts";

type OpenCommand = Extract<SourceCommand, { kind: "open" }>;

export type Player = {
  /** A small piece of work, some ms. "failed": no item of a whole pass could be played. */
  readonly step: () => "playing" | "ended" | "failed";
  readonly seek: (start: SourceStart) => void;
  /**
   * Goes back to a timeline time of the present generation: sound from there, pictures from `picturesFromUs` on (null: from where they
   * were wanted before), in another form.
   */
  readonly reformat: (format: SourceFormat, fromUs: number, picturesFromUs: number | null) => void;
  /** Pictures before this timeline time are not encoded any more. */
  readonly skipTo: (timelineUs: number) => void;
};

/** The read-ahead spans two items, or many very short ones. */
const MOST_ENTERED = 64;

type Emit = (message: SourceMessage, timelineUs: number) => void;

/** An item that is being read. */
type Playing = {
  readonly place: Place;
  readonly reader: ItemReader;
  readonly interleaver: Interleaver;
  readonly sink: ItemSink;
  readonly endUs: () => number;
};

export function createPlayer({ items, loop, format: firstFormat, readAhead, start }: OpenCommand, emit: Emit): Player {
  let format = firstFormat;
  let encode = createJpegEncoder(format);
  // The form of the sound is the channel's for good: its RTP clock depends on it.
  const rate = format.audio?.sampleRateHz ?? 1;
  /** Places that were entered, for going back to what is read ahead. */
  let entered: Place[] = [];
  /** What each item took in its last full pass. */
  const periods = new Map<number, number>();
  let generation = start.generation;
  let place: Place | null = placeOfStart(start);
  /** Nothing is sent that lies before it: where a seek went, and what the daemon can use no more. */
  let wantedFromUs = start.timelineMs * 1000;
  let skipBeforeUs = -Infinity;
  let nextSample = sampleAt(wantedFromUs, rate);
  let playing: Playing | null = null;
  let failuresInARow = 0;
  let isOver = false;

  const enter = (at: Place): Playing => {
    const item = items[at.itemIndex % items.length];
    if (item === undefined) throw new ItemError("the playlist is empty; name a media file");
    const reader = openReader(item, format);
    const { itemStartUs } = at;
    reader.seek(at.positionUs);
    reader.passOver(Math.max(wantedFromUs, skipBeforeUs) - itemStartUs);
    const { picture, soundStartUs } = reader;
    const interleaver = createInterleaver({
      sound: format.audio === null ? null : { ...format.audio, firstSample: nextSample },
      picture:
        picture === null ? null : { startUs: itemStartUs + picture.startUs, expectedEndUs: () => itemStartUs + picture.expectedEndUs() },
      soundStartUs: soundStartUs === null ? null : itemStartUs + soundStartUs,
      maxBytes: readAhead.maxBytes,
    });
    let soundEndUs = itemStartUs;
    const sink: ItemSink = {
      picture: (positionUs, endUs, shown) => {
        const timelineUs = itemStartUs + positionUs;
        const isWanted = itemStartUs + endUs > wantedFromUs && timelineUs >= skipBeforeUs;
        // The picture that a seek falls into is shown from there on.
        interleaver.putPicture(Math.max(timelineUs, wantedFromUs), itemStartUs + endUs, isWanted ? encode(shown) : null);
      },
      sound: (runStartUs, offset, samples) => {
        const sample = sampleAt(itemStartUs + runStartUs, rate) + offset;
        interleaver.putSound(sample, samples);
        soundEndUs = itemStartUs + runStartUs + ((offset + samples.length / (format.audio?.channels ?? 1)) * 1e6) / rate;
      },
    };
    entered = [...entered.filter(({ itemStartUs }) => itemStartUs < at.itemStartUs), at].slice(-MOST_ENTERED);
    emit({ kind: "item", info: infoOf(at, reader) }, Math.max(itemStartUs, wantedFromUs));
    return { place: at, reader, interleaver, sink, endUs: () => interleaver.pictureEndUs() ?? soundEndUs };
  };

  const infoOf = ({ itemIndex, itemStartUs }: Place, { facts }: ItemReader): ItemInfo => {
    const periodUs = periods.get(itemIndex);
    const durationMs = periodUs === undefined ? facts.durationMs : periodUs / 1000;
    return { generation, itemIndex, timelineMs: itemStartUs / 1000, ...facts, durationMs };
  };

  /** What is ready goes into the read-ahead. */
  const drain = ({ interleaver }: Playing): void => {
    for (let ready = interleaver.poll(); ready !== null; ready = interleaver.poll()) {
      if (ready.kind === "sound") {
        const { sample, samples } = ready;
        emit({ kind: "audio", generation, timelineSample: sample, pcm: toBigEndian(samples) }, (sample * 1e6) / rate);
      } else {
        const { timelineUs, picture } = ready;
        emit({ kind: "frame", generation, timelineUs, ...picture }, timelineUs);
      }
    }
    nextSample = interleaver.nextSample();
  };

  const leave = (left: Playing): void => {
    const endUs = left.endUs();
    left.interleaver.finish(endUs);
    drain(left);
    const periodUs = endUs - left.place.itemStartUs;
    if (periodUs <= 0) {
      throw new ItemError(
        `${left.reader.facts.name}: nothing in it can be decoded for this channel; convert it, to H.264 and AAC for instance`,
      );
    }
    periods.set(left.place.itemIndex, periodUs);
    failuresInARow = 0;
    close();
    moveOn(left.place, periodUs);
  };

  const moveOn = (from: Place, periodUs: number): void => {
    const after = placeAfter(from, periodUs, items.length, loop);
    place = after === null ? null : skipKnownItems(after, periods, items.length, loop);
    if (place !== null) return;
    isOver = true;
    const timelineUs = Math.max(wantedFromUs, from.itemStartUs + periodUs);
    emit({ kind: "end", generation, timelineUs }, timelineUs);
  };

  const fail = (failed: Place, error: ItemError): "playing" | "failed" => {
    close();
    failuresInARow++;
    periods.delete(failed.itemIndex);
    const fatal = failuresInARow >= items.length;
    emit({ kind: "item-error", generation, itemIndex: failed.itemIndex, message: error.message, fatal }, failed.itemStartUs);
    if (fatal) {
      isOver = true;
      return "failed";
    }
    moveOn(failed, 0);
    return "playing";
  };

  const close = (): void => {
    playing?.reader.close();
    playing = null;
  };

  const step = (): "playing" | "ended" | "failed" => {
    if (isOver || place === null) return "ended";
    const at: Place = place;
    try {
      if (playing === null) {
        playing = enter(at);
        return "playing";
      }
      const goesOn = playing.reader.step(playing.sink);
      if (goesOn) drain(playing);
      else leave(playing);
    } catch (error) {
      if (error instanceof ItemError) return fail(at, error);
      throw error;
    }
    return isOver ? "ended" : "playing";
  };

  return {
    step,
    reformat: (wanted, fromUs, picturesFromUs) => {
      format = wanted;
      encode = createJpegEncoder(format);
      const at = entered.findLast(({ itemStartUs }) => itemStartUs <= fromUs);
      if (at === undefined) return;
      close();
      if (picturesFromUs !== null) {
        wantedFromUs = picturesFromUs;
        skipBeforeUs = Math.max(skipBeforeUs, picturesFromUs);
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
      nextSample = sampleAt(wantedFromUs, rate);
      failuresInARow = 0;
      isOver = false;
      const at = placeOfStart({ ...to, itemIndex: Math.min(to.itemIndex, items.length - 1) });
      place = skipKnownItems(at, periods, items.length, loop);
      if (place === null) moveOn({ ...at, itemIndex: items.length - 1 }, 0);
    },
    skipTo: (timelineUs) => {
      skipBeforeUs = Math.max(skipBeforeUs, timelineUs);
      playing?.reader.passOver(skipBeforeUs - playing.place.itemStartUs);
    },
  };
}

function openReader(item: SourceItem, format: SourceFormat): ItemReader {
  switch (item.kind) {
    case "file":
      return openFileReader(item.path, format);
    case "test-film":
      return openTestFilmReader(format);
    case "slate":
      return openSlateReader(item.title);
    case "live":
      throw new ItemError("a live source stands alone");
  }
}

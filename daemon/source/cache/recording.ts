/** One full pass of a film that is kept: what the player sends goes into an entry as well, as long as there is room for it. */

import { basename } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { EncodedPicture } from "../jpeg-encoder.ts";
import type { ItemReader } from "../item-reader.ts";
import type { SourceFormat } from "../messages.ts";
import { entryPath, makeRoom, partPath, unlockEntry } from "./directory.ts";
import { EntryBuilder } from "./entry-builder.ts";
import { EntryFile } from "./entry-file.ts";

/** Room is looked for in steps: looking through the directory for every second of a film would cost more than it is worth. */
const MOST_STEP_BYTES = 16 << 20;
/** A small cache is not overrun by one step. */
const STEPS_OF_CACHE = 16;

/** A disk that takes longer is not waited for: the film is decoded once more instead. The read-ahead holds as long. */
const MOST_WAIT_MS = 500;

export type Recording = {
  /** Null: a picture that is not sent. */
  readonly picture: (positionUs: number, endUs: number, picture: EncodedPicture | null) => void;
  readonly sound: (runStartUs: number, offset: number, samples: Int16Array) => void;
  /** The film is over, and all of it was put. */
  readonly finish: (reader: ItemReader, periodUs: number, expectedEndUs: number | null) => void;
  /** The pass was broken off; harmless after `finish`. */
  readonly abandon: () => void;
  readonly settled: () => Promise<void>;
  /** Resolves when the entry is in its place, or after a moment; null unless that is under way. */
  readonly finishing: () => Promise<void> | null;
};

export type RecordingOptions = {
  readonly dir: string;
  readonly maxBytes: number;
  readonly key: string;
  readonly path: string;
  readonly format: SourceFormat;
  /** Asked at the very end: whether the film is still the one that was read. */
  readonly isUnchanged: () => boolean;
  readonly onFailure: (error: unknown) => void;
};

/** The cache cannot hold this film, whatever goes. */
export class TooLargeError extends Error {}

/** Others that are being made take the room meanwhile. */
export class NoRoomError extends Error {}

/** The caller has locked the entry; it is unlocked when the recording is over. */
export function startRecording({ dir, maxBytes, key, path, format, isUnchanged, onFailure }: RecordingOptions): Recording {
  const own = partPath(dir, key);
  const unlock = (): void => unlockEntry(dir, key);
  const builder = new EntryBuilder(format.audio);
  let isOver = false;
  let finishing: Promise<void> | null = null;
  let written = 0;
  let granted = 0;

  const end = (close: () => void): void => {
    if (isOver) return;
    isOver = true;
    close();
  };
  const file = new EntryFile(own, (error) => {
    isOver = true;
    unlock();
    onFailure(error);
  });

  const giveUp = (why: unknown): void =>
    end(() => {
      file.abandon(unlock);
      onFailure(why);
    });

  const grantRoom = (bytes: number): void => {
    const step = Math.max(bytes, Math.min(MOST_STEP_BYTES, Math.floor(maxBytes / STEPS_OF_CACHE)));
    if (builder.isFull || written + step > maxBytes) throw new TooLargeError();
    if (!makeRoom(dir, maxBytes, { path: own, bytes: written }, step)) throw new NoRoomError();
    granted = written + step;
  };

  const append = (bytes: Uint8Array | null): void => {
    if (bytes === null || isOver) return;
    try {
      if (written + bytes.length > granted) grantRoom(bytes.length);
    } catch (error) {
      return giveUp(error);
    }
    written += bytes.length;
    file.append(bytes);
  };

  return {
    picture: (positionUs, endUs, picture) => {
      if (!isOver) append(builder.picture(positionUs, endUs, picture));
    },
    sound: (runStartUs, offset, samples) => {
      if (!isOver) append(builder.sound(runStartUs, offset, samples));
    },
    finish: ({ facts, picture, soundStartUs }, periodUs, expectedEndUs) => {
      if (isOver) return;
      const { head, tail } = builder.finish({
        version: 1,
        key,
        name: basename(path),
        settings: format,
        periodUs,
        video: facts.video,
        audio: facts.audio,
        picture: picture === null ? null : { startUs: picture.startUs, expectedEndUs },
        soundStartUs,
      });
      append(tail);
      end(() => {
        file.complete(head, entryPath(dir, key), isUnchanged, unlock);
        finishing = Promise.race([file.settled(), delay(MOST_WAIT_MS, undefined, { ref: false })]);
        void finishing.then(() => {
          finishing = null;
        });
      });
    },
    abandon: () => end(() => file.abandon(unlock)),
    settled: () => file.settled(),
    finishing: () => finishing,
  };
}

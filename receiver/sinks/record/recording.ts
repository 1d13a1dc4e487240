/** Records what is received to a file, or to one after the other. */

import type { BytesOut } from "../../../control/receive-request.ts";
import type { ReceivedPicture, ReceivedSound, Sink, StreamForm } from "../../media.ts";
import { AAC_RATES_HZ } from "./aac-encoder.ts";
import { createLiveMkv } from "./live-mkv.ts";
import { createMkvFile } from "./mkv-file.ts";
import { createMp4File } from "./mp4-file.ts";
import { RecordingError } from "./recorded-file.ts";
import type { FileForm, RecordedFile } from "./recorded-file.ts";
import { SegmentNames, kindOf } from "./segments.ts";
import type { RecordingKind, Segmenting } from "./segments.ts";
import { Timeline } from "./timeline.ts";
import type { Placed } from "./timeline.ts";
import { createWavFile } from "./wav-file.ts";

const MINUTE_MS = 60_000;

export type RecordingOptions = {
  readonly path: string;
  readonly form: StreamForm;
  readonly segmenting: Segmenting | null;
  /** Writes over files that are there. */
  readonly overwrite: boolean;
  /** Where `-` goes. */
  readonly out?: BytesOut | undefined;
};

export type Recording = Sink & {
  /** Of all files of this run. */
  readonly progress: () => { readonly durationMs: number; readonly bytes: number; readonly pictures: number };
  /** Those of this run that are there. */
  readonly files: () => readonly string[];
  /** Resolves when no more can be written, with one line on why. What was written until then is whole. */
  readonly failed: Promise<string>;
};

type Size = { readonly width: number; readonly height: number };

/** Throws a RecordingError if that cannot be recorded, or not there. */
export function openRecording({ path, form, segmenting, overwrite, out }: RecordingOptions): Recording {
  const kind = kindOf(path);
  if (kind === "wav" && form.audio === null) throw new RecordingError(`${path}: ${form.name} has no sound to record`, false);
  if (kind === "mp4" && form.audio !== null && !AAC_RATES_HZ.includes(form.audio.sampleRateHz))
    throw new RecordingError(`${path}: the AAC of an .mp4 has no ${form.audio.sampleRateHz} Hz: record to an .mkv`, false);
  const fileForm: FileForm = { hasPicture: kind !== "wav" && form.video !== null, audio: form.audio };
  const timeline = new Timeline(fileForm.hasPicture, form.audio);
  const names = new SegmentNames(path, segmenting, overwrite);
  const segmentMs = segmenting === null ? Infinity : segmenting.minutes * MINUTE_MS;
  const rate = form.audio?.sampleRateHz ?? 1000;
  const failed = Promise.withResolvers<string>();
  let file: RecordedFile | null = null;
  let fileName = path;
  /** Where the present file begins, in sample frames. */
  let fileFrom = 0;
  let bytesBefore = 0;
  let pictures = 0;
  let size: Size = form.video?.size ?? { width: 16, height: 16 };
  let isOver = false;

  const toMs = (sample: number): number => (sample * 1000) / rate;

  /** A file that the full disk had no room for anything in. Nothing else is touched: it may be somebody's. */
  const removeEmpty = (error: unknown): void => {
    if (error instanceof RecordingError && error.isFull && kind !== "pipe") names.removeEmpty(fileName);
  };

  const open = (from: number): RecordedFile => {
    fileFrom = from;
    fileName = names.next();
    try {
      file =
        out !== undefined && kind === "pipe"
          ? createLiveMkv(fileForm, size, out)
          : createFile(kind, fileName, fileForm, size, overwrite ? "w" : "wx");
    } catch (error) {
      removeEmpty(error);
      throw error;
    }
    names.made(fileName);
    return file;
  };

  const closeFile = (endMs: number): void => {
    const closing = file;
    file = null;
    if (closing === null) return;
    closing.close(endMs - toMs(fileFrom));
    bytesBefore += closing.bytes();
  };

  const write = (placed: Placed): void => {
    const from = placed.kind === "picture" ? Math.round((placed.atMs * rate) / 1000) : placed.first;
    const isCut = toMs(from - fileFrom) >= segmentMs && (placed.kind === "picture" || !fileForm.hasPicture);
    if (isCut && file !== null) closeFile(toMs(from));
    if (isCut && placed.kind === "picture") size = placed.picture;
    const current = file ?? open(isCut ? from : fileFrom);
    if (placed.kind === "sound") return current.sound(placed.samples, placed.first - fileFrom);
    pictures++;
    current.picture(placed.picture, Math.max(0, placed.atMs - toMs(fileFrom)));
  };

  const writeAll = (all: Iterable<Placed>): void => {
    for (const placed of all) write(placed);
  };

  /** What was written so far stays whole: it is closed as far as that is possible. */
  const fail = (error: unknown): void => {
    if (!(error instanceof RecordingError)) throw error;
    isOver = true;
    try {
      closeFile(timeline.endMs);
    } catch (closing) {
      if (!(closing instanceof RecordingError)) throw closing;
    }
    removeEmpty(error);
    const saved = error.isFull ? `; ${Math.floor(timeline.endMs / 1000)} s are saved` : "";
    failed.resolve(`${error.message}${saved}`);
  };

  const guarded = (work: () => void): void => {
    if (isOver) return;
    try {
      work();
    } catch (error) {
      fail(error);
    }
  };

  // Whether it can be written there is told at once, and not when the first picture comes.
  if (!fileForm.hasPicture) open(0);

  return {
    picture: (picture: ReceivedPicture) =>
      guarded(() => {
        if (!fileForm.hasPicture) return;
        if (file === null && pictures === 0) size = picture;
        writeAll(timeline.picture(picture));
      }),
    sound: (sound: ReceivedSound) => guarded(() => writeAll(timeline.sound(sound))),
    progress: () => ({ durationMs: Math.max(0, timeline.endMs), bytes: bytesBefore + (file?.bytes() ?? 0), pictures }),
    files: () => names.kept,
    failed: failed.promise,
    close: async () => {
      guarded(() => {
        writeAll(timeline.finish());
        closeFile(timeline.endMs);
      });
      isOver = true;
    },
  };
}

function createFile(kind: RecordingKind, path: string, form: FileForm, size: Size, flags: "wx" | "w"): RecordedFile {
  if (kind === "mkv") return createMkvFile(path, form, size, flags);
  if (kind === "mp4") return createMp4File(path, form, size, flags);
  if (form.audio === null) throw new RecordingError(`${path}: there is no sound to record`, false);
  return createWavFile(path, form.audio, flags);
}

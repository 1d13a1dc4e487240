/** `streamctl record`: writes what is received to a file, with a line that tells how it goes. */

import { RefusedError } from "../../control/client-error.ts";
import type { ReceiveIo, RecordRequest } from "../../control/receive-request.ts";
import { UsageError } from "../../control/usage-error.ts";
import type { Joined } from "../join/packet-path.ts";
import type { ReceptionReport, Sink } from "../media.ts";
import { refuseBadPlace } from "../sinks/record/place.ts";
import { openRecording } from "../sinks/record/recording.ts";
import type { Recording } from "../sinks/record/recording.ts";
import { STANDARD_OUTPUT, kindOf } from "../sinks/record/segments.ts";
import { tellEnd, tellJoined } from "./events.ts";
import { refusing } from "./refusing.ts";
import { receiveRequest } from "./request.ts";

/** Throws a RefusedError for what cannot be recorded; a recording that had to end early is one as well, after it was closed. */
export async function runRecord(request: RecordRequest, io: ReceiveIo): Promise<void> {
  const { path, durationMs, segmenting, overwrite } = request;
  if (path === STANDARD_OUTPUT) refuseTerminal(io);
  refusing(() => refuseBadPlace(request));
  const over = new AbortController();
  let recording: Recording | null = null;
  let reason: string | null = null;
  const end = (why: string | null): void => {
    reason ??= why;
    over.abort();
  };
  const openSinks = async (form: Parameters<typeof openRecording>[0]["form"]): Promise<readonly Sink[]> => {
    if (recording !== null) {
      end(`the sound of ${form.name} has another form now: ${path} ends here`);
      return [];
    }
    const opened = refusing(() => openRecording({ path, form, segmenting, overwrite, out: io.bytes }));
    recording = opened;
    void opened.failed.then(end);
    const isOver = (): boolean => durationMs !== null && opened.progress().durationMs >= durationMs;
    return [
      {
        picture: (picture) => {
          if (isOver()) end(null);
          else opened.picture(picture);
        },
        sound: (sound) => {
          if (isOver()) end(null);
          else opened.sound(sound);
        },
        report: (report) => io.progress(progressLine(opened, report)),
        close: opened.close,
      },
    ];
  };
  const signal = AbortSignal.any([io.signal, over.signal]);
  const joined = (place: Joined): void => tellJoined(io, place);
  const totals = await receiveRequest(request, { ...io, signal }, { leadMs: 0, openSinks, joined });
  if (path === STANDARD_OUTPUT) await io.bytes?.finish(io.signal);
  reason ??= emptiness(recording, path);
  if (recording !== null) {
    tellEnd(io, totals, reason, { file: path, ...recorded(recording) });
  }
  if (reason !== null) throw new RefusedError(0, reason, null);
  if (recording !== null) io.say(summary(recording, path));
}

function refuseTerminal({ bytes, json }: ReceiveIo): void {
  if (bytes === undefined) throw new UsageError("record -: standard output is a terminal; give it to a player: streamctl record - | mpv -");
  if (json) throw new UsageError("record -: standard output has the film, and no room for --json; record to a file");
}

/** Null: something was recorded. Who takes up the file next is not told that all is well. */
function emptiness(recording: Recording | null, path: string): string | null {
  if (recording === null) return `${path}: interrupted before the channel was joined; nothing is recorded`;
  const { durationMs, pictures } = recording.progress();
  if (durationMs > 0 || pictures > 0) return null;
  return `${path}: nothing came that could be recorded; whether the channel is playing, streamctl status tells`;
}

/** What there is of it now. */
function recorded(recording: Recording): Readonly<Record<string, unknown>> {
  const progress = recording.progress();
  return { files: recording.files(), ...progress, durationMs: Math.round(progress.durationMs) };
}

/** `0:01:23   12.3 MB   24.0 FPS   0.00 % lost` */
function progressLine(recording: Recording, { fps, lost, expected }: ReceptionReport): string {
  const { durationMs, bytes } = recording.progress();
  const loss = expected === 0 ? 0 : (100 * lost) / expected;
  return `${clock(durationMs)}   ${(bytes / 1e6).toFixed(1)} MB   ${fps.toFixed(1)} FPS   ${loss.toFixed(2)} % lost`;
}

function summary(recording: Recording, path: string): string {
  const { durationMs, bytes, pictures } = recording.progress();
  const name = path === STANDARD_OUTPUT ? "standard output" : path;
  const ofPictures = kindOf(path) === "wav" ? [] : [`${pictures} pictures`];
  return `${name}: ${[clock(durationMs), ...ofPictures, `${(bytes / 1e6).toFixed(1)} MB`].join(", ")}`;
}

function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

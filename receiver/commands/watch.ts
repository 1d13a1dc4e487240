/** `streamctl watch` and `play`: a page that shows what is received, and for `play` the sound on this host's loudspeaker. */

import { readFileSync } from "node:fs";
import { RefusedError } from "../../control/client-error.ts";
import { readingProblem } from "../../control/system-error.ts";
import { UsageError } from "../../control/usage-error.ts";
import { oneLine } from "../../control/untrusted-text.ts";
import type { PlayRequest, ReceiveIo, ReceiveRequest, WatchRequest } from "../../control/receive-request.ts";
import type { Joined } from "../join/packet-path.ts";
import type { Sink } from "../media.ts";
import type { ReceiverTotals } from "../receiver.ts";
import { startViewer } from "../sinks/viewer/viewer.ts";
import type { Viewer, ViewerOptions } from "../sinks/viewer/viewer.ts";
import { ViewerError } from "../sinks/viewer/viewer-error.ts";
import { openSpeaker } from "../sinks/speaker/speaker.ts";
import { tellEnd, tellJoined, tellPage } from "./events.ts";
import { receiveRequest } from "./request.ts";

/** The page and the loudspeaker keep the time themselves; so much before it they are given what they are to show. */
const LEAD_MS = 120;
/** Of a latency that is shorter than that leaves room for: the rest is the jitter buffer's. */
const LEAD_SHARE = 0.6;

export async function runWatch(request: WatchRequest, io: ReceiveIo): Promise<void> {
  const page = openPage(request, io, "page");
  const totals = await receiveOnPage(page, request, io, page.openSinks);
  tellEnd(io, totals, null, {});
}

/** The sound comes from the loudspeaker alone: the page of the same host is silent. */
export async function runPlay(request: PlayRequest, io: ReceiveIo): Promise<void> {
  const page = openPage(request, io, "loudspeaker");
  const nothingLeft = new AbortController();
  const onHopeless = (): void => {
    if (!request.hasPage) nothingLeft.abort();
  };
  const openSpeakers = ({ name, audio }: ViewerOptions["form"]): readonly Sink[] => {
    if (audio !== null)
      return [openSpeaker({ form: audio, device: request.device, say: io.say, mayComeLater: request.hasPage, onHopeless })];
    io.say(`no sound: ${oneLine(name)} has none`);
    onHopeless();
    return [];
  };
  const untilThen = { ...io, signal: AbortSignal.any([io.signal, nothingLeft.signal]) };
  const totals = await receiveOnPage(page, request, untilThen, async (form) => [
    ...(request.hasPage ? await page.openSinks(form) : []),
    ...openSpeakers(form),
  ]);
  const reason = nothingLeft.signal.aborted ? "with --no-video there is nothing left to play; without it there is the page" : null;
  tellEnd(io, totals, reason, {});
  if (reason !== null) throw new RefusedError(0, reason, null);
}

async function receiveOnPage(
  page: WatchPage,
  request: ReceiveRequest,
  io: ReceiveIo,
  openSinks: WatchPage["openSinks"],
): Promise<ReceiverTotals | null> {
  const joined = (place: Joined): void => tellJoined(io, place);
  try {
    return await receiveRequest(request, io, { leadMs: leadOf(request), openSinks, shown: page.shown, joined });
  } finally {
    await page.close();
  }
}

/** A short latency leaves as much to the jitter buffer as to the page. */
function leadOf({ latencyMs }: ReceiveRequest): number {
  return Math.min(LEAD_MS, latencyMs * LEAD_SHARE);
}

type WatchPage = ReturnType<typeof openPage>;

/** It outlives the form of the stream: who has it open keeps it when the sound becomes another. */
function openPage(request: WatchRequest, io: ReceiveIo, soundFrom: "page" | "loudspeaker") {
  let viewer: Viewer | null = null;
  const tls = request.tls === null ? null : readTls(request.tls);
  return {
    openSinks: async (form: ViewerOptions["form"]): Promise<readonly Sink[]> => {
      if (viewer === null) {
        const onUrl = (url: string): void => tellPage(io, url);
        const starting = startViewer({ listen: request.listen, tls, title: oneLine(form.name), form, soundFrom, print: io.say, onUrl });
        viewer = await refusing(starting);
      } else viewer.setForm(form);
      return [{ ...viewer, close: async () => undefined }];
    },
    close: async () => viewer?.close(),
    shown: () => {
      const fps = viewer?.shownFps() ?? null;
      return fps === null ? null : { fps, skewMs: viewer?.skewMs() ?? 0 };
    },
  };
}

function readTls({ certFile, keyFile }: NonNullable<WatchRequest["tls"]>): { readonly cert: Buffer; readonly key: Buffer } {
  const read = (option: string, file: string): Buffer => {
    try {
      return readFileSync(file);
    } catch (error) {
      throw new UsageError(`${option} ${file}: ${readingProblem(error)}`);
    }
  };
  return { cert: read("--tls-cert", certFile), key: read("--tls-key", keyFile) };
}

async function refusing<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof ViewerError ? new RefusedError(0, error.message, null) : error;
  }
}

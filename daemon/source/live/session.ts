/**
 * The source process of a live channel: opens its inputs, encodes what they capture, and writes it to the daemon at once. What the pipe does not
 * take is dropped, oldest first, since old pictures of something live are of no use.
 */

import type { Socket } from "node:net";
import { silenceEngine } from "../engine-log.ts";
import { createJpegEncoder } from "../jpeg-encoder.ts";
import { ItemError } from "../item-reader.ts";
import type { ItemInfo, OpenCommand, SourceCommand, SourceItem, SourceMessage } from "../messages.ts";
import { createOutput } from "../output.ts";
import { toBigEndian } from "../sound-track.ts";
import { type LiveCapture, type LiveFacts, type LiveSink, nowUs } from "./capture.ts";
import { createOutbox } from "./outbox.ts";
import { passJpeg } from "./jpeg-passage.ts";
import { PictureFacts } from "./picture-facts.ts";
import { openCaptures } from "./open-captures.ts";
import { publicName } from "./public-name.ts";
import type { ReceiveChannel } from "./relayed-channel.ts";

type LiveItem = Extract<SourceItem, { kind: "live" }>;

/** A microphone beside a camera that cannot be opened, or was pulled out, is tried again as often. */
const RETRY_SECOND_MS = 5000;
const PIECE_MOST_SAMPLES = 100_000;

export type LiveSession = {
  readonly take: (command: Exclude<SourceCommand, OpenCommand>) => void;
  /** Resolves when the source is lost; what there was to say has been written. */
  readonly lost: Promise<void>;
};

export function startLiveSession(open: OpenCommand, item: LiveItem, pipe: Socket, receiveChannel: ReceiveChannel): LiveSession {
  // What goes wrong is told in lines of our own.
  silenceEngine();
  let { format } = open;
  let encode = createJpegEncoder(format);
  let { generation } = open.start;
  const outbox = createOutbox();
  const output = createOutput(pipe, outbox.shift, () => {});
  const ending = new AbortController();

  const emit = (message: SourceMessage): void => {
    outbox.push(message);
    output.pump();
  };
  let info: ItemInfo | null = null;
  let pictureFacts: PictureFacts | null = null;
  let relays: LiveCapture["relays"];
  const tell = (told: ItemInfo): void => {
    info = { ...told, relays: relays?.() };
    emit({ kind: "item", info });
  };
  const sink: LiveSink = {
    picture: (capturedUs, picture) => {
      const encoded = encode(picture);
      if (encoded !== null) emit({ kind: "frame", generation, timelineUs: capturedUs, ...encoded });
    },
    seen: (capturedUs, size) => {
      const video = pictureFacts?.note(capturedUs, size) ?? null;
      if (video !== null && info !== null) tell({ ...info, video });
    },
    waiting: () => {
      if (info !== null) tell(info);
    },
    passJpeg: (capturedUs, jpeg) => {
      const passed = passJpeg(jpeg, format);
      if (passed !== null) sink.seen(capturedUs, passed);
      if (passed !== null) emit({ kind: "frame", generation, timelineUs: capturedUs, ...passed });
      return passed !== null;
    },
    sound: (sample, samples) => {
      if (samples.length > PIECE_MOST_SAMPLES) return;
      // A piece of its own, since the bytes are turned round in place.
      emit({ kind: "audio", generation, timelineSample: sample, pcm: toBigEndian(samples.slice()) });
    },
  };
  const infoOf = ({ video, audio }: LiveFacts): ItemInfo => ({
    generation,
    itemIndex: 0,
    name: publicName(item.input),
    timelineMs: nowUs() / 1000,
    durationMs: null,
    cached: false,
    video,
    audio,
  });

  const runAll = async (): Promise<void> => {
    const { first, second } = openCaptures(item, format, receiveChannel, open.ssrc ?? null);
    const main = await first();
    ({ relays } = main);
    pictureFacts = main.facts.video === null ? null : new PictureFacts(main.facts.video);
    tell(infoOf(main.facts));
    if (second !== null) void keepRunning(second);
    await capture(main);
  };

  const capture = async (from: LiveCapture): Promise<void> => {
    try {
      await from.run(sink, ending.signal);
    } finally {
      from.close();
    }
  };

  /** The sound beside a picture: without it the picture goes on. Each problem is told once. */
  const keepRunning = async (openSecond: () => Promise<LiveCapture>): Promise<void> => {
    let told: string | null = null;
    while (!ending.signal.aborted) {
      try {
        await capture(await openSecond());
      } catch (error) {
        if (!(error instanceof ItemError)) throw error;
        if (error.message !== told) emit({ kind: "item-error", generation, itemIndex: 0, message: error.message, fatal: false });
        told = error.message;
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_SECOND_MS));
    }
  };

  const lost = runAll().catch(async (error: unknown) => {
    if (!(error instanceof ItemError)) throw error;
    emit({ kind: "item-error", generation, itemIndex: 0, message: error.message, fatal: true });
    await output.finish();
  });

  return {
    take: (command) => {
      if (command.kind === "format") {
        ({ format } = command);
        encode = createJpegEncoder(format);
      } else if (command.kind === "seek") ({ generation } = command.start);
    },
    lost,
  };
}

/**
 * The receiver, pure: packets, pings and the time go in; pictures, sound and the next deadline come out. The same shape as the sender's:
 * change something, poll until it answers "wait", come back at that time.
 */

import { parseCompound, unixMsFromNtp } from "../wire/rtcp/index.ts";
import type { ReceivedPicture, ReceivedSound, ReceptionReport, SoundForm } from "./media.ts";
import { PlayoutClock } from "./playout/playout-clock.ts";
import { SenderClock } from "./playout/sender-clock.ts";
import { RepairEffort } from "./reassemble/repair-effort.ts";
import type { Size } from "./reassemble/picture-assembler.ts";
import { leastLeadMs } from "./reception/lead.ts";
import type { MediaStream, RtpTime } from "./reception/media-stream.ts";
import { ReportWindow } from "./reception/report-window.ts";
import { SoundReception } from "./reception/sound-reception.ts";
import { VideoReception } from "./reception/video-reception.ts";

/** `answer`: of either stream, asked for since it was missing. */
export type StreamOf = "video" | "videoControl" | "audio" | "audioControl" | "answer";

export type ReceiverConfig = {
  /** From the sender's time of a thing to its being shown. */
  readonly latencyMs: number;
  /** How much before that it is given out if it is whole: for sinks that keep the time themselves. */
  readonly leadMs: number;
  /** Shows at most so many pictures a second, for a host that can do no more; null for all. */
  readonly mostFps: number | null;
  /** `ssrc`, `time`: from `session.join`, null where nobody told. */
  readonly video: {
    readonly size: Size | null;
    readonly payloadType: number;
    readonly ssrc: number | null;
    readonly time: RtpTime | null;
  } | null;
  readonly audio: (SoundForm & { readonly payloadType: number; readonly ssrc: number | null; readonly time: RtpTime | null }) | null;
};

/** Packets of a source that are to be asked for: sequence numbers of 16 bits, in their order. */
export type MissingOfSource = { readonly ssrc: number; readonly sequences: readonly number[] };

export type ReceiverOutput =
  | { readonly kind: "picture"; readonly picture: ReceivedPicture }
  | { readonly kind: "sound"; readonly sound: ReceivedSound }
  | { readonly kind: "missing"; readonly missing: MissingOfSource }
  | { readonly kind: "wait"; readonly untilMs: number };

/** Since the beginning. */
export type ReceiverTotals = {
  readonly pictures: { readonly shown: number; readonly dropped: number; readonly overtaken: number };
  /** Sample frames. */
  readonly sound: { readonly played: number; readonly concealed: number };
  readonly packets: {
    readonly received: number;
    readonly expected: number;
    readonly lost: number;
    readonly late: number;
    readonly duplicates: number;
    readonly repaired: number;
    readonly foreign: number;
    readonly malformed: number;
  };
  /** Steps of the playout clock of more than 50 ms. */
  readonly jumps: number;
};

const NEVER = Number.POSITIVE_INFINITY;

export class Receiver {
  readonly #config: ReceiverConfig;
  readonly #video: VideoReception | null;
  readonly #audio: SoundReception | null;
  readonly #senderClock = new SenderClock();
  readonly #playout: PlayoutClock;
  readonly #window: ReportWindow;
  #hasPings = false;
  /** Nothing is known of the sender's clock: it is taken to show what ours shows. */
  #isGuessing = true;
  #malformedReports = 0;
  /** With `mostFps`: pictures before it are left out. */
  #nextPictureMs = -NEVER;
  #leftOut = 0;
  #isRepaired = false;
  readonly #effort = new RepairEffort();

  constructor(config: ReceiverConfig) {
    this.#config = config;
    const { latencyMs, leadMs, video, audio } = config;
    const waits = { latencyMs, patienceMs: latencyMs - leastLeadMs(leadMs) };
    this.#playout = new PlayoutClock(latencyMs);
    this.#video = video === null ? null : new VideoReception(video.size, { ...video, ...waits });
    this.#audio = audio === null ? null : new SoundReception(audio, { ...audio, ...waits });
    this.#window = new ReportWindow();
  }

  /** One datagram, or one framed packet. The receiver keeps views of it: it must not be written to again. */
  push(from: StreamOf, packet: Uint8Array, nowMs: number): void {
    if (from === "videoControl" || from === "audioControl") return this.#hearControl(packet, nowMs);
    this.#follow(nowMs);
    const isAnswer = from === "answer";
    const isVideo = isAnswer ? ((packet[1] ?? 0) & 0x7f) === this.#config.video?.payloadType : from === "video";
    const reception = isVideo ? this.#video : this.#audio;
    reception?.push(packet, this.#playout, nowMs, isAnswer);
  }

  /** The four time stamps of a `clock.ping`: here, there, there, here. */
  ping(sentMs: number, heardMs: number, repliedMs: number, answeredMs: number): void {
    this.#hasPings = true;
    this.#senderClock.ping(sentMs, heardMs, repliedMs, answeredMs);
    this.#follow(answeredMs);
  }

  /** The picture's size has changed. */
  setSize(size: Size): void {
    this.#video?.setSize(size);
  }

  /** Whether there is somebody to ask for missing packets. */
  setRepaired(isRepaired: boolean): void {
    this.#isRepaired = isRepaired;
  }

  /** Call until it answers "wait". */
  poll(nowMs: number): ReceiverOutput {
    this.#follow(nowMs);
    const { leadMs } = this.#config;
    const sound = this.#audio?.poll(this.#playout, leadMs, nowMs) ?? null;
    if (sound !== null) {
      this.#playout.hold();
      this.#window.noteSound(sound, nowMs, leadMs);
      return { kind: "sound", sound };
    }
    for (;;) {
      const picture = this.#video?.poll(this.#playout, leadMs, nowMs) ?? null;
      if (picture === null) break;
      if (this.#isTooSoon(picture)) {
        this.#leftOut++;
        continue;
      }
      this.#window.notePicture(picture, nowMs, leadMs);
      return { kind: "picture", picture };
    }
    const missing = this.#takeMissing(nowMs);
    return missing === null ? { kind: "wait", untilMs: this.#nextMs(nowMs) } : { kind: "missing", missing };
  }

  /** How the time since the last report was received. */
  report(nowMs: number): ReceptionReport {
    const { packets } = this.totals;
    const jitterMs = (this.#audio ?? this.#video)?.stream.jitterMs ?? 0;
    const bufferMs = (this.#audio ?? this.#video)?.bufferMs ?? 0;
    return this.#window.close(packets, { jitterMs, bufferMs }, nowMs);
  }

  get totals(): ReceiverTotals {
    const malformed = this.#sum(({ malformed: reasons }) => [...reasons.values()].reduce((total, count) => total + count, 0));
    const pictures = this.#video?.counters ?? { shown: 0, dropped: 0, overtaken: 0 };
    return {
      pictures: { ...pictures, shown: pictures.shown - this.#leftOut },
      sound: this.#audio?.counters ?? { played: 0, concealed: 0 },
      packets: {
        received: this.#sum(({ counters }) => counters.received),
        expected: this.#sum(({ counters }) => counters.expected),
        lost: this.#sum(({ counters }) => counters.lost),
        late: this.#sum(({ late }) => late),
        duplicates: this.#sum(({ counters }) => counters.duplicates),
        repaired: this.#sum(({ counters }) => counters.repaired),
        foreign: this.#sum(({ counters }) => counters.foreign),
        malformed: malformed + this.#malformedReports,
      },
      jumps: this.#playout.jumps,
    };
  }

  /** When the last packet of either stream came; −Infinity before the first. */
  get lastPacketMs(): number {
    return Math.max(-NEVER, ...this.#streams().map(({ lastPacketMs }) => lastPacketMs));
  }

  #streams(): readonly MediaStream[] {
    return [this.#video, this.#audio].flatMap((reception) => (reception === null ? [] : [reception.stream]));
  }

  #sum(read: (stream: MediaStream) => number): number {
    return this.#streams().reduce((total, stream) => total + read(stream), 0);
  }

  #hearControl(packet: Uint8Array, nowMs: number): void {
    const parsed = parseCompound(packet);
    if (!parsed.ok) {
      this.#malformedReports++;
      return;
    }
    for (const part of parsed.value) {
      if (part.kind === "goodbye") for (const ssrc of part.ssrcs) for (const stream of this.#streams()) stream.bye(ssrc);
      if (part.kind !== "sender-report") continue;
      const senderMs = unixMsFromNtp(part.ntp);
      const stream = this.#streams().find(({ ssrc }) => ssrc === part.ssrc);
      if (stream === undefined) continue;
      // Nobody answers pings: what says when it left tells the sender's clock, as far as the network lets it.
      if (!this.#hasPings) this.#senderClock.arrival(senderMs, nowMs);
      this.#follow(nowMs);
      stream.report(part.ssrc, part.rtpTs, senderMs, nowMs);
    }
  }

  #follow(nowMs: number): void {
    const offsetMs = this.#senderClock.offsetMs(nowMs);
    if (offsetMs !== null && this.#isGuessing) {
      this.#isGuessing = false;
      this.#playout.set(offsetMs, nowMs);
      for (const stream of this.#streams()) stream.shiftGuess(offsetMs);
    }
    if (offsetMs !== null) this.#playout.follow(offsetMs, nowMs);
  }

  #isTooSoon({ showAtMs }: ReceivedPicture): boolean {
    const { mostFps } = this.#config;
    if (mostFps === null) return false;
    // A tick of the sender's clock is forgiven, so that half of 24 is 12.
    if (showAtMs < this.#nextPictureMs - 1) return true;
    const intervalMs = 1000 / mostFps;
    this.#nextPictureMs = Math.max(this.#nextPictureMs, showAtMs - intervalMs) + intervalMs;
    return false;
  }

  #takeMissing(nowMs: number): MissingOfSource | null {
    if (!this.#isRepaired) return null;
    const came = this.#sum(({ repair }) => repair.repairOutcome.came);
    const failed = this.#sum(({ repair }) => repair.repairOutcome.failed);
    this.#effort.look({ came, failed }, nowMs);
    const isResting = this.#effort.isResting(nowMs);
    for (const { ssrc, repair } of this.#streams()) {
      if (isResting) repair.forgetMissing();
      const sequences = repair.takeMissing(nowMs);
      if (ssrc !== null && sequences.length > 0) return { ssrc, sequences };
    }
    return null;
  }

  #nextMs(nowMs: number): number {
    const { leadMs } = this.#config;
    const mediaMs = Math.min(
      this.#video?.nextMs(this.#playout, leadMs) ?? NEVER,
      this.#audio?.wakeMs(this.#playout, leadMs, nowMs) ?? NEVER,
    );
    if (!this.#isRepaired) return mediaMs;
    return Math.min(mediaMs, ...this.#streams().map(({ repair }) => repair.nextMissingMs));
  }
}

/**
 * One channel's sending, pure: pictures, sound and the time go in; packets, events and the next deadline come out.
 * Profile rtp: RTP by RFC 3550, pictures by RFC 2435, sound by RFC 3551 (L16). Profile datagram: a file in each datagram.
 */

import { createStreams, type Pictures, type RtpTime, type Sound } from "../packetize/profile.ts";
import { FramePacer, type PacedFrame } from "../pace/frame-pacer.ts";
import { SoundTrack, type SoundPiece } from "../pace/sound-track.ts";
import { spreadWindowMs } from "../pace/spread.ts";
import { Timeline } from "../pace/timeline.ts";
import type { Destination, SenderConfig, SenderEvent, SenderInit, SenderOutput } from "./sender-types.ts";
import { SendStatistics, type SenderStatistics } from "./statistics.ts";

/** From the first media's arrival to its due time: enough for its neighbours to arrive as well. */
const LEAD_MS = 50;
/** A channel without a new picture repeats the last one this often, so that who joins late sees something. */
const REPEAT_INTERVAL_MS = 1000;
/** A picture that comes a little after the repetition would be due makes the repetition unnecessary. */
const REPEAT_GRACE_MS = 250;
const REPORT_INTERVAL_MS = 1000;
/** What is nearly due leaves with a wake-up that happens anyway. */
const MERGE_MS = 0.9;
/** A picture's packets are made this long before it is due, so that when the time has come there is nothing left to do but send. */
const PREPARE_MS = 0.2;
/** Later than this, the source is asked to leave out what nobody can use any more. */
const BEHIND_MS = 300;
/** Where the source is to go on when it was behind, counted from now. */
const SKIP_AHEAD_MS = 500;
const BEHIND_EVENT_INTERVAL_MS = 1000;
const NEVER = Number.POSITIVE_INFINITY;

export class Sender {
  readonly #config: SenderConfig;
  readonly #timeline = new Timeline();
  readonly #pacer: FramePacer;
  readonly #track: SoundTrack | null;
  readonly #picture: Pictures;
  readonly #sound: Sound | null;
  readonly #rtpTimeAt: (nowMs: number) => RtpTime | null;
  readonly #statistics = new SendStatistics();
  readonly #ready: SenderOutput[] = [];
  #isStarted = false;
  #isSending = false;
  #generation = 0;
  #announcedGeneration = -1;
  #endTimelineMs: number | null = null;
  #fps: number | null;
  #spread: number;
  #lastFrame: PacedFrame | null = null;
  /** The picture whose packets are made, none of which has left. */
  #prepared: { readonly frame: PacedFrame; readonly dueMs: number } | null = null;
  #lastMediaMs = 0;
  #repeatMs = NEVER;
  #nextReportMs = NEVER;
  #nextBehindMs = 0;

  constructor(config: SenderConfig, init: SenderInit) {
    this.#config = config;
    this.#fps = config.fps;
    this.#spread = config.spread;
    this.#pacer = new FramePacer(config.fps);
    ({ pictures: this.#picture, sound: this.#sound, rtpTimeAt: this.#rtpTimeAt } = createStreams(config, init));
    this.#track = config.audio === null ? null : new SoundTrack(config.audio.channels, config.audio.volume);
  }

  /** A new place begins: from now on only media of `generation` counts, and its first piece settles the timeline. */
  expect(generation: number): void {
    this.#generation = generation;
    this.#endTimelineMs = null;
    this.#pacer.clear();
    this.#track?.clear();
    this.#timeline.clear();
  }

  /** The first media of all starts the RTP session; the first of a new place settles the place. */
  pushFrame(generation: number, frame: PacedFrame, nowMs: number): void {
    if (generation !== this.#generation) return;
    this.#settle(frame.timelineMs, nowMs);
    this.#pacer.push(frame);
  }

  pushSound(generation: number, piece: SoundPiece, nowMs: number): void {
    if (generation !== this.#generation || this.#track === null || this.#config.audio === null) return;
    this.#settle((piece.timelineSample * 1000) / this.#config.audio.sampleRateHz, nowMs);
    this.#track.push(piece);
  }

  /** The source has nothing more: the event `ended` follows when the clock has reached `timelineMs`. */
  end(generation: number, timelineMs: number): void {
    if (generation === this.#generation) this.#endTimelineMs = timelineMs;
  }

  pause(nowMs: number): void {
    this.#timeline.pause(nowMs);
  }

  resume(nowMs: number): void {
    this.#timeline.resume(nowMs);
    this.#pacer.restartTicks(nowMs);
    this.#lastMediaMs = nowMs;
  }

  /** Sends nothing until media of a newer generation comes. The RTP session stays as it is. */
  stop(nowMs: number): void {
    this.#timeline.resume(nowMs);
    this.expect(this.#generation);
    this.#picture.abandon();
    this.#prepared = null;
    this.#isSending = false;
  }

  /** A new rate, null for the source's own. */
  setFps(fps: number | null, nowMs: number): void {
    this.#fps = fps;
    this.#pacer.setFps(fps, nowMs);
  }

  /** From the next picture on. */
  setSpread(spread: number): void {
    this.#spread = spread;
  }

  /** From the next block of sound on. */
  setVolume(volume: number): void {
    this.#track?.setVolume(volume);
  }

  /** Ends the session: RTCP BYE on both streams. */
  sayGoodbye(nowMs: number): void {
    if (!this.#isStarted) return;
    this.stop(nowMs);
    this.#transmit(this.#picture.goodbye(nowMs), "videoControl");
    if (this.#sound !== null) this.#transmit(this.#sound.goodbye(nowMs), "audioControl");
  }

  statistics(nowMs: number): SenderStatistics {
    return this.#statistics.read(nowMs, {
      generation: this.#generation,
      timelineMs: this.#timeline.positionMs(nowMs),
      isStarved: this.#isStarved(nowMs),
      queuedFrames: this.#pacer.queued,
      queuedSoundMs: ((this.#track?.queuedSamples ?? 0) * 1000) / (this.#config.audio?.sampleRateHz ?? 1),
      framesDropped: this.#pacer.dropped,
      rtpTime: this.#isStarted ? this.#rtpTimeAt(nowMs) : null,
    });
  }

  /** How much has left the queues since the beginning: the back-pressure on the source. */
  consumed(): { readonly frames: number; readonly samples: number } {
    return { frames: this.#pacer.removed, samples: this.#track?.removedSamples ?? 0 };
  }

  /** Call until it answers "wait". */
  poll(nowMs: number): SenderOutput {
    const ready = this.#ready.shift();
    if (ready !== undefined) return ready;
    if (!this.#isSending) return { kind: "wait", untilMs: NEVER };
    this.#pollFrame(nowMs);
    this.#pollGroup(nowMs);
    this.#pollSound(nowMs);
    this.#pollReports(nowMs);
    this.#pollEnd(nowMs);
    return this.#ready.shift() ?? { kind: "wait", untilMs: this.#nextDeadlineMs() };
  }

  #settle(timelineMs: number, nowMs: number): void {
    const dueMs = nowMs + LEAD_MS;
    if (this.#timeline.epochMs === null) {
      this.#timeline.settle(timelineMs, dueMs, nowMs);
      this.#pacer.restartTicks(this.#timeline.clockMs(dueMs));
      this.#lastMediaMs = dueMs;
    }
    if (!this.#isStarted) {
      this.#isStarted = true;
      this.#picture.start(dueMs);
      this.#sound?.start(dueMs);
    }
    if (this.#isSending) return;
    this.#isSending = true;
    this.#sound?.skipTo(dueMs);
    this.#nextReportMs = dueMs;
    this.#repeatMs = dueMs + REPEAT_INTERVAL_MS;
  }

  #pollFrame(nowMs: number): void {
    if (this.#picture.isUnderWay) return;
    const epochMs = this.#timeline.epochMs;
    const due =
      epochMs === null ? null : this.#pacer.poll(this.#timeline.clockMs(nowMs), this.#timeline.clockMs(nowMs + PREPARE_MS), epochMs);
    if (due?.kind === "frame") this.#prepareFrame(due.frame, due.dueMs, nowMs);
    else if (this.#repeatDueMs() <= nowMs) this.#repeatFrame(nowMs);
  }

  #prepareFrame(frame: PacedFrame, dueMs: number, nowMs: number): void {
    if (this.#beginPicture(frame.jpeg, dueMs, nowMs, spreadWindowMs(this.#spread, frame.sourceIntervalMs, this.#fps)))
      this.#prepared = { frame, dueMs };
  }

  #noteShown({ frame, dueMs }: { readonly frame: PacedFrame; readonly dueMs: number }, nowMs: number): void {
    const before = this.#lastFrame;
    this.#lastFrame = frame;
    this.#statistics.countFrame(dueMs, nowMs);
    this.#noteMedia(nowMs);
    if (nowMs - dueMs > BEHIND_MS && !this.#timeline.isPaused) this.#noteBehind(nowMs);
    const { width, height, quality } = frame;
    if (before?.width === width && before.height === height && before.quality === quality) return;
    this.#tell({ kind: "picture", width, height, quality });
  }

  #repeatFrame(nowMs: number): void {
    // After a time in which nothing could be sent, one repetition is due now, and not one for every second of it.
    const dueMs = nowMs - this.#repeatMs > REPEAT_INTERVAL_MS ? nowMs : this.#repeatMs;
    this.#pacer.noteSent(dueMs);
    const jpeg = this.#lastFrame?.jpeg ?? this.#config.blackPicture;
    if (this.#beginPicture(jpeg, dueMs, nowMs, spreadWindowMs(this.#spread, null, null))) this.#statistics.countRepeated();
  }

  #beginPicture(jpeg: Uint8Array, dueMs: number, nowMs: number, windowMs: number): boolean {
    this.#repeatMs = dueMs + REPEAT_INTERVAL_MS;
    const begun = this.#picture.begin(jpeg, dueMs, Math.max(dueMs, nowMs), windowMs);
    if (begun.ok) return true;
    this.#statistics.countBadPicture();
    this.#tell({ kind: "bad-picture", reason: begun.reason });
    return false;
  }

  #repeatDueMs(): number {
    return this.#nextFrameMs() <= this.#repeatMs + REPEAT_GRACE_MS ? NEVER : this.#repeatMs;
  }

  #nextFrameMs(): number {
    const { epochMs, isPaused } = this.#timeline;
    return epochMs === null || isPaused ? NEVER : this.#pacer.nextDueMs(epochMs);
  }

  #pollGroup(nowMs: number): void {
    const group = this.#picture.takeGroup(nowMs);
    for (const packet of group) this.#transmit(packet, "video");
    if (group.length === 0 || this.#prepared === null) return;
    const shown = this.#prepared;
    this.#prepared = null;
    this.#noteShown(shown, nowMs);
  }

  #pollSound(nowMs: number): void {
    if (this.#sound === null || this.#sound.nextDueMs > nowMs + MERGE_MS) return;
    this.#sound.skipOverdue(nowMs);
    const { epochMs, isPaused } = this.#timeline;
    const block = this.#sound.takeBlock(isPaused ? null : this.#track, epochMs);
    this.#statistics.countSound(block.foundSamples > 0);
    if (block.foundSamples > 0) this.#noteMedia(nowMs);
    this.#transmit(block.packet, "audio");
  }

  #pollReports(nowMs: number): void {
    if (this.#nextReportMs > nowMs + MERGE_MS) return;
    const missed = Math.floor((nowMs + MERGE_MS - this.#nextReportMs) / REPORT_INTERVAL_MS);
    this.#nextReportMs += (missed + 1) * REPORT_INTERVAL_MS;
    this.#transmit(this.#picture.report(nowMs), "videoControl");
    if (this.#sound !== null) this.#transmit(this.#sound.report(nowMs), "audioControl");
    if (this.#isStarved(nowMs)) this.#noteBehind(nowMs);
  }

  #pollEnd(nowMs: number): void {
    if (this.#endMs() > nowMs) return;
    this.stop(nowMs);
    this.#tell({ kind: "ended", generation: this.#generation });
  }

  #endMs(): number {
    return this.#endTimelineMs === null ? NEVER : this.#timeline.dueMs(this.#endTimelineMs);
  }

  #nextDeadlineMs(): number {
    const soundMs = this.#sound?.nextDueMs ?? NEVER;
    const beginMs = Math.min(this.#nextFrameMs() - PREPARE_MS, this.#repeatDueMs());
    const pictureMs = this.#picture.isUnderWay ? this.#picture.groupDeadlineMs(soundMs) : beginMs;
    return Math.min(pictureMs, soundMs, this.#nextReportMs, this.#endMs());
  }

  #transmit(packet: Uint8Array | null, to: Destination): void {
    if (packet === null) return;
    this.#statistics.countPacket(packet.length);
    this.#ready.push({ kind: "transmit", packet, to });
  }

  #tell(event: SenderEvent): void {
    this.#ready.push({ kind: "event", event });
  }

  #noteMedia(nowMs: number): void {
    this.#lastMediaMs = nowMs;
    if (this.#announcedGeneration === this.#generation) return;
    this.#announcedGeneration = this.#generation;
    this.#tell({ kind: "playing", generation: this.#generation });
  }

  #noteBehind(nowMs: number): void {
    const positionMs = this.#timeline.positionMs(nowMs);
    if (nowMs < this.#nextBehindMs || positionMs === null) return;
    this.#nextBehindMs = nowMs + BEHIND_EVENT_INTERVAL_MS;
    this.#tell({ kind: "behind", timelineMs: positionMs + SKIP_AHEAD_MS });
  }

  /** The clock has passed everything that came, and more is owed. */
  #isStarved(nowMs: number): boolean {
    if (!this.#isSending || this.#timeline.isPaused || this.#endTimelineMs !== null) return false;
    if (this.#pacer.queued > 0 || (this.#track?.queuedSamples ?? 0) > 0) return false;
    return nowMs - this.#lastMediaMs > BEHIND_MS;
  }
}

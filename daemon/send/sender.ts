/**
 * One channel's sending, pure: pictures, sound and the time go in; packets, events and the next deadline come out.
 * Profile rtp: RTP by RFC 3550, pictures by RFC 2435, sound by RFC 3551 (L16). Profile datagram: a file in each datagram.
 */

import { createStreams, type Pictures, type RtpTime, type Sound } from "../packetize/profile.ts";
import { FramePacer, type PacedFrame } from "../pace/frame-pacer.ts";
import { LivePlace, type LivePlaceOptions } from "../pace/live-place.ts";
import { SoundTrack, type SoundPiece } from "../pace/sound-track.ts";
import { spreadWindowMs } from "../pace/spread.ts";
import { Timeline } from "../pace/timeline.ts";
import { Repetition } from "../pace/repetition.ts";
import { ReportClock } from "../pace/report-clock.ts";
import { MediaWatch } from "./media-watch.ts";
import { OutputQueue } from "./output-queue.ts";
import type { Destination, SenderConfig, SenderInit, SenderOutput } from "./sender-types.ts";
import { SendStatistics, type SenderStatistics } from "./statistics.ts";

/** From the first media's arrival to its due time: enough for its neighbours to arrive as well. */
const LEAD_MS = 50;
/** What is nearly due leaves with a wake-up that happens anyway. */
const MERGE_MS = 0.9;
/** A picture's packets are made this long before it is due at the latest, so that when the time has come there is nothing left to do but send. */
const PREPARE_MS = 0.2;
/** They are made earlier at a wake-up that happens anyway: sound has one every 7 ms. */
const PREPARE_AHEAD_MS = 10;
/** Later than this, the source is asked to leave out what nobody can use any more. */
const BEHIND_MS = 300;
/** Where the source is to go on when it was behind, counted from now. */
const SKIP_AHEAD_MS = 500;
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
  readonly #ready = new OutputQueue();
  #isStarted = false;
  #isSending = false;
  #generation = 0;
  /** Null while what is sent is not live. */
  #live: LivePlace | null = null;
  #endTimelineMs: number | null = null;
  #spread: number;
  #lastFrame: PacedFrame | null = null;
  /** The picture whose packets are made, none of which has left. */
  #prepared: { readonly frame: PacedFrame; readonly dueMs: number } | null = null;
  readonly #watch = new MediaWatch();
  readonly #repetition = new Repetition();
  readonly #reports = new ReportClock(MERGE_MS);

  constructor(config: SenderConfig, init: SenderInit) {
    this.#config = config;
    this.#spread = config.spread;
    this.#pacer = new FramePacer(config.fps);
    ({ pictures: this.#picture, sound: this.#sound, rtpTimeAt: this.#rtpTimeAt } = createStreams(config, init));
    this.#track = config.audio === null ? null : new SoundTrack(config.audio.channels, config.audio.volume);
  }

  /** A new place begins: from now on only media of `generation` counts, and its first piece settles the timeline. */
  expect(generation: number, live: LivePlaceOptions | null = null): void {
    if (this.#prepared !== null) this.#picture.abandon();
    this.#prepared = null;
    this.#generation = generation;
    this.#live = live === null ? null : new LivePlace(live);
    this.#endTimelineMs = null;
    this.#pacer.clear();
    this.#track?.clear();
    this.#timeline.clear();
  }

  /** The first media of all starts the RTP session; the first of a new place settles the place. */
  pushFrame(generation: number, frame: PacedFrame, nowMs: number): void {
    if (generation !== this.#generation) return;
    if (this.#live !== null) this.#noteArrival(nowMs - frame.timelineMs, nowMs);
    this.#settle(frame.timelineMs, nowMs);
    this.#pacer.push(frame);
    if (this.#live !== null) this.#pacer.trim(this.#timeline.isPaused ? 0 : this.#live.mostFrames(frame.sourceIntervalMs));
  }

  pushSound(generation: number, piece: SoundPiece, nowMs: number): void {
    if (generation !== this.#generation || this.#track === null || this.#config.audio === null) return;
    const timelineMs = (piece.timelineSample * 1000) / this.#config.audio.sampleRateHz;
    // A block leaves when its first sample is due, or a little earlier, and needs all of them by then.
    if (this.#live !== null) this.#noteArrival(nowMs - timelineMs + (this.#sound?.blockMs ?? 0) + MERGE_MS, nowMs);
    this.#settle(timelineMs, nowMs);
    this.#track.push(piece);
    if (this.#live !== null && this.#timeline.isPaused) this.#track.clear();
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
    // A camera goes on where it is by now.
    if (this.#live !== null && this.#timeline.epochMs !== null) this.#timeline.moveTo(this.#live.delayMs);
    this.#pacer.restartTicks(nowMs);
    this.#watch.restart(nowMs);
  }

  /** Sends nothing until media of a newer generation comes. The RTP session stays as it is. */
  stop(nowMs: number): void {
    this.#timeline.resume(nowMs);
    this.expect(this.#generation);
    this.#picture.abandon();
    this.#isSending = false;
  }

  /** A new rate, null for the source's own. */
  setFps(fps: number | null, nowMs: number): void {
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
    const ready = this.#ready.take();
    if (ready !== null) return ready;
    if (this.#isSending) {
      this.#pollFrame(nowMs, PREPARE_MS);
      this.#pollGroup(nowMs);
      this.#pollSound(nowMs);
      this.#pollReports(nowMs);
      this.#pollEnd(nowMs);
    }
    return this.#ready.take() ?? { kind: "wait", untilMs: this.#nextDeadlineMs() };
  }

  /** Call when what `poll` gave has been sent: makes the next picture's packets, if it is due soon. Returns the next deadline, as `poll` does. */
  prepare(nowMs: number): number {
    if (this.#isSending) this.#pollFrame(nowMs, PREPARE_AHEAD_MS);
    return this.#nextDeadlineMs();
  }

  /** Something live came that a delay of `neededMs` after its capture would do for. */
  #noteArrival(neededMs: number, nowMs: number): void {
    if (this.#live?.noteArrival(neededMs, nowMs) === true && this.#timeline.epochMs !== null) this.#timeline.moveTo(this.#live.delayMs);
  }

  #settle(timelineMs: number, nowMs: number): void {
    const dueMs = this.#live === null ? nowMs + LEAD_MS : Math.max(nowMs, timelineMs + this.#live.delayMs);
    if (this.#timeline.epochMs === null) {
      this.#timeline.settle(timelineMs, dueMs, nowMs);
      if (this.#live !== null) this.#timeline.moveTo(this.#live.delayMs);
      this.#pacer.restartTicks(this.#timeline.clockMs(dueMs));
      this.#watch.restart(dueMs);
    }
    if (!this.#isStarted) {
      this.#isStarted = true;
      this.#picture.start(dueMs);
      this.#sound?.start(dueMs);
    }
    if (this.#isSending) return;
    this.#isSending = true;
    this.#sound?.skipTo(dueMs);
    this.#reports.start(dueMs);
    this.#repetition.restart(dueMs);
  }

  #pollFrame(nowMs: number, aheadMs: number): void {
    if (this.#picture.isUnderWay) return;
    const epochMs = this.#timeline.epochMs;
    const due = epochMs === null ? null : this.#pacer.poll(this.#timeline.clockMs(nowMs), this.#timeline.clockMs(nowMs + aheadMs), epochMs);
    if (due?.kind === "frame") this.#prepareFrame(due.frame, due.dueMs, nowMs);
    else if (this.#repetition.nextMs(this.#nextFrameMs()) <= nowMs) this.#repeatFrame(nowMs);
  }

  #prepareFrame(frame: PacedFrame, dueMs: number, nowMs: number): void {
    if (this.#beginPicture(frame.jpeg, dueMs, nowMs, spreadWindowMs(this.#spread, frame.sourceIntervalMs, this.#pacer.fps)))
      this.#prepared = { frame, dueMs };
  }

  #noteShown({ frame, dueMs }: { readonly frame: PacedFrame; readonly dueMs: number }, nowMs: number): void {
    const before = this.#lastFrame;
    this.#lastFrame = frame;
    this.#statistics.countFrame(dueMs, nowMs, this.#live === null ? null : nowMs - frame.timelineMs);
    this.#noteMedia(nowMs);
    if (nowMs - dueMs > BEHIND_MS && !this.#timeline.isPaused) this.#noteBehind(nowMs);
    const { width, height, quality } = frame;
    if (before?.width === width && before.height === height && before.quality === quality) return;
    this.#ready.tell({ kind: "picture", width, height, quality });
  }

  #repeatFrame(nowMs: number): void {
    const dueMs = this.#repetition.dueMs(nowMs);
    this.#pacer.noteSent(dueMs);
    const jpeg = this.#lastFrame?.jpeg ?? this.#config.blackPicture;
    if (this.#beginPicture(jpeg, dueMs, nowMs, spreadWindowMs(this.#spread, null, null))) this.#statistics.countRepeated();
  }

  #beginPicture(jpeg: Uint8Array, dueMs: number, nowMs: number, windowMs: number): boolean {
    this.#repetition.restart(dueMs);
    const begun = this.#picture.begin(jpeg, dueMs, Math.max(dueMs, nowMs), windowMs);
    if (begun.ok) return true;
    this.#statistics.countBadPicture();
    this.#ready.tell({ kind: "bad-picture", reason: begun.reason });
    return false;
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
    if (!this.#reports.take(nowMs)) return;
    this.#transmit(this.#picture.report(nowMs), "videoControl");
    if (this.#sound !== null) this.#transmit(this.#sound.report(nowMs), "audioControl");
    if (this.#isStarved(nowMs)) this.#noteBehind(nowMs);
  }

  #pollEnd(nowMs: number): void {
    if (this.#timeline.dueMs(this.#endTimelineMs) > nowMs) return;
    this.stop(nowMs);
    this.#ready.tell({ kind: "ended", generation: this.#generation });
  }

  #nextDeadlineMs(): number {
    if (!this.#isSending) return NEVER;
    const soundMs = this.#sound?.nextDueMs ?? NEVER;
    const beginMs = Math.min(this.#nextFrameMs() - PREPARE_MS, this.#repetition.nextMs(this.#nextFrameMs()));
    const pictureMs = this.#picture.isUnderWay ? this.#picture.groupDeadlineMs(soundMs) : beginMs;
    return Math.min(pictureMs, soundMs, this.#reports.nextMs, this.#timeline.dueMs(this.#endTimelineMs));
  }

  #transmit(packet: Uint8Array | null, to: Destination): void {
    if (packet === null) return;
    this.#statistics.countPacket(packet.length);
    this.#ready.push({ kind: "transmit", packet, to });
  }

  #noteMedia(nowMs: number): void {
    if (this.#watch.noteMedia(this.#generation, nowMs)) this.#ready.tell({ kind: "playing", generation: this.#generation });
  }

  #noteBehind(nowMs: number): void {
    const positionMs = this.#timeline.positionMs(nowMs);
    if (positionMs === null || !this.#watch.mayTellBehind(nowMs)) return;
    this.#ready.tell({ kind: "behind", timelineMs: positionMs + SKIP_AHEAD_MS });
  }

  /** The clock has passed everything that came, and more is owed. */
  #isStarved(nowMs: number): boolean {
    if (!this.#isSending || this.#timeline.isPaused || this.#endTimelineMs !== null) return false;
    if (this.#pacer.queued > 0 || (this.#track?.queuedSamples ?? 0) > 0) return false;
    return this.#watch.silentMs(nowMs) > BEHIND_MS;
  }
}

/**
 * One channel's sending, pure: pictures, sound and the time go in; packets, events and the next deadline come out.
 * Profile rtp: RTP by RFC 3550, pictures by RFC 2435, sound by RFC 3551 (L16). Profile datagram: a file in each datagram.
 */

import { createStreams, type RtpTime, type Sound } from "../packetize/profile.ts";
import { Beginning } from "../pace/beginning.ts";
import { Foresight } from "../pace/foresight.ts";
import type { PacedFrame } from "../pace/frame-pacer.ts";
import { LivePlace, type LivePlaceOptions } from "../pace/live-place.ts";
import { SoundTrack, type SoundPiece } from "../pace/sound-track.ts";
import { Timeline } from "../pace/timeline.ts";
import { ReportClock } from "../pace/report-clock.ts";
import { MediaWatch } from "./media-watch.ts";
import { OutputQueue } from "./output-queue.ts";
import { PictureSender, PREPARE_AHEAD_MS, PREPARE_MS, type FirstShown } from "./picture-sender.ts";
import type { Destination, SenderConfig, SenderInit, SenderOutput, ShownPicture } from "./sender-types.ts";
import { SendStatistics, type SenderStatistics } from "./statistics.ts";

/** From a place that is settled to the due time of its first media: enough to make the packets. */
const LEAD_MS = 10;
/** What is nearly due leaves with a wake-up that happens anyway. As early as a few blocks of sound are, all others seem late to who goes by the earliest. */
const MERGE_MS = 0.4;
/** Later than this, the source is asked to leave out what nobody can use any more. */
const BEHIND_MS = 300;
/** A slow camera brings a picture a second, and so does a paused channel that is sent on here. */
const LIVE_BEHIND_MS = 1500;
/** Where the source is to go on when it was behind, counted from now. */
const SKIP_AHEAD_MS = 500;
const NEVER = Number.POSITIVE_INFINITY;

export class Sender {
  readonly #config: SenderConfig;
  readonly #timeline = new Timeline();
  readonly #pictures: PictureSender;
  readonly #track: SoundTrack | null;
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
  readonly #beginning = new Beginning();
  readonly #watch = new MediaWatch();
  readonly #foresight = new Foresight();
  readonly #reports = new ReportClock(MERGE_MS);

  constructor(config: SenderConfig, init: SenderInit) {
    this.#config = config;
    const { pictures, sound, rtpTimeAt } = createStreams(config, init);
    this.#pictures = new PictureSender(config, pictures, this.#timeline);
    this.#sound = sound;
    this.#rtpTimeAt = rtpTimeAt;
    this.#track = config.audio === null ? null : new SoundTrack(config.audio.channels, config.audio.volume);
  }

  /** A new place begins: from now on only media of `generation` counts, and its first pieces settle the timeline. */
  expect(generation: number, live: LivePlaceOptions | null = null): void {
    this.#generation = generation;
    this.#live = live === null ? null : new LivePlace(live);
    this.#endTimelineMs = null;
    this.#pictures.clear();
    this.#track?.clear();
    this.#timeline.clear();
    this.#beginning.clear();
  }

  /** The first media of all starts the RTP session; the first of a new place settles the place. */
  pushFrame(generation: number, frame: PacedFrame, nowMs: number): void {
    if (generation !== this.#generation) return;
    if (this.#live !== null) this.#noteArrival(nowMs - frame.timelineMs, nowMs);
    this.#pictures.pacer.push(frame);
    this.#noteCame(frame.timelineMs, nowMs);
    this.#foresight.notePicture(frame.timelineMs, nowMs);
    if (this.#live === null) return;
    if (this.#timeline.isPaused) this.#pictures.pacer.clear();
    else this.#pictures.pacer.trim(this.#live.mostFrames(frame.sourceIntervalMs));
  }

  pushSound(generation: number, piece: SoundPiece, nowMs: number): void {
    if (generation !== this.#generation || this.#track === null || this.#config.audio === null) return;
    const timelineMs = (piece.timelineSample * 1000) / this.#config.audio.sampleRateHz;
    // A block leaves when its first sample is due, or a little earlier, and needs all of them by then.
    if (this.#live !== null) this.#noteArrival(nowMs - timelineMs + (this.#sound?.blockMs ?? 0) + MERGE_MS, nowMs);
    this.#track.push(piece);
    this.#noteCame(timelineMs, nowMs);
    const { endSample } = this.#track;
    if (endSample !== null) this.#foresight.noteSound((endSample * 1000) / this.#config.audio.sampleRateHz, nowMs);
    if (this.#live !== null && this.#timeline.isPaused) this.#track.clear();
  }

  /** The source has nothing more: the event `ended` follows when the clock has reached `timelineMs`, or at once if nothing came at all. */
  end(generation: number, timelineMs: number): void {
    if (generation !== this.#generation) return;
    this.#endTimelineMs = timelineMs;
    this.#beginning.complete();
  }

  pause(nowMs: number): void {
    this.#timeline.pause(nowMs);
  }

  resume(nowMs: number): void {
    this.#timeline.resume(nowMs);
    // A camera goes on where it is by now.
    if (this.#live !== null && this.#timeline.epochMs !== null) this.#timeline.moveTo(this.#live.delayMs);
    this.#pictures.pacer.restartTicks(nowMs);
    this.#watch.restart(nowMs);
  }

  /**
   * Sends nothing until media of a newer generation comes, but for the rest of the picture that is under way: receivers would miss it, and ask for it. The RTP session stays as it is.
   */
  stop(nowMs: number): void {
    this.#timeline.resume(nowMs);
    this.expect(this.#generation);
    this.#isSending = false;
  }

  /** A new rate, null for the source's own. */
  setFps(fps: number | null, nowMs: number): void {
    this.#pictures.pacer.setFps(fps, nowMs);
  }

  /** From the next picture on. */
  setSpread(spread: number): void {
    this.#pictures.setSpread(spread);
  }

  /** From the next block of sound on. */
  setVolume(volume: number): void {
    this.#track?.setVolume(volume);
  }

  /** Ends the session: RTCP BYE on both streams. */
  sayGoodbye(nowMs: number): void {
    if (!this.#isStarted) return;
    this.stop(nowMs);
    this.#pictures.abandon();
    this.#transmit(this.#pictures.stream.goodbye(nowMs), "videoControl");
    if (this.#sound !== null) this.#transmit(this.#sound.goodbye(nowMs), "audioControl");
  }

  statistics(nowMs: number): SenderStatistics {
    return this.#statistics.read(nowMs, {
      generation: this.#generation,
      timelineMs: this.#timeline.positionMs(nowMs),
      isStarved: this.#isStarved(nowMs),
      queuedFrames: this.#pictures.pacer.queued,
      queuedSoundMs: ((this.#track?.queuedSamples ?? 0) * 1000) / (this.#config.audio?.sampleRateHz ?? 1),
      framesDropped: this.#pictures.pacer.dropped,
      rtpTime: this.#isStarted ? this.#rtpTimeAt(nowMs) : null,
    });
  }

  /** How much has left the queues since the beginning: the back-pressure on the source. */
  consumed(): { readonly frames: number; readonly samples: number } {
    return { frames: this.#pictures.pacer.removed, samples: this.#track?.removedSamples ?? 0 };
  }

  /** Call until it answers "wait". The times of all calls only ever grow. */
  poll(nowMs: number): SenderOutput {
    const ready = this.#ready.take();
    if (ready !== null) return ready;
    const { timelineMs, deadlineMs } = this.#beginning;
    if (timelineMs !== null && deadlineMs <= nowMs) this.#settle(timelineMs, nowMs + LEAD_MS, nowMs);
    if (this.#isSending) {
      this.#preparePicture(nowMs, PREPARE_MS);
      this.#pollGroup(nowMs);
      this.#pollSound(nowMs);
      this.#pollReports(nowMs);
    } else this.#pollGroup(nowMs);
    this.#pollEnd(nowMs);
    return this.#ready.take() ?? { kind: "wait", untilMs: this.#nextDeadlineMs() };
  }

  /** Call when what `poll` gave has been sent: makes the next picture's packets, if it is due soon. Returns the next deadline, as `poll` does. */
  prepare(nowMs: number): number {
    if (this.#isSending) this.#preparePicture(nowMs, PREPARE_AHEAD_MS);
    return this.#nextDeadlineMs();
  }

  /** A picture that `poll` gave as shown has left at `nowMs`. */
  noteShown({ dueMs, capturedMs }: ShownPicture, nowMs: number): void {
    this.#statistics.countFrame(dueMs, nowMs, capturedMs === null ? null : nowMs - capturedMs);
  }

  /** Until then everything that will be due is here, as things stand at `nowMs`: `poll` may be asked ahead of time. −∞ where what is due may still come. */
  foreseenMs(nowMs: number): number {
    if (!this.#isSending || this.#live !== null || this.#timeline.epochMs === null) return Number.NEGATIVE_INFINITY;
    if (this.#timeline.isPaused || this.#endTimelineMs !== null) return Number.POSITIVE_INFINITY;
    const soundAheadMs = this.#sound === null ? 0 : this.#sound.blockMs + MERGE_MS;
    return this.#timeline.dueMs(this.#foresight.knownTimelineMs(nowMs, soundAheadMs));
  }

  /** Something live came that a delay of `neededMs` after its capture would do for. */
  #noteArrival(neededMs: number, nowMs: number): void {
    if (this.#live?.noteArrival(neededMs, nowMs) === true && this.#timeline.epochMs !== null) this.#timeline.moveTo(this.#live.delayMs);
  }

  /** Media for `timelineMs` has come, of a place that may not be settled yet: what is live is due at once, and what is shown in a pause is a still. */
  #noteCame(timelineMs: number, nowMs: number): void {
    if (this.#timeline.epochMs !== null) return;
    if (this.#live !== null) return this.#settle(timelineMs, Math.max(nowMs, timelineMs + this.#live.delayMs), nowMs);
    if (this.#beginning.timelineMs === null) this.#foresight.restart(nowMs);
    this.#beginning.note(timelineMs, nowMs);
    // A full queue takes nothing more before some of it has left.
    if (this.#timeline.isPaused || this.#pictures.pacer.queued >= this.#config.queueFrames) this.#beginning.complete();
  }

  #settle(timelineMs: number, dueMs: number, nowMs: number): void {
    this.#beginning.clear();
    this.#timeline.settle(timelineMs, dueMs, nowMs);
    if (this.#live !== null) this.#timeline.moveTo(this.#live.delayMs);
    if (this.#timeline.isPaused) this.#pictures.pacer.startTicks(this.#timeline.clockMs(nowMs));
    else this.#pictures.pacer.restartTicks(dueMs);
    this.#watch.restart(dueMs);
    if (!this.#isStarted) {
      this.#isStarted = true;
      this.#pictures.stream.start(dueMs);
      this.#sound?.start(dueMs);
    }
    if (this.#isSending) return;
    this.#isSending = true;
    this.#sound?.skipTo(dueMs);
    this.#reports.start(dueMs);
    this.#pictures.restartRepetition(dueMs);
  }

  #preparePicture(nowMs: number, aheadMs: number): void {
    const prepared = this.#pictures.prepare(nowMs, aheadMs);
    if (prepared?.kind === "repeated") this.#statistics.countRepeated();
    if (prepared?.kind !== "bad") return;
    this.#statistics.countBadPicture();
    this.#ready.tell({ kind: "bad-picture", reason: prepared.reason });
  }

  #pollGroup(nowMs: number): void {
    const group = this.#pictures.takeGroup(nowMs);
    if (group === null) return;
    for (const packet of group.packets) this.#transmit(packet, "video");
    if (group.shown !== null) this.#show(group.shown, nowMs);
  }

  #show({ frame, dueMs, isNewFormat }: FirstShown, nowMs: number): void {
    this.#ready.push({ kind: "shown", picture: { dueMs, capturedMs: this.#live === null ? null : frame.timelineMs } });
    this.#noteMedia(nowMs);
    if (nowMs - dueMs > BEHIND_MS && !this.#timeline.isPaused) this.#noteBehind(nowMs);
    const { width, height, quality } = frame;
    if (isNewFormat) this.#ready.tell({ kind: "picture", width, height, quality });
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
    this.#transmit(this.#pictures.stream.report(nowMs), "videoControl");
    if (this.#sound !== null) this.#transmit(this.#sound.report(nowMs), "audioControl");
    if (this.#isStarved(nowMs)) this.#noteBehind(nowMs);
  }

  #pollEnd(nowMs: number): void {
    if (this.#endDueMs() > nowMs) return;
    this.stop(nowMs);
    this.#ready.tell({ kind: "ended", generation: this.#generation });
  }

  /** −∞ for the end of a place in which nothing plays: no media will settle it. */
  #endDueMs(): number {
    if (this.#endTimelineMs === null || this.#timeline.isPaused) return NEVER;
    const isEmpty = this.#timeline.epochMs === null && this.#beginning.timelineMs === null;
    return isEmpty ? Number.NEGATIVE_INFINITY : this.#timeline.dueMs(this.#endTimelineMs);
  }

  #nextDeadlineMs(): number {
    if (!this.#ready.isEmpty) return Number.NEGATIVE_INFINITY;
    if (!this.#isSending) return Math.min(this.#pictures.restDeadlineMs, this.#beginning.deadlineMs, this.#endDueMs());
    const soundMs = this.#sound?.nextDueMs ?? NEVER;
    return Math.min(this.#pictures.nextDeadlineMs(soundMs), soundMs, this.#reports.nextMs, this.#endDueMs(), this.#beginning.deadlineMs);
  }

  #transmit(packet: Uint8Array | null, to: Destination): void {
    if (packet === null) return;
    this.#ready.push({ kind: "transmit", packet, to });
  }

  #noteMedia(nowMs: number): void {
    if (this.#watch.noteMedia(this.#generation, nowMs)) this.#ready.tell({ kind: "playing", generation: this.#generation });
  }

  #noteBehind(nowMs: number): void {
    const positionMs = this.#timeline.positionMs(nowMs);
    if (positionMs === null || !this.#watch.mayTellBehind(nowMs)) return;
    this.#ready.tell({ kind: "behind", generation: this.#generation, timelineMs: positionMs + SKIP_AHEAD_MS });
  }

  /** The clock has passed everything that came, and more is owed. */
  #isStarved(nowMs: number): boolean {
    if (!this.#isSending || this.#timeline.isPaused || this.#endTimelineMs !== null) return false;
    if (this.#pictures.pacer.queued > 0 || (this.#track?.queuedSamples ?? 0) > 0) return false;
    return this.#watch.silentMs(nowMs) > (this.#live === null ? BEHIND_MS : LIVE_BEHIND_MS);
  }
}

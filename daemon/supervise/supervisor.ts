/**
 * Keeps a channel's source alive: starts its process, notices when it dies or hangs, and starts another one where the film would
 * be by now. The channel goes on sending meanwhile. Where all that is played is in the cache, no process is needed from the next film on that begins.
 */

import { monotonicMs } from "../clock.ts";
import { eachSecond } from "../each-second.ts";
import { CachedSource, openFromCache } from "./cached-source.ts";
import { Frontier } from "./frontier.ts";
import { RestartPolicy } from "./restart-policy.ts";
import { spawnSource } from "./source-process.ts";
import type { Source } from "./source-process.ts";
import type { ItemInfo, OpenCommand, SourceFormat, SourceMessage, SourceStart } from "../source/messages.ts";

/** Without a byte for this long, though it is read, a source hangs. */
const HANG_MS = 5000;
/** Until its first word a process may take longer: 60 channels that start at once take two cores about five seconds, more if these are busy. */
const START_HANG_MS = 30_000;
/** It is looked once a second. Where a look comes so much later, this process stood still itself (SIGSTOP, a machine that was paused), and has not read what came. */
const STOOD_STILL_MS = 3000;

export type SupervisorOptions = {
  /** Something live: it is started again for ever, also when it has never been there. */
  readonly isLive: boolean;
  /** The first command for a process that begins at this place. */
  readonly openAt: (start: SourceStart) => OpenCommand;
  /** What it is called in words for a person. */
  readonly name: () => string;
  /** Whether it may be silent for as long as it likes before the first media: it waits for somebody to send. */
  readonly mayWait: () => boolean;
  /** It waits for longer than anything else may be silent; told again and again. */
  readonly onWaiting: () => void;
  /** Where a new process goes on after the old one was lost. */
  readonly resumeAt: () => SourceStart;
  readonly onMessage: (message: SourceMessage) => void;
  /** A process was lost; the next one starts by itself. */
  readonly onLost: (reason: string) => void;
  /** No other process will be started. */
  readonly onGivenUp: (reason: string) => void;
  readonly onLog: (line: string) => void;
};

export class SourceSupervisor {
  readonly #options: SupervisorOptions;
  #policy: RestartPolicy;
  #source: Source | null = null;
  /** Where it was sent last. */
  #at: SourceStart | null = null;
  /** Comes up while the source plays on; what it has said by then. */
  #successor: { readonly source: Source; readonly at: SourceStart; readonly said: SourceMessage[] } | null = null;
  #frontier: Frontier | null = null;
  /** That which is under way, into whether the process is needed at all. */
  #look: object | null = null;
  /** Films that begin later, in timeline ms, may do without a process. */
  #needsProcessToMs = -Infinity;
  #restartTimer: NodeJS.Timeout | null = null;
  #stopHangChecks = (): void => {};
  #isReading = true;
  #isFinished = false;
  #hasDelivered = false;
  /** The present process has brought media. */
  #hasStarted = false;
  /** The process that is there has said something. */
  #hasSpoken = false;
  #lastProgressMs = 0;
  #lookedMs = 0;
  #lastProblem: string | null = null;
  #restarts = 0;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#policy = new RestartPolicy(options.isLive);
  }

  get restarts(): number {
    return this.#restarts;
  }

  get pid(): number | null {
    return this.#source?.pid ?? null;
  }

  /** Starts the first process. Its first opening is not tried again. */
  start(at: SourceStart): void {
    this.stop();
    this.#policy = new RestartPolicy(this.#options.isLive);
    this.#hasDelivered = false;
    this.#spawn(at);
    this.#lookedMs = monotonicMs();
    this.#stopHangChecks = eachSecond(() => this.#checkHang());
  }

  /** Goes on elsewhere, in the same process if it lives. */
  seek(to: SourceStart): void {
    this.#isFinished = false;
    this.#lastProgressMs = monotonicMs();
    if (this.#source !== null) this.#send(to);
    else if (this.#restartTimer === null) this.start(to);
  }

  /** Goes on further ahead, and leaves out what lies between; a process that is started later begins where it is needed anyway. */
  leap(to: SourceStart): void {
    if (this.#source !== null) this.#send(to);
  }

  /** What lies before this timeline time is of no use any more. */
  skip(timelineMs: number): void {
    this.#source?.send({ kind: "skip", timelineMs });
    this.#successor?.source.send({ kind: "skip", timelineMs });
  }

  /** Pictures in another form, soon; a process that is started later gets it with its first command. */
  reformat(format: SourceFormat): void {
    this.#look = null;
    (this.#successor?.source ?? this.#source)?.send({ kind: "format", format });
  }

  /** Back-pressure. */
  setReading(isReading: boolean): void {
    if (isReading === this.#isReading) return;
    this.#isReading = isReading;
    this.#lastProgressMs = monotonicMs();
    this.#source?.setReading(isReading);
  }

  stop(): void {
    if (this.#restartTimer !== null) clearTimeout(this.#restartTimer);
    this.#stopHangChecks();
    this.#restartTimer = null;
    this.#look = null;
    const ended = [this.#source, this.#successor?.source];
    this.#source = null;
    this.#successor = null;
    for (const source of ended) source?.kill();
  }

  #send(to: SourceStart): void {
    this.#look = null;
    if (this.#successor !== null) this.#changeTo(this.#successor.source, to);
    this.#beginAt(to);
    this.#source?.send({ kind: "seek", start: to });
  }

  #spawn(at: SourceStart): void {
    this.#restartTimer = null;
    this.#isFinished = false;
    this.#changeTo(this.#startProcess(at), at);
  }

  #startProcess(at: SourceStart): Source {
    const process: Source = spawnSource(
      {
        onMessage: (message) => this.#hear(process, message),
        onLog: this.#options.onLog,
        onExit: (reason, hasRun) => {
          if (this.#source === process) this.#lose(reason, hasRun);
          else if (this.#successor?.source === process) this.#goOnInProcess();
        },
      },
      this.#options.isLive,
    );
    process.send(this.#options.openAt(at));
    return process;
  }

  /** The source that was there has gone, or goes now. */
  #changeTo(source: Source, at: SourceStart): void {
    const former = [this.#source, this.#successor?.source];
    this.#source = source;
    this.#successor = null;
    if (at.generation !== this.#at?.generation) this.#beginAt(at);
    this.#at = at;
    this.#look = null;
    this.#isReading = true;
    this.#hasSpoken = false;
    this.#lastProblem = null;
    this.#hasStarted = false;
    this.#lastProgressMs = monotonicMs();
    source.setReading(true);
    for (const gone of former) if (gone !== source) gone?.kill();
  }

  /** What comes now has nothing to do with what has come. */
  #beginAt(place: SourceStart): void {
    this.#at = place;
    this.#frontier = new Frontier(place, this.#options.openAt(place).format.audio);
    this.#needsProcessToMs = -Infinity;
  }

  #hear(process: Source, message: SourceMessage): void {
    if (this.#successor?.source === process) {
      process.setReading(false);
      this.#successor.said.push(message);
      return this.#succeed();
    }
    if (this.#source !== process) return;
    if (message.kind === "item" && this.#mayNeedNone(message.info)) void this.#lookForCache(process, message.info);
    this.#receive(message);
  }

  /** Asked once for each film that a process begins. */
  #mayNeedNone({ generation, timelineMs, cached }: ItemInfo): boolean {
    if (generation !== this.#at?.generation || timelineMs <= this.#needsProcessToMs) return false;
    this.#needsProcessToMs = timelineMs;
    return cached;
  }

  /** Where all that is played is cached it is read here, from where the process has come to when that is known. */
  async #lookForCache(process: Source, { itemIndex }: ItemInfo): Promise<void> {
    const look = {};
    this.#look = look;
    if (this.#at === null) return;
    const open = this.#options.openAt(this.#at);
    const opened = await openFromCache(open, itemIndex);
    if (opened === null) return;
    if (this.#look !== look || this.#source !== process || this.#frontier === null) return opened.entry.close();
    const at = this.#frontier.place();
    const source = new CachedSource({ ...open, start: at }, opened, {
      onMessage: (message) => {
        if (this.#source !== source) return;
        this.#receive(message);
        this.#succeed();
      },
      onLog: this.#options.onLog,
      onLeaving: (next) => {
        if (this.#successor === null) this.#successor = { source: this.#startProcess(next), at: next, said: [] };
      },
      onLeft: (next) => {
        if (this.#source === source) this.#goOnInProcess(next);
      },
      onExit: (reason) => {
        if (this.#source !== source) return;
        this.#needsProcessToMs = Infinity;
        this.#lastProblem ??= reason;
        this.#lose(reason, true);
      },
    });
    this.#changeTo(source, at);
  }

  /** The process that comes up goes on as soon as it can, and all has come that lies before its beginning. */
  #succeed(): void {
    const next = this.#successor;
    if (next === null || next.said.length === 0 || !this.#frontier?.hasPassed(next.at)) return;
    this.#needsProcessToMs = next.at.timelineMs;
    this.#changeTo(next.source, next.at);
    for (const message of next.said) this.#hear(next.source, message);
  }

  /** No waiting for it any more. */
  #goOnInProcess(at: SourceStart | undefined = this.#frontier?.place()): void {
    if (at === undefined) return;
    this.#needsProcessToMs = at.timelineMs;
    this.#changeTo(this.#startProcess(at), at);
  }

  #receive(heard: SourceMessage): void {
    this.#hasSpoken = true;
    this.#lastProgressMs = monotonicMs();
    const message = this.#options.isLive || this.#frontier === null ? heard : this.#frontier.beyond(heard);
    if (message === null) return;
    this.#frontier?.note(message);
    if (message.kind === "frame" || message.kind === "audio") {
      this.#hasDelivered = true;
      this.#hasStarted = true;
      // It has got over it.
      this.#lastProblem = null;
      this.#policy.noteProgress(this.#lastProgressMs);
    }
    if (message.kind === "end") this.#isFinished = true;
    if (message.kind === "item-error") this.#lastProblem = message.message;
    this.#options.onMessage(message);
  }

  #lose(reason: string, hasRun: boolean): void {
    const successor = this.#successor;
    this.#source = null;
    this.#successor = null;
    successor?.source.kill();
    if (this.#isFinished) return;
    const why = this.#lastProblem ?? `the source process ${reason}`;
    if (!this.#hasDelivered && !this.#options.isLive) return this.#giveUp(why);
    const decision = this.#policy.decide(monotonicMs(), hasRun);
    if (decision.kind === "give-up") return this.#giveUp(`${why}; given up after repeated failures`);
    this.#restarts++;
    this.#options.onLost(why);
    this.#restartTimer = setTimeout(() => this.#spawn(this.#options.resumeAt()), decision.afterMs);
  }

  #giveUp(reason: string): void {
    this.stop();
    this.#options.onGivenUp(reason);
  }

  #checkHang(): void {
    const nowMs = monotonicMs();
    if (nowMs - this.#lookedMs > STOOD_STILL_MS) this.#lastProgressMs = nowMs;
    this.#lookedMs = nowMs;
    if (this.#source === null || !this.#isReading || this.#isFinished) return;
    const mostMs = this.#hasSpoken || this.#options.isLive ? HANG_MS : START_HANG_MS;
    if (nowMs - this.#lastProgressMs < mostMs) return;
    if (!this.#hasStarted && this.#options.mayWait()) return this.#options.onWaiting();
    const hung = this.#source;
    this.#lastProblem = this.#options.isLive
      ? `${this.#options.name()}: nothing has come for ${mostMs / 1000} s; check that the other end sends`
      : `the source process made no progress for ${mostMs / 1000} s`;
    hung.kill();
  }
}

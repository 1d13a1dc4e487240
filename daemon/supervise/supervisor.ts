/**
 * Keeps a channel's source alive: starts its process, notices when it dies or hangs, and starts another one where the film would
 * be by now. The channel goes on sending meanwhile.
 */

import { monotonicMs } from "../clock.ts";
import { eachSecond } from "../each-second.ts";
import { RestartPolicy } from "./restart-policy.ts";
import { spawnSource } from "./source-process.ts";
import type { SourceProcess } from "./source-process.ts";
import type { SourceCommand, SourceFormat, SourceMessage, SourceStart } from "../source/messages.ts";

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
  readonly openAt: (start: SourceStart) => SourceCommand;
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
  #process: SourceProcess | null = null;
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
    return this.#process?.pid ?? null;
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
    if (this.#process !== null) this.#process.send({ kind: "seek", start: to });
    else if (this.#restartTimer === null) this.start(to);
  }

  /** Goes on further ahead, and leaves out what lies between; a process that is started later begins where it is needed anyway. */
  leap(to: SourceStart): void {
    this.#process?.send({ kind: "seek", start: to });
  }

  /** What lies before this timeline time is of no use any more. */
  skip(timelineMs: number): void {
    this.#process?.send({ kind: "skip", timelineMs });
  }

  /** Pictures in another form, soon; a process that is started later gets it with its first command. */
  reformat(format: SourceFormat): void {
    this.#process?.send({ kind: "format", format });
  }

  /** Back-pressure. */
  setReading(isReading: boolean): void {
    if (isReading === this.#isReading) return;
    this.#isReading = isReading;
    this.#lastProgressMs = monotonicMs();
    this.#process?.setReading(isReading);
  }

  stop(): void {
    if (this.#restartTimer !== null) clearTimeout(this.#restartTimer);
    this.#stopHangChecks();
    this.#restartTimer = null;
    const process = this.#process;
    this.#process = null;
    process?.kill();
  }

  #spawn(at: SourceStart): void {
    this.#restartTimer = null;
    this.#isFinished = false;
    this.#isReading = true;
    this.#hasSpoken = false;
    this.#lastProblem = null;
    this.#hasStarted = false;
    this.#lastProgressMs = monotonicMs();
    const process: SourceProcess = spawnSource(
      {
        onMessage: (message) => this.#receive(message),
        onLog: this.#options.onLog,
        onExit: (reason, hasRun) => {
          if (this.#process === process) this.#lose(reason, hasRun);
        },
      },
      this.#options.isLive,
    );
    this.#process = process;
    process.send(this.#options.openAt(at));
  }

  #receive(message: SourceMessage): void {
    this.#hasSpoken = true;
    this.#lastProgressMs = monotonicMs();
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
    this.#process = null;
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
    if (this.#process === null || !this.#isReading || this.#isFinished) return;
    const mostMs = this.#hasSpoken || this.#options.isLive ? HANG_MS : START_HANG_MS;
    if (nowMs - this.#lastProgressMs < mostMs) return;
    if (!this.#hasStarted && this.#options.mayWait()) return this.#options.onWaiting();
    const hung = this.#process;
    this.#lastProblem = this.#options.isLive
      ? `${this.#options.name()}: nothing has come for ${mostMs / 1000} s; check that the other end sends`
      : `the source process made no progress for ${mostMs / 1000} s`;
    hung.kill();
  }
}

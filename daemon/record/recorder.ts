/**
 * Records a channel as it is sent: a receiver of our own on this host, in a process of its own, so that neither a slow disk nor a full one is
 * felt by the stream. It is started again when it has ended, and told once what was wrong.
 */

import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { explainDirectory, makeDirectory } from "../../control/make-directory.ts";
import { programFile } from "../program-file.ts";
import { messageOf } from "../../control/system-error.ts";
import { withPipes } from "../with-pipes.ts";
import { recordingName, withoutStamps } from "./recording-name.ts";

/** A disk that is full now may have been tidied up then. */
const DELAYS_MS = [2000, 10_000, 60_000] as const;
/** Having run for so long, a recorder counts as sound again. */
const HEALTHY_AFTER_MS = 60_000;
/** To close its file in. */
const STOP_MS = 800;

export type RecorderOptions = {
  readonly channel: string;
  readonly dir: string;
  readonly segmentMinutes: number;
  /** Options of streamctl that lead to this daemon. */
  readonly target: readonly string[];
  /** The name under which it joins. */
  readonly name: string;
  readonly onWarning: (text: string) => void;
};

export class Recorder {
  readonly #options: RecorderOptions;
  #child: ChildProcess | null = null;
  #timer: NodeJS.Timeout | undefined;
  /** Until the child that is there counts as sound. */
  #health: NodeJS.Timeout | undefined;
  #failures = 0;
  #problem: string | null = null;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Why nothing is recorded; null while all is well. */
  get problem(): string | null {
    return this.#problem;
  }

  start(): void {
    const { channel, dir, segmentMinutes, target, name } = this.#options;
    try {
      makeDirectory(dir);
    } catch (error) {
      return this.#fail(
        `${dir} cannot be made: ${explainDirectory(error)}; mend that, or name another directory in channels.${channel}.record.dir`,
      );
    }
    const path = join(dir, recordingName(channel, new Date()));
    const words = [...target, "record", path, channel, "--transport", "tcp", "--segment", String(segmentMinutes), "--name", name];
    const program = [programFile("streamctl/main", import.meta.url, "../../control"), ...words];
    // By the Unix socket no pass is needed, but one that is given has to be good.
    const env = { ...process.env, STREAMERD_PASS: undefined };
    try {
      this.#attend(withPipes(spawn(process.execPath, program, { stdio: ["ignore", "ignore", "pipe"], env })));
    } catch (error) {
      this.#fail(`the recorder could not be started: ${messageOf(error)}`);
    }
  }

  #attend(child: ChildProcessByStdio<null, null, Readable>): void {
    this.#child = child;
    this.#health = setTimeout(() => this.#recover(), HEALTHY_AFTER_MS);
    let last = "";
    createInterface({ input: child.stderr }).on("line", (line) => {
      last = line.replace(/^streamctl: /, "");
    });
    child.on("error", (error) => {
      last = error.message;
    });
    child.on("close", (status, signal) => {
      if (this.#child !== child) return;
      this.#child = null;
      // Its last line is why it ended, unless somebody ended it.
      if (signal !== null) this.#fail(`the recorder was ended by ${signal}`);
      else this.#fail(last === "" ? `the recorder ended with status ${String(status)}` : last);
    });
  }

  /** Its file is closed, or can be played as it is. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    clearTimeout(this.#health);
    const child = this.#child;
    this.#child = null;
    if (child === null) return;
    const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
    child.kill("SIGINT");
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    await gone;
    clearTimeout(timer);
  }

  #recover(): void {
    this.#failures = 0;
    this.#problem = null;
  }

  #fail(reason: string): void {
    clearTimeout(this.#health);
    const afterMs = DELAYS_MS[Math.min(this.#failures++, DELAYS_MS.length - 1)] ?? 0;
    // The names of files differ from one attempt to the next.
    if (this.#problem === null || withoutStamps(reason) !== withoutStamps(this.#problem))
      this.#options.onWarning(`recording: ${reason}; the stream goes on, and recording is tried again`);
    this.#problem = reason;
    this.#timer = setTimeout(() => this.start(), afterMs);
  }
}

// Standard output of a command: all of it is written, or it is told that it is not. Who listens may go away (`streamctl … | head -1`).
import { writeSync } from "node:fs";
import { Socket } from "node:net";
import type { Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { BytesOut } from "../receive-request.ts";
import { messageOf, systemCode } from "../system-error.ts";

export type Output = {
  readonly write: (text: string) => void;
  readonly bytes: BytesOut;
  /** Resolves when nobody listens any more, or nothing more can be written: a command that stays has nothing left to do. */
  readonly ended: Promise<void>;
  /** What is missing, and why; null if nothing is, or nobody wants it. */
  readonly problem: () => string | null;
  /** Something was written that nobody takes: it would keep the process for as long as nobody reads. */
  readonly isLeft: () => boolean;
};

/** After Ctrl-C what was received last still goes to who reads. */
const FINISH_MS = 1000;
const LOOK_MS = 20;
/** The reader of a pipe has gone, or the terminal: what was wanted has been printed. */
const GONE: readonly string[] = ["EPIPE", "ECONNRESET", "EIO"];

/** `stdout`: a pipe or a terminal, else what `writeSome` writes to (a file). It answers how many bytes it took, and throws the system's errors. */
export function openOutput(
  stdout: Writable,
  stderr: Writable,
  writeSome: (bytes: Uint8Array) => number = (bytes) => writeSync(1, bytes),
): Output {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  let problem: string | null = null;
  let isOver = false;
  let isLeft = false;

  function fail(error: unknown, gone: readonly string[]): void {
    if (!isOver && !gone.includes(systemCode(error))) problem = `not everything could be printed: ${messageOf(error)}`;
    isOver = true;
    end();
  }

  // Node writes once, and takes what a full disk has no room for as written.
  function writeFile(text: string | Uint8Array): void {
    if (isOver) return;
    let bytes: Uint8Array = Buffer.from(text);
    try {
      while (bytes.length > 0) bytes = bytes.subarray(writeSome(bytes));
    } catch (error) {
      fail(error, []);
    }
  }

  stdout.on("error", (error) => fail(error, GONE));
  // A log whose disk is full ends nothing: the status still tells how it went.
  stderr.on("error", (error) => {
    if (systemCode(error) === "EPIPE") end();
  });
  const write = stdout instanceof Socket ? (text: string | Uint8Array) => void stdout.write(text) : writeFile;

  async function finish(signal: AbortSignal): Promise<void> {
    for (let leftMs = FINISH_MS; bytes.waiting() > 0 && leftMs > 0; leftMs -= signal.aborted ? LOOK_MS : 0) await delay(LOOK_MS);
    isLeft = bytes.waiting() > 0;
  }

  const bytes: BytesOut = {
    write: (piece) => {
      if (!isOver) write(piece);
    },
    waiting: () => (isOver ? 0 : stdout.writableLength),
    finish,
  };
  return { write, bytes, ended, problem: () => problem, isLeft: () => isLeft };
}

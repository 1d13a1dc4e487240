// Standard output of a command: all of it is written, or it is told that it is not. Who listens may go away (`streamctl … | head -1`).
import { writeSync } from "node:fs";
import { Socket } from "node:net";
import type { Writable } from "node:stream";
import { messageOf, systemCode } from "../system-error.ts";

export type Output = {
  readonly write: (text: string) => void;
  /** Resolves when nobody listens any more, or nothing more can be written: a command that stays has nothing left to do. */
  readonly ended: Promise<void>;
  /** What is missing, and why; null if nothing is, or nobody wants it. */
  readonly problem: () => string | null;
};

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

  function fail(error: unknown, gone: readonly string[]): void {
    if (!isOver && !gone.includes(systemCode(error))) problem = `not everything could be printed: ${messageOf(error)}`;
    isOver = true;
    end();
  }

  // Node writes once, and takes what a full disk has no room for as written.
  function writeFile(text: string): void {
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
  return { write: stdout instanceof Socket ? (text) => void stdout.write(text) : writeFile, ended, problem: () => problem };
}

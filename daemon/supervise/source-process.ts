/** A source, and one that is a process: how it is spoken to, listened to and ended. */

import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { Duplex, Readable } from "node:stream";
import { explain } from "../../control/system-error.ts";
import { killSource, takeSourceChild } from "./source-child.ts";
import { sourceTurns } from "./source-turns.ts";
import { MessageReader } from "../source/message-reader.ts";
import type { SourceCommand, SourceMessage } from "../source/messages.ts";
import { ASK } from "../source/turn.ts";

export type Source = {
  /** Null: it is no process, or has never been one. */
  readonly pid: number | null;
  readonly send: (command: SourceCommand) => void;
  /** Back-pressure: while it is not read, it waits. */
  readonly setReading: (isReading: boolean) => void;
  readonly kill: () => void;
};

export type SourceListener = {
  readonly onMessage: (message: SourceMessage) => void;
  /** A line that it printed for the log. */
  readonly onLog: (line: string) => void;
  /** It is gone. Nothing follows. `hasRun`: false where the system had no room for it. */
  readonly onExit: (reason: string, hasRun: boolean) => void;
};

/** `isLive`: somebody waits for what it captures. One that cannot be started is gone soon afterwards. */
export function spawnSource(listener: SourceListener, isLive: boolean): Source {
  try {
    return attend(takeSourceChild(isLive), listener, isLive);
  } catch (error) {
    const end = setImmediate(() => listener.onExit(whyNotStarted(error), false));
    return { pid: null, send: () => {}, setReading: () => {}, kill: () => clearImmediate(end) };
  }
}

function attend(child: ChildProcess, listener: SourceListener, isLive: boolean): Source {
  const [commands, , log, data, turn] = child.stdio;
  if (commands === null || log === null || !(data instanceof Readable) || !(turn instanceof Duplex))
    throw new Error("a source process has lost its pipes");
  const reader = new MessageReader();
  const turns = sourceTurns.join();
  let isGone = false;

  const end = (reason: string, hasRun = true): void => {
    if (isGone) return;
    isGone = true;
    turns.giveBack();
    turn.destroy();
    data.destroy();
    killSource(child, isLive);
    listener.onExit(reason, hasRun);
  };
  data.on("data", (chunk: Buffer) => {
    if (isGone) return;
    const read = reader.push(chunk);
    for (const message of read.messages) if (!isGone) listener.onMessage(message);
    if (read.error !== null) end(`sent what is no message: ${read.error}`);
  });
  data.on("error", () => {});
  turn.on("data", (bytes: Buffer) => {
    for (const byte of bytes) {
      if (byte === ASK) turns.ask(() => turn.write(Uint8Array.of(ASK)));
      else turns.giveBack();
    }
  });
  turn.on("error", () => {});
  // A process that dies while a command is under way breaks its pipe: `exit` tells it.
  commands.on("error", () => {});
  createInterface({ input: log }).on("line", listener.onLog);
  child.on("error", (error) => end(whyNotStarted(error), child.pid !== undefined));
  child.on("exit", (code, signal) => {
    const finish = (): void => end(signal === null ? `ended with status ${code}` : `was ended by ${signal}`);
    if (data.closed) return finish();
    // What it wrote before it ended is still in the pipe: at most what the kernel holds for one.
    data.once("close", finish);
    data.resume();
  });

  return {
    pid: child.pid ?? null,
    send: (command) => void commands.write(`${JSON.stringify(command)}\n`),
    setReading: (isReading) => void (isReading ? data.resume() : data.pause()),
    kill: () => end("was ended by us"),
  };
}

const REASONS: Readonly<Record<string, string>> = {
  EAGAIN: "no more processes are allowed here; raise TasksMax of the service, or ulimit -u",
  EMFILE: "no more files may be open; raise LimitNOFILE of the service, or ulimit -n",
  ENFILE: "no more files may be open on this host; raise fs.file-max",
  ENOMEM: "there is no memory for it; make room, or play fewer channels",
};

function whyNotStarted(error: unknown): string {
  return `could not be started: ${explain(error, REASONS)}`;
}

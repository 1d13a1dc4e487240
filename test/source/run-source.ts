/** Starts a real source process and collects what it says. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { Duplex, Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { MessageReader } from "../../daemon/source/message-reader.ts";
import type { SourceCommand, SourceFormat, SourceItem, SourceMessage } from "../../daemon/source/messages.ts";
import { ASK } from "../../daemon/source/turn.ts";

export type OpenCommand = Extract<SourceCommand, { kind: "open" }>;
export type FrameMessage = Extract<SourceMessage, { kind: "frame" }>;
export type AudioMessage = Extract<SourceMessage, { kind: "audio" }>;
export type ItemErrorMessage = Extract<SourceMessage, { kind: "item-error" }>;

const MAIN = fileURLToPath(new URL("../../daemon/source/main.ts", import.meta.url));
/** Generous: it only ends a test that hangs. */
const DEADLINE_MS = 60_000;

export const STEREO: SourceFormat = {
  engine: process.env["STREAMERD_TEST_ENGINE"] === "opencv" ? "opencv" : "default",
  width: 500,
  quality: 80,
  maxFrameBytes: 65_507,
  audio: { sampleRateHz: 44_100, channels: 2 },
};

/** Plays once, from the beginning, unless told otherwise. */
export function openCommand(items: readonly (SourceItem | string)[], changes: Partial<OpenCommand> = {}): OpenCommand {
  return {
    kind: "open",
    items: items.map((item) => (typeof item === "string" ? { kind: "file", path: item } : item)),
    loop: false,
    format: STEREO,
    readAhead: { maxMs: 4000, maxBytes: 16 << 20 },
    cache: null,
    start: { generation: 1, itemIndex: 0, positionMs: 0, timelineMs: 0 },
    ...changes,
  };
}

export type SourceRun = {
  readonly pid: number;
  /** All messages so far. */
  readonly messages: readonly SourceMessage[];
  readonly stderr: () => string;
  readonly send: (command: SourceCommand) => void;
  readonly setReading: (isReading: boolean) => void;
  /** From now on each turn that it asks for is given, as at the beginning, or none. */
  readonly setGivingTurns: (isGiving: boolean) => void;
  /** It has asked for a turn that was not given. */
  readonly isAsking: () => boolean;
  /** Closes its stdin, as a daemon that ends does. */
  readonly endInput: () => void;
  /** Resolves once a message fits; rejects if the process ends before, or after a minute. */
  readonly waitFor: (fits: (message: SourceMessage) => boolean) => Promise<SourceMessage>;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Kills it, and resolves when it is gone. */
  readonly stop: () => Promise<void>;
};

/** `env`: variables that differ from those of the tests. */
export function startSource(open: OpenCommand, env: Readonly<Record<string, string>> = {}): SourceRun {
  const child = spawn(process.execPath, ["--max-semi-space-size=2", MAIN], {
    stdio: ["pipe", "ignore", "pipe", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  const [stdin, , log, data, turn] = child.stdio;
  if (stdin === null || log === null || !(data instanceof Readable) || !(turn instanceof Duplex) || child.pid === undefined)
    throw new Error("the source process did not start");
  const messages: SourceMessage[] = [];
  const waiters = new Set<() => void>();
  const reader = new MessageReader();
  let stderr = "";
  let isGone = false;
  const tell = (): void => {
    for (const waiter of waiters) waiter();
  };
  log.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  data.on("data", (chunk: Buffer) => {
    const read = reader.push(chunk);
    messages.push(...read.messages);
    if (read.error !== null) throw new Error(`broken message: ${read.error}`);
    tell();
  });
  stdin.on("error", () => {});
  let isGiving = true;
  let isAsking = false;
  const giveTurn = (): void => {
    if (!isGiving || !isAsking) return;
    isAsking = false;
    turn.write(Uint8Array.of(ASK));
  };
  turn.on("data", (bytes: Buffer) => {
    isAsking = bytes.at(-1) === ASK;
    giveTurn();
  });
  turn.on("error", () => {});
  const exited = once(child, "close").then(() => {
    isGone = true;
    tell();
    return { code: child.exitCode, signal: child.signalCode };
  });
  const send = (command: SourceCommand): void => void stdin.write(`${JSON.stringify(command)}\n`);
  send(open);

  const waitFor = (fits: (message: SourceMessage) => boolean): Promise<SourceMessage> => {
    let seen = 0;
    return new Promise((resolve, reject) => {
      const look = (): void => {
        for (; seen < messages.length; seen++) {
          const message = messages[seen];
          if (message !== undefined && fits(message)) return finish(() => resolve(message));
        }
        if (isGone) finish(() => reject(new Error(`the source process has ended: ${stderr}`)));
      };
      const deadline = setTimeout(() => finish(() => reject(new Error(`nothing fitting within a minute: ${stderr}`))), DEADLINE_MS);
      const finish = (settle: () => void): void => {
        clearTimeout(deadline);
        waiters.delete(look);
        settle();
      };
      waiters.add(look);
      look();
    });
  };

  return {
    pid: child.pid,
    messages,
    stderr: () => stderr,
    send,
    setReading: (isReading) => void (isReading ? data.resume() : data.pause()),
    setGivingTurns: (isWilling) => {
      isGiving = isWilling;
      giveTurn();
    },
    isAsking: () => isAsking,
    endInput: () => stdin.end(),
    waitFor,
    exited,
    stop: async () => {
      child.kill("SIGKILL");
      data.resume();
      await exited;
    },
  };
}

/** Plays to the end (or to a fatal error, or until a message fits) and gives all messages. */
export async function runSource(open: OpenCommand, until: (message: SourceMessage) => boolean = () => false): Promise<SourceMessage[]> {
  const run = startSource(open);
  try {
    await run.waitFor((message) => message.kind === "end" || (message.kind === "item-error" && message.fatal) || until(message));
    return [...run.messages];
  } finally {
    await run.stop();
  }
}

export const framesOf = (messages: readonly SourceMessage[]): FrameMessage[] => messages.filter((message) => message.kind === "frame");
export const soundOf = (messages: readonly SourceMessage[]): AudioMessage[] => messages.filter((message) => message.kind === "audio");
export const errorsOf = (messages: readonly SourceMessage[]): ItemErrorMessage[] =>
  messages.filter((message) => message.kind === "item-error");

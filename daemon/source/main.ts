/**
 * The source process: one channel's media, demuxed, decoded, scaled and encoded, in a process that may crash.
 * Commands come as JSON lines on stdin, messages go to fd 3 (messages.ts), words for the log to stderr.
 * It ends with its stdin, with its parent, or with status 2 if nothing of the playlist can be played.
 */

import { flushCompileCache } from "node:module";
import { Socket } from "node:net";
import { setPriority } from "node:os";
import { createInterface } from "node:readline";
import { createFilmCache } from "./cache/film-cache.ts";
import { parseCommand } from "./commands.ts";
import { createEngineLoader } from "./engine-loader.ts";
import type { OpenCommand, SourceCommand, SourceItem } from "./messages.ts";
import { createOutput } from "./output.ts";
import { watchParent } from "./parent-watch.ts";
import { createPlayer, type PlayerState } from "./player.ts";
import { createReadAhead } from "./read-ahead.ts";
import { reformat } from "./reformat.ts";
import { withSignsOfLife } from "./signs-of-life.ts";
import { createTurn } from "./turn.ts";

const DATA_FD = 3;
const TURN_FD = 4;
const NOTHING_PLAYS_STATUS = 2;
const BROKEN_STATUS = 70;
/** After so much work the event loop turns, so that a seek is heard. */
const MAX_WORK_MS = 50;
/** What somebody waits for goes out in smaller pieces. */
const MAX_FIRST_WORK_MS = 20;
/** Decoding goes on in batches of at least so much film, and so much work: a frame costs up to half as much again when caches are cold. */
const LEAST_BATCH_MS = 1000;
const BATCH_WORK_MS = 200;
/** Who takes less for a second of film, which is in the cache then, does not ask for a turn, and has so much film ready. */
const QUICK_WORK_MS = 10;
const QUICK_READ_AHEAD_MS = 3000;
/** The watch begins when the first second is out, so that it does not delay it. */
const WATCH_AFTER_MS = 1000;
const PARENT_CHECK_INTERVAL_MS = 1000;
/** The end of this process is sudden; what it compiled is kept for the next one while there is time. */
const KEEP_COMPILED_AFTER_MS = 2000;
/** For the first second of a film somebody waits. After it this process works ahead: it may wait, packets may not. */
const NICENESS = 5;

type LiveItem = Extract<SourceItem, { kind: "live" }>;

function run(): void {
  const parentPid = process.ppid;
  // A terminal sends them to the daemon as well, which ends this process in its own time.
  for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
  const lines = createInterface({ input: process.stdin });
  let session: Session | null = null;
  lines.on("line", (line) => {
    const command = parseCommand(line);
    if (command === null) return quit(BROKEN_STATUS, "a command could not be understood");
    if (command.kind !== "open") return session?.take(command);
    if (session !== null) return quit(BROKEN_STATUS, "opened twice");
    session = startSession(command, parentPid);
  });
  lines.on("close", () => process.exit(0));
  setTimeout(flushCompileCache, KEEP_COMPILED_AFTER_MS);
}

type Session = { readonly take: (command: Exclude<SourceCommand, OpenCommand>) => void };

function startSession(open: OpenCommand, parentPid: number): Session {
  const pipe = new Socket({ fd: DATA_FD, readable: false, writable: true });
  // The daemon has gone or given up: there is nobody to work for.
  pipe.on("error", () => process.exit(0));
  const [item] = open.items;
  return item?.kind === "live" ? startLive(open, item, pipe, parentPid) : startFilms(open, pipe, parentPid);
}

/** What captures is loaded when it is needed; commands that come before that are kept. */
function startLive(open: OpenCommand, item: LiveItem, pipe: Socket, parentPid: number): Session {
  const early: Parameters<Session["take"]>[0][] = [];
  let session: Session | null = null;
  setTimeout(() => void watchParent(parentPid), WATCH_AFTER_MS);
  void import("./live/session.ts").then(({ startLiveSession }) => {
    const started = startLiveSession(open, item, pipe, async (...what) =>
      (await import("../../receiver/relay.ts")).receiveForRelay(...what),
    );
    session = started;
    early.forEach(started.take);
    void started.lost.then(() => process.exit(NOTHING_PLAYS_STATUS));
  });
  return { take: (command) => (session === null ? void early.push(command) : session.take(command)) };
}

function startFilms(open: OpenCommand, pipe: Socket, parentPid: number): Session {
  const queue = createReadAhead(open.readAhead);
  const cache = open.cache === null ? null : createFilmCache(open.cache, say);
  // As long as nothing is decoded, this thread does not hang, and looks by itself.
  const looking = setInterval(() => {
    if (process.ppid !== parentPid) process.exit(0);
  }, PARENT_CHECK_INTERVAL_MS);
  const engine = createEngineLoader(say, () => void setTimeout(beWatched, WATCH_AFTER_MS));
  const beWatched = (): void => {
    clearInterval(looking);
    void watchParent(parentPid);
  };
  const player = createPlayer(open, queue.push, { engine, cache });
  const output = createOutput(pipe, withSignsOfLife(queue.shift), () => wake());
  let isWorking = false;
  let isOver = false;
  let batchFromUs: number | null = null;
  const turn = createTurn(TURN_FD);
  let workedMs = 0;
  let isQuick = false;
  let isNice = false;

  /** Works on a batch in slices of at most MAX_WORK_MS; between them commands are heard and the pipe is written to. */
  const work = (): void => {
    const fromMs = performance.now();
    const state = workFor(isNice ? MAX_WORK_MS : MAX_FIRST_WORK_MS);
    workedMs += performance.now() - fromMs;
    output.pump();
    if (state === "working") return void setImmediate(work);
    turn.giveBack();
    if (state === "waiting") return void player.ready().then(() => setImmediate(work));
    isWorking = false;
    if (!isNice) setPriority(NICENESS);
    isNice = true;
    isQuick = workedMs < (QUICK_WORK_MS * queue.cameMs(batchFromUs)) / 1000;
    isOver = state === "ended" || state === "failed";
    if (state === "failed") void output.finish().then(() => process.exit(NOTHING_PLAYS_STATUS));
    wake();
  };

  const workFor = (mostMs: number): Exclude<PlayerState, "playing"> | "working" | "done" => {
    const fromMs = performance.now();
    for (let spentMs = 0; !isBatchDone(workedMs + spentMs);) {
      const state = player.step();
      if (state !== "playing") return state;
      spentMs = performance.now() - fromMs;
      if (spentMs >= mostMs) return "working";
    }
    return "done";
  };

  /** So much film is to be ready, as far as the read-ahead takes it. */
  const wantedMs = (): number => (isQuick ? QUICK_READ_AHEAD_MS : Infinity);

  const isBatchDone = (spentMs: number): boolean => {
    if (queue.isFull(wantedMs())) return true;
    // For the first second of a place somebody waits; the rest is made in a turn.
    return queue.cameMs(batchFromUs) >= LEAST_BATCH_MS && (batchFromUs === null || spentMs >= BATCH_WORK_MS);
  };

  const wake = (): void => {
    if (isWorking || isOver || !queue.isLow(wantedMs())) return;
    isWorking = true;
    batchFromUs = queue.reachedUs();
    workedMs = 0;
    // For who begins, here or elsewhere, somebody waits.
    if (batchFromUs === null || isQuick) setImmediate(work);
    else turn.ask(work);
  };

  wake();
  return {
    take: (command) => {
      if (command.kind === "skip") {
        queue.dropPicturesBefore(command.timelineMs * 1000);
        player.skipTo(command.timelineMs * 1000);
        return wake();
      }
      batchFromUs = null;
      isOver = false;
      if (command.kind === "format") reformat(command.format, queue, player);
      else {
        queue.clear();
        player.seek(command.start);
      }
      if (turn.isAwaited()) {
        turn.giveBack();
        setImmediate(work);
      }
      wake();
    },
  };
}

/** A line for the log. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function quit(status: number, reason: string): void {
  say(reason);
  process.exit(status);
}

run();

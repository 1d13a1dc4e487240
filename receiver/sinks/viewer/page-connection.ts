/** One page's WebSocket: a bound on what waits for it, and on what it may say. */

import type { RawData, WebSocket } from "ws";
import { monotonicMs } from "../../clock.ts";
import { parsePageMessage, textMessage } from "./messages.ts";
import type { Shown } from "./messages.ts";

export type PageConnection = {
  /** False: dropped, because too much waits for this page. */
  readonly media: (message: Buffer, kind: "picture" | "sound") => boolean;
  /** Dropped where sound is dropped. */
  readonly text: (message: string) => void;
  /** As text, but said later if it cannot be said now. */
  readonly state: (message: string) => void;
  /** Once a second. False: the page does not read, and is closed. */
  readonly sweep: () => boolean;
  readonly close: () => Promise<void>;
};

export type PageEvents = { readonly onShown: (shown: Shown) => void; readonly onGone: () => void };

/** Half a second of good pictures. Whoever is further behind wants the sound and the newest picture rather than all of them. */
const MOST_WAITING_FOR_PICTURES_BYTES = 1024 * 1024;
/** Twenty seconds of sound: whoever is that far behind does not listen. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024;
/** Sweeps in which nothing went out though something waited. */
const MOST_IDLE_SWEEPS = 10;
/** Sweeps between two pings, which tell a page that is there from one whose host is gone. */
const PING_EVERY_SWEEPS = 10;
/** The page says two things a second. */
const MOST_MESSAGES_PER_SWEEP = 30;
const CLOSE_TIMEOUT_MS = 500;
/** RFC 6455, section 7.4.1. */
const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;

export function servePage(socket: WebSocket, { onShown, onGone }: PageEvents): PageConnection {
  let owedState: string | null = null;
  let sentBytes = 0;
  let readBytes = 0;
  let idleSweeps = 0;
  let sweepsToPing = PING_EVERY_SWEEPS;
  let room = MOST_MESSAGES_PER_SWEEP;
  let isAlive = true;

  socket.on("message", (data, isBinary) => hear(data, isBinary));
  socket.on("ping", () => isWelcome());
  socket.on("pong", () => (isAlive = true));
  // `close` follows.
  socket.on("error", () => undefined);
  socket.once("close", onGone);

  function isWelcome(): boolean {
    room -= 1;
    if (room === -1) socket.close(POLICY_VIOLATION, "too many messages");
    return room >= 0;
  }

  function hear(data: RawData, isBinary: boolean): void {
    if (!isWelcome()) return;
    const message = isBinary || !Buffer.isBuffer(data) ? null : parsePageMessage(data.toString());
    if (message === null) return socket.close(POLICY_VIOLATION, "no message of the page");
    if (message.kind === "ping") text(textMessage({ kind: "pong", pageMs: message.pageMs, serverMs: monotonicMs() }));
    else onShown({ fps: message.fps, skewMs: message.skewMs, latenessMs: message.latenessMs });
  }

  function send(message: Buffer | string, mostWaitingBytes: number): boolean {
    if (socket.readyState !== socket.OPEN || socket.bufferedAmount > mostWaitingBytes) return false;
    sentBytes += message.length;
    socket.send(message);
    return true;
  }

  function text(message: string): void {
    send(message, MOST_WAITING_BYTES);
  }

  function state(message: string): void {
    owedState = send(message, MOST_WAITING_BYTES) ? null : message;
  }

  function isReading(): boolean {
    const waiting = socket.bufferedAmount;
    const read = sentBytes - waiting;
    idleSweeps = waiting > 0 && read <= readBytes ? idleSweeps + 1 : 0;
    readBytes = read;
    return idleSweeps < MOST_IDLE_SWEEPS;
  }

  function isAnswering(): boolean {
    sweepsToPing -= 1;
    if (sweepsToPing > 0) return true;
    sweepsToPing = PING_EVERY_SWEEPS;
    // What waits in front of a ping is measured by isReading.
    if (!isAlive) return socket.bufferedAmount > 0;
    isAlive = false;
    socket.ping();
    return true;
  }

  return {
    media: (message, kind) => send(message, kind === "picture" ? MOST_WAITING_FOR_PICTURES_BYTES : MOST_WAITING_BYTES),
    text,
    state,
    sweep: () => {
      if (socket.readyState !== socket.OPEN) return true;
      room = MOST_MESSAGES_PER_SWEEP;
      if (!isReading() || !isAnswering()) {
        socket.terminate();
        return false;
      }
      if (owedState !== null) state(owedState);
      return true;
    },
    close: () =>
      new Promise((resolve) => {
        if (socket.readyState === socket.CLOSED) return resolve();
        const tooLong = setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS);
        socket.once("close", () => {
          clearTimeout(tooLong);
          resolve();
        });
        socket.close(GOING_AWAY, "the receiver has ended");
      }),
  };
}

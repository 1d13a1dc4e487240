// @ts-check
/** The WebSocket to the receiver: reconnects by itself with growing pauses, and pings to know the receiver's clock. */

import { ClockOffset } from "./clock-offset.js";

const FIRST_PAUSE_MS = 500;
/** Whoever starts the receiver again waits no longer than this. */
const LONGEST_PAUSE_MS = 8000;
const PING_EVERY_MS = 1000;
/** The first answers come in a burst, so that the clock is good before the first second has passed. */
const FIRST_PINGS = 6;
const FIRST_PING_EVERY_MS = 40;
/** Each ping is answered. A receiver from which nothing at all comes for so many of them is gone, though its end was not told: its power, a cable. */
const MOST_UNHEARD_PINGS = 10;
const FORBIDDEN = 403;
const UNAVAILABLE = 503;
/** A connection that lasted this long was a good one: the next pause is short again. */
const GOOD_AFTER_MS = 3000;

/** @typedef {import("./player-state.js").ConnectionState} ConnectionState */

export class Connection {
  /** @type {WebSocket | null} */
  #socket = null;
  #offset = new ClockOffset();
  #pauseMs = FIRST_PAUSE_MS;
  /** @type {ConnectionState | null} */
  #said = null;
  #openedMs = 0;
  #pings = 0;
  #unheardPings = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #pinging;
  #url;
  #on;

  /**
   * @param {string} url
   * @param {{ bytes: (bytes: ArrayBuffer) => void, text: (text: string) => void, state: (state: ConnectionState) => void }} on
   */
  constructor(url, on) {
    this.#url = url;
    this.#on = on;
  }

  /** The receiver's clock now; null before it is known. */
  get serverMs() {
    return this.toServerMs(performance.now());
  }

  /** @param {number} pageMs */
  toServerMs(pageMs) {
    const { offsetMs } = this.#offset;
    return offsetMs === null ? null : pageMs + offsetMs;
  }

  /** @param {number} serverMs */
  toPageMs(serverMs) {
    const { offsetMs } = this.#offset;
    return offsetMs === null ? null : serverMs - offsetMs;
  }

  /** Says "connecting" once: later tries leave what is wrong on the screen, and a screen reader silent. */
  open() {
    this.#say("connecting");
    this.#connect();
  }

  #connect() {
    const socket = new WebSocket(this.#url);
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => this.#opened());
    socket.addEventListener("message", ({ data }) => {
      if (this.#socket === socket) this.#heard(data);
    });
    socket.addEventListener("close", () => {
      if (this.#socket === socket) this.#closed();
    });
    this.#socket = socket;
  }

  /** @param {object} message */
  send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** @param {{ pageMs: number, serverMs: number }} pong */
  pong({ pageMs, serverMs }) {
    this.#offset.add(pageMs, serverMs, performance.now());
  }

  /** @param {unknown} data */
  #heard(data) {
    this.#unheardPings = 0;
    if (data instanceof ArrayBuffer) this.#on.bytes(data);
    else this.#on.text(String(data));
  }

  #opened() {
    this.#openedMs = performance.now();
    this.#offset.clear();
    this.#pings = 0;
    this.#unheardPings = 0;
    this.#ping();
    this.#say("open");
  }

  #ping() {
    this.#unheardPings += 1;
    // A browser would wait a minute for the other end to agree to a close: this one is not waited for.
    if (this.#unheardPings > MOST_UNHEARD_PINGS) return this.#closed();
    this.send({ kind: "ping", pageMs: performance.now() });
    this.#pings += 1;
    this.#pinging = setTimeout(() => this.#ping(), this.#pings < FIRST_PINGS ? FIRST_PING_EVERY_MS : PING_EVERY_MS);
  }

  #closed() {
    clearTimeout(this.#pinging);
    this.#socket?.close();
    this.#socket = null;
    if (this.#openedMs > 0) this.#say("lost");
    if (this.#openedMs > 0 && performance.now() - this.#openedMs > GOOD_AFTER_MS) this.#pauseMs = FIRST_PAUSE_MS;
    this.#openedMs = 0;
    setTimeout(() => this.#connect(), this.#pauseMs);
    void this.#sayWhy();
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
  }

  /** A WebSocket does not tell why it was refused; a plain request does: the cookie is of a receiver before this one, or too many pages are open. */
  async #sayWhy() {
    const answer = await fetch("/stream", { method: "HEAD", cache: "no-store" }).catch(() => null);
    if (this.#openedMs > 0) return;
    if (answer?.status === FORBIDDEN) this.#say("refused");
    else this.#say(answer?.status === UNAVAILABLE ? "full" : "lost");
  }

  /** @param {ConnectionState} state */
  #say(state) {
    if (state !== this.#said) this.#on.state(state);
    this.#said = state;
  }
}

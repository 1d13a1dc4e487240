/**
 * When packets really left: the kernel notes it as it hands them to the interface (SO_TIMESTAMPING, Documentation/networking/timestamping.rst). In: what it tells. Out: the
 * packet's number and the time. Structures as on every 64-bit little-endian Linux.
 */

import { monotonicMs } from "../clock.ts";
import { addressOf } from "./system-calls.ts";
import type { SystemCalls } from "./system-calls.ts";

const SOL_SOCKET = 1;
const SO_TIMESTAMPING = 37;
const SOL_IP = 0;
const IP_RECVERR = 11;
/** SOF_TIMESTAMPING_TX_SCHED: before the queueing discipline, which every interface has. */
const STAMP_BEFORE_QUEUE = 0x100;
/** `struct cmsghdr`: length (8), level, type; then the data, in steps of 8 bytes. */
const HEADER_BYTES = 16;
/** Of `struct sock_extended_err`: the packet's number among those that asked. */
const NUMBER_AT = 12;
const MESSAGE_HEADER_BYTES = 56;
/** The system clock was set where it has moved by so much between two looks: by less than the age of a stamp, nobody could tell which of its two times it means. */
const STEP_MS = 200;
/** What left before that has been told of by then. */
const STEP_HOLDS_MS = 2000;
/** Two control messages: 3 × `struct timespec`; an error with an address. */
const ROOM_BYTES = 256;

/** The control message with which a packet asks for its time. */
export function stampRequest(): Uint8Array {
  const bytes = new Uint8Array(24);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(HEADER_BYTES + 4), true);
  view.setUint32(8, SOL_SOCKET, true);
  view.setUint32(12, SO_TIMESTAMPING, true);
  view.setUint32(16, STAMP_BEFORE_QUEUE, true);
  return bytes;
}

export type TransmitStamp = { readonly number: number; readonly atMs: number };

/** Reads what the kernel has told by now, of any socket. */
export class StampReader {
  readonly #calls: SystemCalls;
  readonly #control = new Uint8Array(ROOM_BYTES);
  readonly #controlView = new DataView(this.#control.buffer);
  readonly #message = new Uint8Array(MESSAGE_HEADER_BYTES);
  readonly #messageView = new DataView(this.#message.buffer);

  constructor(calls: SystemCalls) {
    this.#calls = calls;
    this.#messageView.setBigUint64(32, BigInt(addressOf(this.#control)), true);
  }

  /** From the monotonic to the system's clock, by which stamps are: as it was found last, and before the clock was set. */
  #offsetMs = Number.NaN;
  #formerOffsetMs = Number.NaN;
  #setMs = Number.NEGATIVE_INFINITY;

  read(socket: number): readonly TransmitStamp[] {
    const stamps: TransmitStamp[] = [];
    const nowMs = monotonicMs();
    this.#noteOffset(this.#calls.wallMs() - nowMs, nowMs);
    for (;;) {
      this.#messageView.setBigUint64(40, BigInt(ROOM_BYTES), true);
      if (!this.#calls.receiveStamp(socket, this.#message)) return stamps;
      const stamp = this.#parse(Number(this.#messageView.getBigUint64(40, true)), nowMs);
      if (stamp !== null) stamps.push(stamp);
    }
  }

  #parse(length: number, nowMs: number): TransmitStamp | null {
    const view = this.#controlView;
    let atMs: number | null = null;
    let number: number | null = null;
    for (let at = 0; at + HEADER_BYTES <= length;) {
      const size = Number(view.getBigUint64(at, true));
      if (size < HEADER_BYTES || at + size > length) break;
      const [level, type] = [view.getUint32(at + 8, true), view.getUint32(at + 12, true)];
      const data = at + HEADER_BYTES;
      if (level === SOL_SOCKET && type === SO_TIMESTAMPING)
        atMs = this.#toMonotonic(Number(view.getBigInt64(data, true)) * 1e3 + Number(view.getBigInt64(data + 8, true)) / 1e6, nowMs);
      else if (level === SOL_IP && type === IP_RECVERR) number = view.getUint32(data + NUMBER_AT, true);
      at += Math.ceil(size / 8) * 8;
    }
    return atMs === null || number === null ? null : { number, atMs };
  }

  #noteOffset(offsetMs: number, nowMs: number): void {
    if (Math.abs(offsetMs - this.#offsetMs) > STEP_MS) [this.#formerOffsetMs, this.#setMs] = [this.#offsetMs, nowMs];
    this.#offsetMs = offsetMs;
  }

  /** A stamp of before the clock was set means another time: of the two that it may mean, the last one that is not still to come. */
  #toMonotonic(wallMs: number, nowMs: number): number {
    const atMs = wallMs - this.#offsetMs;
    if (nowMs - this.#setMs > STEP_HOLDS_MS) return atMs;
    const formerlyMs = wallMs - this.#formerOffsetMs;
    if (formerlyMs > nowMs) return atMs;
    return atMs > nowMs ? formerlyMs : Math.max(atMs, formerlyMs);
  }
}

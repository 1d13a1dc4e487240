/** A chain of waits and packets for the kernel to work off by itself (io_uring(7)). In: times and messages. Out: what became of each chain. */

import { COMPLETION_BYTES, ENTRY_BYTES, mapRing } from "./ring-calls.ts";
import type { MappedRing } from "./ring-calls.ts";

/** Waits and packets of one chain: all of them go to the kernel with one call. */
const ENTRIES = 512;
const OP_POLL_ADD = 6;
const OP_SENDMSG = 9;
const OP_TIMEOUT = 11;
const OP_SEND = 26;
const OP_RECV = 27;
/** IOSQE_IO_HARDLINK: the next one begins when this one is over, however it ended. */
const LINKED = 1 << 3;
/** IOSQE_CQE_SKIP_SUCCESS: only a failure is told. */
const SILENT = 1 << 6;
/** IORING_TIMEOUT_ABS, of the monotonic clock, and IORING_TIMEOUT_ETIME_SUCCESS: that the time has come is no failure. */
const AT_TIME = 1 | (1 << 5);
const MSG_DONTWAIT = 0x40;
/** POLLIN, and EPOLLEXCLUSIVE: of those who wait the first goes on, and nobody else. */
const READABLE_IN_TURN = 1 | (1 << 28);

/** `packet`: a packet, or the waiting for its time. `order`: what keeps the order of chains. */
const PARTS = ["packet", "order", "end"] as const;
export type Part = (typeof PARTS)[number];
/** What has ended: everything that failed, and each end. `bytes`: as given with a packet. */
export type OnCompletion = (chain: number, result: number, part: Part, bytes: number) => void;
/** Chains are numbered in so many bits. */
export const CHAIN_BITS = 30;

function userOf(chain: number, part: Part): number {
  return chain * 4 + PARTS.indexOf(part);
}

export class SubmissionRing {
  readonly #ring: MappedRing;
  #queued = 0;

  /** Throws SystemCallError where the system has no such thing, or forbids it. */
  constructor(ring: MappedRing = mapRing(ENTRIES)) {
    this.#ring = ring;
  }

  /** Entries that a chain may have. */
  get room(): number {
    return this.#ring.entries - this.#queued;
  }

  /** The chain goes on at a time: `time` is the address of a `struct __kernel_timespec`. */
  waitUntil(time: number, chain: number): void {
    this.#add({
      operation: OP_TIMEOUT,
      flags: LINKED | SILENT,
      file: -1,
      address: time,
      operationFlags: AT_TIME,
      user: userOf(chain, "packet"),
    });
  }

  /** `message`: the address of a `struct msghdr`; `bytes`: told again when it is refused. */
  send(socket: number, message: number, bytes: number, chain: number): void {
    this.#add({
      operation: OP_SENDMSG,
      flags: LINKED | SILENT,
      file: socket,
      address: message,
      operationFlags: MSG_DONTWAIT,
      user: userOf(chain, "packet"),
      bytes,
    });
  }

  /** The chain goes on when a byte has come to `socket`, which is put at the address `byte`. Waiting for it first, it never needs a thread of the kernel's. */
  waitForByte(socket: number, byte: number, chain: number): void {
    const flags = LINKED | SILENT;
    const user = userOf(chain, "order");
    this.#add({ operation: OP_POLL_ADD, flags, file: socket, address: 0, length: 0, operationFlags: READABLE_IN_TURN, user });
    this.#add({ operation: OP_RECV, flags, file: socket, address: byte, operationFlags: MSG_DONTWAIT, user });
  }

  /** The end of a chain, of which it is told that it is over: sends the byte at the address `byte`. */
  sendByteAndEnd(socket: number, byte: number, chain: number): void {
    this.#add({ operation: OP_SEND, flags: 0, file: socket, address: byte, operationFlags: MSG_DONTWAIT, user: userOf(chain, "end") });
  }

  /** Hands over what was added, and returns how much of it the kernel took: all, or, where it is short of memory, less. The rest is forgotten. */
  submit(): number {
    const count = this.#queued;
    this.#queued = 0;
    const taken = Math.max(0, this.#ring.submit(count));
    const tail = this.#ring.submissionTail;
    Atomics.store(tail, 0, ((tail[0] ?? 0) - (count - taken)) >>> 0);
    return taken;
  }

  /** What has ended since the last time. */
  reap(onCompletion: OnCompletion): void {
    this.#reapLaidOut(onCompletion);
    // As much as was read fits in: what is held back is bounded by what was handed over.
    while (this.#ring.isOverflowing()) {
      this.#ring.flush();
      this.#reapLaidOut(onCompletion);
    }
  }

  close(): void {
    this.#ring.close();
  }

  #reapLaidOut(onCompletion: OnCompletion): void {
    const { completionHead, completionTail, completionMask, completions } = this.#ring;
    let head = completionHead[0] ?? 0;
    for (const tail = Atomics.load(completionTail, 0); head !== tail; head = (head + 1) >>> 0) {
      const at = (head & completionMask) * COMPLETION_BYTES;
      const user = completions.getUint32(at, true);
      onCompletion(user >>> 2, completions.getInt32(at + 8, true), PARTS[user & 3] ?? "order", completions.getUint32(at + 4, true));
    }
    Atomics.store(completionHead, 0, head);
  }

  #add(entry: {
    readonly operation: number;
    readonly flags: number;
    readonly file: number;
    readonly address: number;
    /** One timeout, one message or one byte, if it does not say. */
    readonly length?: number;
    readonly operationFlags: number;
    readonly user: number;
    readonly bytes?: number;
  }): void {
    const { submissionTail, submissionMask, submissionIndex, submissions } = this.#ring;
    const tail = submissionTail[0] ?? 0;
    const index = tail & submissionMask;
    const at = index * ENTRY_BYTES;
    for (let offset = 0; offset < ENTRY_BYTES; offset += 8) submissions.setBigUint64(at + offset, 0n, true);
    submissions.setUint8(at, entry.operation);
    submissions.setUint8(at + 1, entry.flags);
    submissions.setInt32(at + 4, entry.file, true);
    submissions.setBigUint64(at + 16, BigInt(entry.address), true);
    submissions.setUint32(at + 24, entry.length ?? 1, true);
    submissions.setUint32(at + 28, entry.operationFlags, true);
    submissions.setUint32(at + 32, entry.user, true);
    submissions.setUint32(at + 36, entry.bytes ?? 0, true);
    submissionIndex[index] = index;
    Atomics.store(submissionTail, 0, (tail + 1) >>> 0);
    this.#queued++;
  }
}

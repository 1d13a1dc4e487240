/** A socket of the system's own: what is due at one moment leaves with one call, and what the kernel said is known when it returns (docs/decisions/cost.md). */

import { constants } from "node:os";
import { monotonicMs } from "../clock.ts";
import { MessageBatch, MOMENT } from "./message-batch.ts";
import { amountOf, MOST_QUEUED_BYTES } from "./packet-socket.ts";
import type { Amount, Packet, PacketSocket, PacketSocketOptions, TimedPackets } from "./packet-socket.ts";
import type { Lane, OnLanded, ScheduledPackets } from "./scheduled-packets.ts";
import type { ShownPicture } from "./sender-types.ts";
import { addressBytes, loadSystemCalls, SystemCallError } from "./system-calls.ts";
import type { SystemCalls } from "./system-calls.ts";
import { StampReader } from "./transmit-stamps.ts";

const { EAGAIN, ENOBUFS, EINTR, EPERM } = constants.errno;
const isFull = (errno: number): boolean => errno === EAGAIN || errno === ENOBUFS;

/** A line that has once been full is full again soon: for this long its packets are handed over when their time has come, and what does not fit is held back. */
const FULL_LINE_MS = 10_000;

/** Throws where the system's calls cannot be reached from here. `schedule`: null where the kernel cannot be told ahead. `calls`: of a test. */
export function createSystemSockets(
  calls: SystemCalls = loadSystemCalls(),
  schedule: ScheduledPackets | null = null,
): (options: PacketSocketOptions) => PacketSocket {
  const shared: Shared = { calls, schedule, batch: new MessageBatch(MOMENT), stamps: new StampReader(calls) };
  return (options) => {
    const socket = calls.openUdpSocket();
    try {
      calls.bindToAnyPort(socket);
      calls.setMulticast(socket, options);
      return new SystemSocket(shared, socket, schedule === null ? null : openLane(calls, socket), options);
    } catch (error) {
      calls.close(socket);
      throw error;
    }
  };
}

function openLane(calls: SystemCalls, socket: number): Lane {
  calls.enableStamps(socket);
  const pair = calls.openPair();
  calls.sendByte(pair.hand);
  return { ...pair, socket };
}

/** What all sockets of a thread use. */
type Shared = {
  readonly calls: SystemCalls;
  readonly schedule: ScheduledPackets | null;
  readonly batch: MessageBatch;
  readonly stamps: StampReader;
};

class SystemSocket implements PacketSocket {
  readonly #shared: Shared;
  readonly #socket: number;
  /** Null where the kernel cannot be told ahead. */
  readonly #lane: Lane | null;
  readonly #group: Uint8Array;
  readonly #options: PacketSocketOptions;
  #isProven = false;
  #isClosed = false;
  /** What the kernel had no room for: it goes first next time. */
  #held: readonly Packet[] = [];
  /** Calls of `schedule` whose packets have not all left. */
  #underWay = 0;
  #isFullUntilMs = Number.NEGATIVE_INFINITY;
  /** Pictures whose first packets were scheduled, by the number that the kernel gives these packets. */
  readonly #shown = new Map<number, ShownPicture>();
  #stampsAsked = 0;
  /** Packets that were refused may have had a number, too. */
  #areStampsOff = false;

  constructor(shared: Shared, socket: number, lane: Lane | null, options: PacketSocketOptions) {
    this.#shared = shared;
    this.#socket = socket;
    this.#lane = lane;
    this.#group = addressBytes(options.group);
    this.#options = options;
  }

  send(packets: readonly Packet[]): boolean {
    const [first] = packets;
    const all = this.#held.length === 0 ? packets : [...this.#held, ...packets];
    if (all.length === 0) return true;
    this.#held = [];
    const refused: Packet[] = [];
    let done = 0;
    let errno: number | null = null;
    while (done < all.length && errno === null) {
      const count = this.#sendSome(all, done);
      if (count > 0) done += count;
      // A firewall has refused this one, and says nothing of the next.
      else if (count === -EPERM) refused.push(...all.slice(done, ++done));
      else errno = -count;
    }
    if (errno === null && refused.length < all.length) this.#prove();
    if (refused.length > 0) this.#refuse(amountOf(refused), "sendmmsg", EPERM);
    if (errno !== null) this.#stop(all.slice(done), errno);
    const isHandled = errno === null || isFull(errno) || done > all.length - packets.length;
    return first === undefined || (isHandled && !refused.includes(first));
  }

  get maySchedule(): boolean {
    return this.#shared.schedule !== null && this.#held.length === 0 && monotonicMs() >= this.#isFullUntilMs;
  }

  schedule(moments: readonly TimedPackets[], isWatched: boolean): void {
    if (this.#areStampsOff) this.#restartStamps();
    const pictures = moments.flatMap(({ shown }) => (shown === null ? [] : [shown]));
    const nextStamp = this.#stampsAsked + pictures.length;
    const count = moments.reduce((sum, { packets }) => sum + packets.length, 0);
    if (!this.#handOver(moments, (refused) => this.#land(count, refused, nextStamp)))
      return this.#noteFull(amountOf(moments.flatMap(({ packets }) => packets)));
    this.#underWay++;
    if (isWatched) for (const [index, picture] of pictures.entries()) this.#shown.set(this.#stampsAsked + index, picture);
    this.#stampsAsked = nextStamp;
  }

  #handOver(moments: readonly TimedPackets[], onLanded: OnLanded): boolean {
    const { schedule, calls } = this.#shared;
    if (schedule === null || this.#lane === null) return false;
    const taken = schedule.add(this.#lane, moments, this.#group, onLanded);
    if (taken === "some") calls.sendByte(this.#lane.hand);
    return taken === "all";
  }

  get isUnderWay(): boolean {
    return this.#underWay > 0;
  }

  /** What is under way still leaves. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#underWay === 0) this.#release();
    if (this.#held.length > 0) this.#options.onOutcome({ kind: "dropped", ...amountOf(this.#held) });
  }

  #release(): void {
    const { calls } = this.#shared;
    calls.close(this.#socket);
    if (this.#lane === null) return;
    calls.close(this.#lane.take);
    calls.close(this.#lane.hand);
  }

  /** `count`: packets in all. Of pictures before the one with the number `nextStamp` nothing more will be told. */
  #land(count: number, refused: ReadonlyMap<number, Amount>, nextStamp: number): void {
    this.#underWay--;
    if (this.#isClosed) {
      if (this.#underWay === 0) this.#release();
    } else {
      this.#readStamps();
      for (const [number] of this.#shown) if (number < nextStamp) this.#shown.delete(number);
      if ([...refused.values()].reduce((sum, { packets }) => sum + packets, 0) < count) this.#prove();
    }
    for (const [errno, amount] of refused) this.#hearRefused(errno, amount);
  }

  #hearRefused(errno: number, amount: Amount): void {
    if (!isFull(errno)) return this.#refuse(amount, "sendmsg", errno);
    this.#noteFull(amount);
  }

  #refuse(amount: Amount, call: string, errno: number): void {
    this.#isProven = false;
    this.#options.onOutcome({ kind: "refused", ...amount, error: new SystemCallError(call, errno) });
  }

  #noteFull(amount: Amount): void {
    this.#isFullUntilMs = monotonicMs() + FULL_LINE_MS;
    this.#areStampsOff = true;
    this.#options.onOutcome({ kind: "dropped", ...amount });
  }

  #restartStamps(): void {
    this.#shared.calls.enableStamps(this.#socket);
    this.#shown.clear();
    this.#stampsAsked = 0;
    this.#areStampsOff = false;
  }

  #readStamps(): void {
    for (const { number, atMs } of this.#shared.stamps.read(this.#socket)) {
      const picture = this.#shown.get(number);
      if (picture !== undefined) this.#options.onShown?.(picture, atMs);
    }
  }

  #prove(): void {
    if (this.#isProven) return;
    this.#isProven = true;
    this.#options.onOutcome({ kind: "sent" });
  }

  #sendSome(packets: readonly Packet[], from: number): number {
    const { messages } = this.#shared.batch;
    const count = this.#shared.batch.fill(packets, from, this.#group);
    let sent = this.#shared.calls.sendMessages(this.#socket, messages, count);
    while (sent === -EINTR) sent = this.#shared.calls.sendMessages(this.#socket, messages, count);
    return sent;
  }

  #stop(unsent: readonly Packet[], errno: number): void {
    if (isFull(errno)) return this.#hold(unsent);
    this.#refuse(amountOf(unsent), "sendmmsg", errno);
  }

  /** Of what waits, the oldest stays: the pictures that it belongs to are begun. */
  #hold(unsent: readonly Packet[]): void {
    let bytes = 0;
    const room = unsent.findIndex((packet) => (bytes += packet.bytes.length) > MOST_QUEUED_BYTES);
    this.#held = room < 0 ? unsent : unsent.slice(0, room);
    if (room >= 0) this.#options.onOutcome({ kind: "dropped", ...amountOf(unsent.slice(room)) });
  }
}

/**
 * Packets that the kernel sends by itself when their time has come, so that nobody has to wake up for them and nothing that this thread does makes them late
 * (docs/decisions/kernel-pacing.md). In: moments with their packets, for a socket. Out: what became of them, when asked.
 */

import { MessageBatch } from "./message-batch.ts";
import { NO_PACKETS, sumOf } from "./packet-socket.ts";
import type { Amount, TimedPackets } from "./packet-socket.ts";
import { CHAIN_BITS } from "./submission-ring.ts";
import type { SubmissionRing } from "./submission-ring.ts";
import { addressOf } from "./system-calls.ts";
import type { SocketPair } from "./system-calls.ts";
import { stampRequest } from "./transmit-stamps.ts";

/** More than is ever decided at once (departures.ts). */
const FLIGHT = { messages: 256, bytes: 256 * 1024 } as const;
const MOST_MOMENTS = 256;
/** What keeps the order: a byte to wait for and to take, and one to send. */
const LANE_ENTRIES = 3;
/** `struct __kernel_timespec`: seconds, nanoseconds. */
const TIME_BYTES = 16;
const CHAINS = 2 ** CHAIN_BITS;

/** By which what is handed over leaves in that order, whatever was late: each call's packets wait for the byte that those of the call before send when they have left. */
export type Lane = SocketPair & { readonly socket: number };

/** What became of one call's packets: what was refused, by the error's number. */
export type OnLanded = (refused: ReadonlyMap<number, Amount>) => void;

/** Memory that the kernel reads while its packets are under way. */
type Flight = {
  readonly batch: MessageBatch;
  readonly times: BigInt64Array;
  readonly timesAddress: number;
  /** Messages that ask for their time. */
  stamped: readonly number[];
};

type UnderWay = { readonly flight: Flight; readonly refused: Map<number, Amount>; readonly onLanded: OnLanded };

export class ScheduledPackets {
  readonly #ring: SubmissionRing;
  readonly #underWay = new Map<number, UnderWay>();
  readonly #spare: Flight[] = [];
  /** Of these the kernel took a part, and will not tell when it is done with them. */
  readonly #torn: Flight[] = [];
  readonly #request = stampRequest();
  readonly #requestAddress = addressOf(this.#request);
  readonly #byte = new Uint8Array(1);
  readonly #byteAddress = addressOf(this.#byte);
  #nextChain = 0;

  constructor(ring: SubmissionRing) {
    this.#ring = ring;
  }

  /**
   * The packets of each moment, in order of time, leave by the lane's socket for `group` (4 bytes). The first packet of those moments that show a picture asks for its time.
   * "none", "some": the kernel did not take them all. Of some it will never tell, and they send no byte.
   */
  add(lane: Lane, moments: readonly TimedPackets[], group: Uint8Array, onLanded: OnLanded): "all" | "some" | "none" {
    const packets = moments.flatMap((moment) => moment.packets);
    const entries = moments.length + packets.length + LANE_ENTRIES;
    if (moments.length > MOST_MOMENTS || entries > this.#ring.room) return "none";
    const flight = this.#spare.pop() ?? newFlight();
    if (flight.batch.fill(packets, 0, group) === packets.length) {
      const chain = this.#nextChain;
      this.#nextChain = (chain + 1) % CHAINS;
      this.#queue(chain, flight, lane, moments);
      const taken = this.#ring.submit();
      if (taken === entries) {
        this.#underWay.set(chain, { flight, refused: new Map(), onLanded });
        return "all";
      }
      if (taken > 0) {
        this.#torn.push(flight);
        return "some";
      }
    }
    this.#spare.push(flight);
    return "none";
  }

  /** Tells of everything that has landed by now. */
  collect(): void {
    this.#ring.reap((chain, result, part, bytes) => {
      const underWay = this.#underWay.get(chain);
      if (underWay === undefined) return;
      if (result < 0 && part === "packet")
        underWay.refused.set(-result, sumOf(underWay.refused.get(-result) ?? NO_PACKETS, { packets: 1, bytes }));
      if (part !== "end") return;
      this.#underWay.delete(chain);
      this.#spare.push(underWay.flight);
      underWay.onLanded(underWay.refused);
    });
  }

  close(): void {
    this.#ring.close();
  }

  /** As a chain: wait for the chain before, wait, send, send, wait, send …, let the chain behind go on. */
  #queue(chain: number, flight: Flight, { socket, take, hand }: Lane, moments: readonly TimedPackets[]): void {
    for (const index of flight.stamped) flight.batch.control(index, 0, 0);
    const stamped: number[] = [];
    let index = 0;
    this.#ring.waitForByte(take, this.#byteAddress, chain);
    for (const [at, { atMs, packets: own, shown }] of moments.entries()) {
      const seconds = Math.floor(atMs / 1000);
      flight.times[2 * at] = BigInt(seconds);
      flight.times[2 * at + 1] = BigInt(Math.round((atMs - seconds * 1000) * 1e6));
      this.#ring.waitUntil(flight.timesAddress + at * TIME_BYTES, chain);
      if (shown !== null) {
        flight.batch.control(index, this.#requestAddress, this.#request.length);
        stamped.push(index);
      }
      for (const { bytes } of own) this.#ring.send(socket, flight.batch.addressAt(index++), bytes.length, chain);
    }
    this.#ring.sendByteAndEnd(hand, this.#byteAddress, chain);
    flight.stamped = stamped;
  }
}

function newFlight(): Flight {
  const times = new BigInt64Array(2 * MOST_MOMENTS);
  return { batch: new MessageBatch(FLIGHT), times, timesAddress: addressOf(new Uint8Array(times.buffer)), stamped: [] };
}

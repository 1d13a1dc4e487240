/**
 * One socket on one interface. In: packets. Out: datagrams to a group. An interface that is missing, or refuses packets, is
 * tried again until it takes them: sending resumes by itself.
 */

import { DgramAsPromised } from "dgram-as-promised";
import type { Socket } from "dgram-as-promised";
import { monotonicMs } from "../clock.ts";
import { resolveInterface } from "./interfaces.ts";
import type { InterfaceSnapshot } from "./interfaces.ts";
import type { InterfaceState, Route } from "./sender-messages.ts";

/** Between two tries to open a socket on an interface that is away. */
const RETRY_INTERVAL_MS = 500;
/** An address can move (DHCP) without any send failing. */
const RECHECK_INTERVAL_MS = 10_000;
/** Bytes that libuv may hold for a socket that the kernel does not take from: a second of a usual channel. It has no bound of its own. */
const MOST_QUEUED_BYTES = 512 * 1024;

/** The outcome of this many packets in a row is not asked for: each costs a callback, and what refuses one refuses the next. */
const MOST_UNASKED = 7;

export class MulticastSocket {
  readonly #wanted: string;
  readonly #route: Route;
  readonly #onChange: () => void;
  #socket: Socket | null = null;
  #address: string | null = null;
  #problem: string | null = null;
  #isOpening = false;
  #isClosed = false;
  #isUnproven = true;
  #recheckAtMs = 0;
  #sendErrors = 0;
  /** Packets since one whose outcome was asked for. */
  #unasked = 0;

  /** `onChange`: the state has become another. */
  constructor(wanted: string, route: Route, onChange: () => void) {
    this.#wanted = wanted;
    this.#route = route;
    this.#onChange = onChange;
  }

  get state(): InterfaceState {
    return { wanted: this.#wanted, address: this.#address, problem: this.#problem };
  }

  get sendErrors(): number {
    return this.#sendErrors;
  }

  /** Whether it is time to look after it. */
  needsCare(nowMs: number): boolean {
    return nowMs >= this.#recheckAtMs && !this.#isOpening && !this.#isClosed;
  }

  /** Opens, or opens again where that is needed. Returns when the try is over. */
  async maintain(nowMs: number, interfaces: InterfaceSnapshot): Promise<void> {
    const found = resolveInterface(this.#wanted, this.#route.group, interfaces);
    this.#recheckAtMs = nowMs + RECHECK_INTERVAL_MS;
    if (!found.ok) return this.#fail(found.problem, nowMs);
    if (this.#socket !== null && this.#problem === null && found.address === this.#address) return;
    this.#isOpening = true;
    try {
      await this.#open(found.address);
    } catch (error) {
      this.#fail(`${found.name} (${found.address}): ${describe(error)}`, nowMs);
    }
    this.#isOpening = false;
  }

  /** Hands the packet to the kernel, or drops it where the interface is away or the queue is full. */
  send(packet: Uint8Array, port: number): void {
    const socket = this.#socket;
    if (socket === null) return;
    if (socket.getSendQueueSize() > MOST_QUEUED_BYTES) {
      this.#sendErrors++;
      return;
    }
    if (!this.#isUnproven && this.#unasked < MOST_UNASKED) {
      this.#unasked++;
      socket.send(packet, port, this.#route.group);
      return;
    }
    this.#unasked = 0;
    socket.send(packet, port, this.#route.group, (error) => {
      if (socket !== this.#socket) return;
      if (error !== null) this.#refused(error, monotonicMs());
      else if (this.#isUnproven) this.#prove();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const socket = this.#socket;
    this.#socket = null;
    if (socket !== null) await new Promise<void>((resolve) => socket.close(() => resolve()));
  }

  async #open(address: string): Promise<void> {
    this.#discard();
    // A group is a number already: a look-up of it would only cost a turn of the loop for every packet.
    const promised = DgramAsPromised.createSocket({ type: "udp4", lookup: (name, _options, done) => done(null, name, 4) });
    promised.socket.on("error", (error) => this.#refused(error, monotonicMs()));
    await promised.bind({ port: 0, address: "0.0.0.0" });
    promised.setMulticastInterface(address);
    promised.setMulticastTTL(this.#route.ttl);
    promised.setMulticastLoopback(this.#route.loopback);
    this.#socket = promised.socket;
    this.#isUnproven = true;
    if (this.#address !== address) {
      this.#address = address;
      this.#onChange();
    }
  }

  #prove(): void {
    this.#isUnproven = false;
    if (this.#problem === null) return;
    this.#problem = null;
    this.#recheckAtMs = monotonicMs() + RECHECK_INTERVAL_MS;
    this.#onChange();
  }

  #refused(error: Error, nowMs: number): void {
    this.#sendErrors++;
    this.#fail(`${this.#wanted} (${this.#address ?? "no address"}): ${describe(error)}`, nowMs);
  }

  #fail(problem: string, nowMs: number): void {
    this.#discard();
    this.#recheckAtMs = nowMs + RETRY_INTERVAL_MS;
    const isNew = this.#problem === null;
    this.#problem = problem;
    if (isNew) this.#onChange();
  }

  #discard(): void {
    this.#socket?.close();
    this.#socket = null;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENETUNREACH: "the network is unreachable from it (is it up, has it a route for the group?)",
  ENETDOWN: "it is down",
  ENODEV: "it is gone",
  EADDRNOTAVAIL: "its address is gone",
  EPERM: "a firewall rule on this host refuses the packets",
};

function describe(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return REASONS[code] ?? (error instanceof Error ? error.message : String(error));
}

/**
 * One socket on one interface. In: packets. Out: datagrams to a group. An interface that is missing, or refuses packets, is
 * tried again until it takes them: sending resumes by itself.
 */

import { explain, systemCode } from "../../control/system-error.ts";
import { monotonicMs } from "../clock.ts";
import { AUTO, resolveInterface } from "./interfaces.ts";
import type { InterfaceSnapshot, ResolvedInterface } from "./interfaces.ts";
import { amountOf, NO_PACKETS, sumOf } from "./packet-socket.ts";
import type { Amount, OpenPacketSocket, Packet, PacketSocket, OnShown, SendOutcome, TimedPackets } from "./packet-socket.ts";
import { Refusals } from "./refusals.ts";
import type { InterfaceState, Route } from "./sender-messages.ts";

/** Between two tries to open a socket on an interface that is away. */
const RETRY_INTERVAL_MS = 500;
/** An address can move (DHCP) without any send failing. */
const RECHECK_INTERVAL_MS = 10_000;
/** A firewall's rule may meet a report, of which there is one a second. */
const FIREWALL_HOLDS_MS = 3000;
/** Ten seconds after a line was full it is tried in earnest again (system-socket.ts). */
const FULL_HOLDS_MS = 15_000;

export class MulticastSocket {
  readonly #wanted: string;
  readonly #route: Route;
  readonly #openSocket: OpenPacketSocket;
  readonly #onChange: () => void;
  readonly #onShown: OnShown;
  #socket: PacketSocket | null = null;
  #address: string | null = null;
  #problem: string | null = null;
  /** The problem is that it could not be opened: having opened it solves that. That packets were refused, only packets solve. */
  #isMissing = false;
  #refusals = new Refusals();
  #isOpening = false;
  #isClosed = false;
  #recheckAtMs = 0;
  #sendErrors = 0;
  #unsent = NO_PACKETS;

  /** `onChange`: the state has become another. `onShown`: as in packet-socket.ts, for who schedules. */
  constructor(wanted: string, route: Route, openSocket: OpenPacketSocket, onChange: () => void, onShown: OnShown = () => {}) {
    this.#wanted = wanted;
    this.#route = route;
    this.#openSocket = openSocket;
    this.#onChange = onChange;
    this.#onShown = onShown;
  }

  get state(): InterfaceState {
    const isCutOff = this.#problem !== null && this.#refusals.refused !== "some";
    return { wanted: this.#wanted, address: this.#address, problem: this.#problem, isCutOff };
  }

  get sendErrors(): number {
    return this.#sendErrors;
  }

  /** What the kernel did not take, and what there was no socket for. */
  get unsent(): Amount {
    return this.#unsent;
  }

  /** Whether it is time to look after it. */
  needsCare(nowMs: number): boolean {
    return nowMs >= this.#recheckAtMs && !this.#isOpening && !this.#isClosed;
  }

  /** Opens, or opens again where that is needed. Returns when the try is over. */
  async maintain(nowMs: number, interfaces: InterfaceSnapshot): Promise<void> {
    const found = this.#find(interfaces);
    this.#recheckAtMs = nowMs + RECHECK_INTERVAL_MS;
    if (!found.ok) return this.#miss(found.problem, nowMs);
    if (this.#socket !== null && found.address === this.#address) {
      if (this.#refusals.refused !== "none") return this.#lookAtRefusals(nowMs);
      if (this.#problem === null) return;
    }
    this.#isOpening = true;
    try {
      await this.#open(found.address);
    } catch (error) {
      this.#miss(`${found.name} (${found.address}): ${explain(error, REASONS)}`, nowMs);
    }
    this.#isOpening = false;
  }

  /** Hands the packets to the kernel, or drops them where the interface is away. False where the first of them was not taken. */
  send(packets: readonly Packet[]): boolean {
    if (this.#socket !== null) return this.#socket.send(packets);
    this.#unsent = sumOf(this.#unsent, amountOf(packets));
    return false;
  }

  get isOpen(): boolean {
    return this.#socket !== null;
  }

  /** Whether `schedule` may be called now: an interface that is away drops what is scheduled, too. */
  get maySchedule(): boolean {
    return this.#socket?.maySchedule ?? true;
  }

  /** The same ahead of time (packet-socket.ts). */
  schedule(moments: readonly TimedPackets[], isWatched: boolean): void {
    if (this.#socket === null) this.#unsent = sumOf(this.#unsent, amountOf(moments.flatMap(({ packets }) => packets)));
    else this.#socket.schedule(moments, isWatched);
  }

  /** Something that was scheduled has not left yet. */
  get isUnderWay(): boolean {
    return this.#socket?.isUnderWay ?? false;
  }

  close(): void {
    this.#isClosed = true;
    this.#discard();
  }

  /** A route that is away for a while, as when an address is leased anew, is no reason to leave an interface that takes packets. */
  #find(interfaces: InterfaceSnapshot): ResolvedInterface {
    const found = resolveInterface(this.#wanted, this.#route.group, interfaces);
    if (found.ok || this.#wanted !== AUTO || this.#socket === null) return found;
    const present = interfaces.present.find(({ address }) => address === this.#address);
    return present === undefined ? found : { ok: true, ...present };
  }

  async #open(address: string): Promise<void> {
    this.#discard();
    const { group, ttl, loopback } = this.#route;
    const socket = await this.#openSocket({
      group,
      ttl,
      loopback,
      address,
      onOutcome: (outcome) => {
        this.#count(outcome);
        if (socket === this.#socket) this.#hear(outcome);
      },
      onShown: this.#onShown,
    });
    if (this.#isClosed) return socket.close();
    this.#socket = socket;
    const isNews = this.#address !== address || this.#isMissing;
    this.#address = address;
    if (this.#isMissing) this.#problem = null;
    this.#isMissing = false;
    if (isNews) this.#onChange();
  }

  #count(outcome: SendOutcome): void {
    if (outcome.kind === "sent") return;
    this.#sendErrors += outcome.packets;
    this.#unsent = sumOf(this.#unsent, outcome);
  }

  #hear(outcome: SendOutcome): void {
    if (outcome.kind === "sent") return this.#prove();
    if (outcome.kind === "dropped") {
      // What is queued leaves.
      this.#refusals.noteTaken();
      return this.#noteRefusal(FULL, FULL_HOLDS_MS, monotonicMs());
    }
    const reason = explain(outcome.error, REASONS);
    if (systemCode(outcome.error) === FIREWALL) this.#noteRefusal(reason, FIREWALL_HOLDS_MS, monotonicMs());
    else this.#fail(this.#problemOf(reason), monotonicMs());
  }

  #problemOf(reason: string): string {
    return `${this.#wanted} (${this.#address ?? "no address"}): ${reason}`;
  }

  /** The socket is as good as before, and may not be missing for the packets that are taken. */
  #noteRefusal(reason: string, holdsMs: number, nowMs: number): void {
    const isFirst = this.#refusals.refused === "none";
    this.#refusals.note(nowMs, holdsMs);
    if (!isFirst) return;
    this.#recheckAtMs = nowMs + RETRY_INTERVAL_MS;
    this.#problem = this.#problemOf(reason);
    this.#onChange();
  }

  #lookAtRefusals(nowMs: number): void {
    const before = this.#refusals.refused;
    this.#refusals.look(nowMs);
    if (this.#refusals.refused === "none") return this.#prove();
    this.#recheckAtMs = nowMs + RETRY_INTERVAL_MS;
    if (this.#refusals.refused !== before) this.#onChange();
  }

  #prove(): void {
    const before = this.#refusals.refused;
    this.#refusals.noteTaken();
    if (before !== "none") {
      if (before === "all") this.#onChange();
      return;
    }
    if (this.#problem === null) return;
    this.#problem = null;
    this.#recheckAtMs = monotonicMs() + RECHECK_INTERVAL_MS;
    this.#onChange();
  }

  #miss(problem: string, nowMs: number): void {
    this.#isMissing = true;
    this.#fail(problem, nowMs);
  }

  #fail(problem: string, nowMs: number): void {
    this.#discard();
    this.#recheckAtMs = nowMs + RETRY_INTERVAL_MS;
    const isNew = this.#problem !== problem;
    this.#problem = problem;
    if (isNew) this.#onChange();
  }

  #discard(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#refusals = new Refusals();
  }
}

const FIREWALL = "EPERM";

const FULL = "the line takes less than is sent, and packets are dropped; streamctl pacing set --fps, or set quality, makes it less";

const REASONS: Readonly<Record<string, string>> = {
  ENETUNREACH: "the network is unreachable from it (is it up, has it a route for the group?)",
  ENETDOWN: "it is down",
  ENODEV: "it is gone",
  EADDRNOTAVAIL: "its address is gone",
  [FIREWALL]: "a firewall rule on this host refuses packets (streamctl doctor, as root, names it)",
};

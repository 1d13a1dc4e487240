/**
 * What leaves when, decided ahead of time. In: a sender, and the time. Out: what leaves now, and when to look again.
 *
 * A wake-up costs as much as what has to be read into the caches for it. So the sender is asked for an eighth of a second at once, as far as it knows what comes, and at each wake-up nothing is
 * left to do but send. Where nothing can be foreseen (something live, a place that begins) it is asked when the time has come. Pure.
 */

import { LEAST_DISTANCE_MS } from "../packetize/picture-stream.ts";
import type { SrtpSender } from "../../wire/srtp/index.ts";
import type { Packet, TimedPackets } from "./packet-socket.ts";
import type { Sender } from "./sender.ts";
import type { Destination, SenderEvent, ShownPicture } from "./sender-types.ts";

/** What has been decided is not taken back, so an order waits for up to this long: nobody notices an eighth of a second. */
const AHEAD_MS = 125;
/** What leaves by itself is decided this long before: the thread may be late by so much. */
const IN_HAND_MS = 25;
/** Bounds of what is decided at once; the last moment may go beyond them. */
const MOST_PACKETS = 128;
const MOST_BYTES = 128 * 1024;
/** What is due within this leaves with a wake-up that happens anyway: that of another channel. */
export const NEARLY_MS = 0.5;

/** What leaves at one moment. */
export type Departure = TimedPackets & { readonly events: readonly SenderEvent[]; readonly hasPicture: boolean };

export class Departures {
  readonly #sender: Sender;
  readonly #ports: Readonly<Record<Destination, number>>;
  readonly #srtp: SrtpSender | null;
  #planned: Departure[] = [];
  #next = 0;
  /** The sender has been asked up to here. */
  #askedMs = Number.NEGATIVE_INFINITY;
  /** When the sender is to be asked again. */
  #askAtMs = Number.NEGATIVE_INFINITY;
  #pictureMayLeaveMs = Number.NEGATIVE_INFINITY;

  /** `srtp`: null where packets leave as the sender makes them. */
  constructor(sender: Sender, ports: Readonly<Record<Destination, number>>, srtp: SrtpSender | null = null) {
    this.#sender = sender;
    this.#ports = ports;
    this.#srtp = srtp;
  }

  /** An order that comes now takes effect then: after what has been decided. The sender has to be asked again, whatever it said before. */
  orderMs(nowMs: number): number {
    this.#askAtMs = Number.NEGATIVE_INFINITY;
    return Math.max(nowMs, this.#askedMs);
  }

  /** Enough has been decided: what comes now for later need not be looked at yet. */
  isInHand(nowMs: number): boolean {
    return this.#askedMs - nowMs > IN_HAND_MS;
  }

  /** Everything that was decided has left. */
  get isEmpty(): boolean {
    return this.#next === this.#planned.length;
  }

  /** What leaves now; null when that is all. */
  take(nowMs: number): Departure | null {
    const planned = this.#planned[this.#next];
    // What has been handed over may not be overtaken.
    if (planned === undefined) return nowMs < Math.max(this.#askAtMs - NEARLY_MS, this.#askedMs) ? null : this.#ask(nowMs);
    if (nowMs < this.#leavesMs(planned) - (planned.hasPicture ? 0 : NEARLY_MS)) return null;
    this.#next++;
    if (planned.hasPicture) this.#pictureMayLeaveMs = nowMs + LEAST_DISTANCE_MS;
    return planned;
  }

  /** Call when what `take` gave has left: decides further where that is used up. Returns when to call `take` again. */
  plan(nowMs: number): number {
    if (this.isEmpty) this.#foresee(nowMs);
    const planned = this.#planned[this.#next];
    return planned === undefined ? this.#askAtMs : this.#leavesMs(planned);
  }

  /** All that has been decided and not taken: it leaves by itself. Returns when to call `plan` again, so that there is always something decided. */
  handOver(): { readonly departures: readonly Departure[]; readonly planMs: number } {
    const departures = this.#planned.slice(this.#next);
    [this.#planned, this.#next] = [[], 0];
    return { departures, planMs: this.#askAtMs - IN_HAND_MS };
  }

  #leavesMs({ atMs, hasPicture }: Departure): number {
    return hasPicture ? Math.max(atMs, this.#pictureMayLeaveMs) : atMs;
  }

  #foresee(nowMs: number): void {
    [this.#planned, this.#next] = [[], 0];
    let atMs = Math.max(nowMs, this.#askedMs);
    this.#askAtMs = this.#sender.prepare(atMs);
    const untilMs = Math.min(nowMs + AHEAD_MS, this.#sender.foreseenMs(atMs));
    let [packets, bytes] = [0, 0];
    while (this.#askAtMs <= untilMs && packets < MOST_PACKETS && bytes < MOST_BYTES) {
      const departure = this.#ask(Math.max(this.#askAtMs, atMs));
      if (departure !== null) {
        this.#planned.push(departure);
        packets += departure.packets.length;
        for (const packet of departure.packets) bytes += packet.bytes.length;
      }
      atMs = this.#askedMs;
      this.#askAtMs = this.#sender.prepare(atMs);
    }
  }

  #protect(packet: Uint8Array, to: Destination): Uint8Array {
    if (this.#srtp === null) return packet;
    return to === "video" || to === "audio" ? this.#srtp.protect(packet) : this.#srtp.protectRtcp(packet);
  }

  #ask(atMs: number): Departure | null {
    this.#askedMs = atMs;
    const packets: Packet[] = [];
    const events: SenderEvent[] = [];
    let shown: ShownPicture | null = null;
    let hasPicture = false;
    let output = this.#sender.poll(atMs);
    for (; output.kind !== "wait"; output = this.#sender.poll(atMs)) {
      if (output.kind === "event") events.push(output.event);
      else if (output.kind === "shown") shown = output.picture;
      else {
        packets.push({ bytes: this.#protect(output.packet, output.to), port: this.#ports[output.to] });
        if (output.to === "video") hasPicture = true;
      }
    }
    this.#askAtMs = output.untilMs;
    if (packets.length === 0 && events.length === 0) return null;
    return { atMs, packets, events, shown, hasPicture };
  }
}

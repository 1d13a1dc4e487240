/**
 * A sender, a seeded network and receivers with clocks of their own, in virtual time. True time is the sender's `nowMs`; a receiver's own clock is
 * wrong by an offset and runs at a rate of its own.
 */

import { Receiver } from "../../receiver/receiver.ts";
import type { MissingOfSource, ReceiverConfig, ReceiverOutput, StreamOf } from "../../receiver/receiver.ts";
import type { ReceivedPicture, ReceivedSound } from "../../receiver/media.ts";
import type { Sender } from "../../daemon/send/sender.ts";
import { parseRtp } from "../../wire/rtp.ts";
import { INIT, run } from "./sender-run.ts";
import { pingIntervalMs } from "../../receiver/playout/ping-schedule.ts";
import type { FilmFeed } from "./sender-run.ts";

/** Numbers from 0 to 1, the same for the same seed (Lehmer). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

export type Link = {
  /** Parts of one. */
  readonly loss?: number;
  /** Packets that are lost in a row, each time. */
  readonly burst?: number;
  readonly duplicate?: number;
  readonly delayMs?: number;
  /** Added to each delay, evenly from 0 on. More than the packets' distance reorders them. */
  readonly jitterMs?: number;
  /** Lost packets can be asked for. Questions and answers are delayed and lost as packets are. */
  readonly isRepaired?: boolean;
  /** What goes through, what is sent again included. What would have to wait longer than 50 ms is dropped. */
  readonly bytesPerS?: number;
};

/** Before a narrow line. */
const MOST_QUEUED_MS = 50;

export type HostClock = { readonly offsetMs: number; readonly ppm: number };

export type Shown = { readonly trueMs: number; readonly shownAtMs: number; readonly picture: ReceivedPicture };
export type Heard = { readonly trueMs: number; readonly heardAtMs: number; readonly sound: ReceivedSound };

/** Packets that can be sent again. */
const MOST_KEPT = 256;

type Arrival = { readonly atMs: number; readonly what: StreamOf; readonly packet: Uint8Array };
type Pong = { readonly atMs: number; readonly sentMs: number; readonly heardMs: number; readonly repliedMs: number };

export class SimulatedHost {
  readonly receiver: Receiver;
  readonly shown: Shown[] = [];
  readonly heard: Heard[] = [];
  /** Packets that the link has dropped, by what they were, with their bytes. */
  readonly dropped: Arrival[] = [];
  /** The last ones that were sent, lost or not. */
  readonly #sent: Arrival[] = [];
  readonly #link: Link;
  readonly #clock: HostClock;
  readonly #random: () => number;
  readonly #pings: boolean;
  #arrivals: Arrival[] = [];
  #pongs: Pong[] = [];
  #nextPingMs: number;
  #pinged = 0;
  #burstLeft = 0;
  #lineIsFreeMs = -Infinity;
  #wakeMs = Infinity;
  /** Off: what was shown, heard and dropped is counted by the receiver alone. */
  keepsEverything = true;
  /** Packets that were asked for, each time counted. */
  asked = 0;

  constructor(config: ReceiverConfig, link: Link, clock: HostClock, options: { seed: number; joinMs: number; pings?: boolean }) {
    this.receiver = new Receiver(config);
    this.receiver.setRepaired(link.isRepaired ?? false);
    this.#link = link;
    this.#clock = clock;
    this.#random = seeded(options.seed);
    this.#pings = options.pings ?? true;
    this.#nextPingMs = options.joinMs;
  }

  local(trueMs: number): number {
    return trueMs * (1 + this.#clock.ppm * 1e-6) + this.#clock.offsetMs;
  }

  true(localMs: number): number {
    return (localMs - this.#clock.offsetMs) / (1 + this.#clock.ppm * 1e-6);
  }

  send(what: StreamOf, packet: Uint8Array, atMs: number): void {
    const { loss = 0, burst = 1, duplicate = 0 } = this.#link;
    this.#sent.push({ atMs, what, packet });
    if (this.#sent.length > MOST_KEPT) this.#sent.shift();
    if (this.#burstLeft === 0 && this.#random() < loss / burst) this.#burstLeft = burst;
    const isLost = this.#burstLeft > 0;
    if (isLost) this.#burstLeft--;
    const throughMs = isLost ? null : this.#goThrough(packet, atMs);
    if (throughMs === null) {
      if (this.keepsEverything) this.dropped.push({ atMs, what, packet });
      return;
    }
    for (let copies = this.#random() < duplicate ? 2 : 1; copies > 0; copies--)
      this.#arrivals.push({ atMs: throughMs + this.#delay(), what, packet });
  }

  /** Everything up to a true time: arrivals, answers to pings, and what is due. */
  runTo(untilMs: number): void {
    this.#arrivals.sort((a, b) => a.atMs - b.atMs);
    for (;;) {
      const [arrival] = this.#arrivals;
      const [pong] = this.#pongs;
      const wakeMs = this.true(this.#wakeMs);
      const atMs = Math.min(arrival?.atMs ?? Infinity, pong?.atMs ?? Infinity, wakeMs, this.#pings ? this.#nextPingMs : Infinity);
      if (atMs > untilMs) return;
      if (arrival?.atMs === atMs) {
        this.#arrivals.shift();
        this.receiver.push(arrival.what, arrival.packet, this.local(atMs));
      } else if (pong?.atMs === atMs) {
        this.#pongs.shift();
        this.receiver.ping(pong.sentMs, pong.heardMs, pong.repliedMs, this.local(atMs));
      } else if (this.#nextPingMs === atMs && this.#pings) this.#ping(atMs);
      this.#poll(Math.max(atMs, Number.isFinite(wakeMs) && wakeMs <= atMs ? wakeMs : atMs));
    }
  }

  #ping(atMs: number): void {
    this.#pinged++;
    this.#nextPingMs = atMs + pingIntervalMs(this.#pinged);
    const heardMs = atMs + this.#delay();
    this.#pongs.push({
      atMs: heardMs + this.#delay(),
      sentMs: this.local(atMs),
      heardMs: heardMs + INIT.utcOffsetMs,
      repliedMs: heardMs + INIT.utcOffsetMs,
    });
    this.#pongs.sort((a, b) => a.atMs - b.atMs);
  }

  /** What the sender does for one who has lost packets. */
  #repair({ ssrc, sequences }: MissingOfSource, atMs: number): void {
    const isLost = (): boolean => this.#random() < (this.#link.loss ?? 0);
    this.asked += sequences.length;
    if (isLost()) return;
    for (const sequence of sequences) {
      const sent = this.#sent.findLast(({ packet }) => isOf(packet, ssrc, sequence));
      const throughMs = sent === undefined || isLost() ? null : this.#goThrough(sent.packet, atMs + this.#delay());
      if (sent !== undefined && throughMs !== null) this.#arrivals.push({ ...sent, what: "answer", atMs: throughMs + this.#delay() });
    }
    this.#arrivals.sort((a, b) => a.atMs - b.atMs);
  }

  /** When it has gone through a narrow line; null: it has not. */
  #goThrough({ length }: Uint8Array, atMs: number): number | null {
    const { bytesPerS } = this.#link;
    if (bytesPerS === undefined) return atMs;
    const beginsMs = Math.max(atMs, this.#lineIsFreeMs);
    if (beginsMs - atMs > MOST_QUEUED_MS) return null;
    this.#lineIsFreeMs = beginsMs + (length * 1000) / bytesPerS;
    return this.#lineIsFreeMs;
  }

  #delay(): number {
    return (this.#link.delayMs ?? 0.2) + this.#random() * (this.#link.jitterMs ?? 0);
  }

  #poll(trueMs: number): void {
    const nowMs = this.local(trueMs);
    for (;;) {
      const output: ReceiverOutput = this.receiver.poll(nowMs);
      if (output.kind === "wait") {
        // A wake-up is never before its time, however the two clocks round.
        this.#wakeMs = Math.max(output.untilMs, nowMs + 1e-3);
        return;
      }
      if (output.kind === "missing") {
        this.#repair(output.missing, trueMs);
        continue;
      }
      if (!this.keepsEverything) continue;
      if (output.kind === "picture")
        this.shown.push({ trueMs: this.true(output.picture.showAtMs), shownAtMs: nowMs, picture: output.picture });
      else this.heard.push({ trueMs: this.true(output.sound.playAtMs), heardAtMs: nowMs, sound: output.sound });
    }
  }
}

function isOf(packet: Uint8Array, ssrc: number, sequence: number): boolean {
  const parsed = parseRtp(packet);
  return parsed.ok && parsed.value.ssrc === ssrc && parsed.value.sequence === sequence;
}

/** Runs the sender and the hosts side by side, in steps that are shorter than any latency. */
export function play(sender: Sender, feed: FilmFeed, hosts: readonly SimulatedHost[], fromMs: number, toMs: number): void {
  const stepMs = 20;
  for (let atMs = fromMs; atMs < toMs; atMs += stepMs) {
    run({
      sender,
      feed,
      fromMs: atMs,
      toMs: atMs + stepMs,
      onSent: ({ to, packet, atMs: sentMs }) => {
        for (const host of hosts) host.send(to, packet, sentMs);
      },
    });
    for (const host of hosts) host.runTo(atMs + stepMs);
  }
}

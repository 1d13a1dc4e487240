/** One channel in the sender thread: its sender, its sockets, and what it owes the main thread. */

import { framePackets } from "../../wire/framed.ts";
import type { InterfaceSnapshot } from "./interfaces.ts";
import { MulticastSocket } from "./multicast-socket.ts";
import type { FromSender, Route } from "./sender-messages.ts";
import type { OpenPacketSocket, Packet } from "./packet-socket.ts";
import { Sender } from "./sender.ts";
import type { Destination, SenderConfig, SenderInit } from "./sender-types.ts";

const PORT_OFFSETS: Readonly<Record<Destination, number>> = { video: 0, videoControl: 1, audio: 2, audioControl: 3 };
/** Back-pressure is told in steps, of pictures and of sound: a message for every picture would be a wake-up of the main thread for every picture. */
const SOUND_STEPS_PER_SECOND = 4;
/** A channel this near to its deadline is asked with the others: what may leave a little early then saves a wake-up. */
const NEARLY_MS = 0.5;

/** What the channels of a thread have in common. */
export type ThreadServices = {
  readonly tell: (message: FromSender) => void;
  /** Reading what interfaces there are takes a while: channels share what was read. */
  readonly interfaces: () => InterfaceSnapshot;
  readonly openSocket: OpenPacketSocket;
  /** The event loop has to turn until `task` is over. */
  readonly awaitTask: (task: Promise<void>) => void;
};

export class ChannelOutput {
  readonly sender: Sender;
  readonly #name: string;
  readonly #route: Route;
  readonly #sockets: readonly MulticastSocket[];
  readonly #thread: ThreadServices;
  /** Due at this moment. */
  #due: Packet[] = [];
  /** Whether what is sent is told as well. */
  #isTapped = false;
  readonly #stepFrames: number;
  readonly #stepSamples: number;
  #toldFrames = 0;
  #toldSamples = 0;
  #isFirstState = true;
  #nextMs = Number.NEGATIVE_INFINITY;
  /** Since the last `prepare`. */
  #hasSent = false;

  constructor(name: string, config: SenderConfig, init: SenderInit, route: Route, thread: ThreadServices) {
    this.#name = name;
    this.#route = route;
    this.#thread = thread;
    this.sender = new Sender(config, init);
    this.#stepFrames = config.consumedStepFrames;
    this.#stepSamples = (config.audio?.sampleRateHz ?? 0) / SOUND_STEPS_PER_SECOND;
    this.#sockets = route.interfaces.map((wanted) => new MulticastSocket(wanted, route, thread.openSocket, () => this.#tellInterfaces()));
  }

  /** The first try on every interface; its outcome is told whatever it is. */
  async open(nowMs: number): Promise<void> {
    await Promise.all(this.#sockets.map((socket) => socket.maintain(nowMs, this.#thread.interfaces())));
    this.#isFirstState = false;
    this.#thread.tell({ kind: "interfaces", channel: this.#name, states: this.#sockets.map(({ state }) => state), isFirst: true });
  }

  /** Something has been done to its sender: it has to be asked again whatever it said before. */
  touch(): void {
    this.#nextMs = Number.NEGATIVE_INFINITY;
  }

  /** From now on what is sent is told as well, or not any more. */
  tap(isOn: boolean): void {
    this.#isTapped = isOn;
  }

  /** Sends everything that is due, or nearly. */
  send(nowMs: number): void {
    for (const socket of this.#sockets)
      if (socket.needsCare(nowMs)) this.#thread.awaitTask(socket.maintain(nowMs, this.#thread.interfaces()));
    if (nowMs < this.#nextMs - NEARLY_MS) return;
    let output = this.sender.poll(nowMs);
    for (; output.kind !== "wait"; output = this.sender.poll(nowMs)) {
      if (output.kind === "transmit") this.#due.push({ bytes: output.packet, port: this.#route.port + PORT_OFFSETS[output.to] });
      else this.#thread.tell({ kind: "event", channel: this.#name, event: output.event });
    }
    this.#sendDue();
    this.#hasSent = true;
  }

  /** Does what can wait until every channel has sent. Returns the time of the next deadline. */
  prepare(nowMs: number): number {
    if (!this.#hasSent) return this.#nextMs;
    this.#hasSent = false;
    this.#nextMs = this.sender.prepare(nowMs);
    this.#tellConsumed();
    return this.#nextMs;
  }

  get sendErrors(): number {
    return this.#sockets.reduce((sum, socket) => sum + socket.sendErrors, 0);
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }

  #sendDue(): void {
    for (const socket of this.#sockets) socket.send(this.#due);
    if (this.#due.length === 0) return;
    if (this.#isTapped)
      this.#thread.tell({ kind: "tapped", channel: this.#name, framed: framePackets(this.#due.map(({ bytes }) => bytes)) });
    this.#due = [];
  }

  #tellConsumed(): void {
    const { frames, samples } = this.sender.consumed();
    if (frames - this.#toldFrames < this.#stepFrames && samples - this.#toldSamples <= this.#stepSamples) return;
    this.#toldFrames = frames;
    this.#toldSamples = samples;
    this.#thread.tell({ kind: "consumed", channel: this.#name, frames, samples });
  }

  #tellInterfaces(): void {
    if (this.#isFirstState) return;
    this.#thread.tell({ kind: "interfaces", channel: this.#name, states: this.#sockets.map(({ state }) => state), isFirst: false });
  }
}

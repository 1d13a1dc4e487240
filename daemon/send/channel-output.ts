/** One channel in the sender thread: its sender, its sockets, and what it owes the main thread. */

import { framePackets } from "../../wire/framed.ts";
import type { InterfaceSnapshot } from "./interfaces.ts";
import { MulticastSocket } from "./multicast-socket.ts";
import type { FromSender, Route } from "./sender-messages.ts";
import { Sender } from "./sender.ts";
import type { Destination, SenderConfig, SenderInit } from "./sender-types.ts";

const PORT_OFFSETS: Readonly<Record<Destination, number>> = { video: 0, videoControl: 1, audio: 2, audioControl: 3 };
/** Back-pressure is told in steps, of pictures and of sound: a message for every picture would be a wake-up of the main thread for every picture. */
const SOUND_STEPS_PER_SECOND = 4;
/** A channel this near to its deadline is asked with the others: what may leave a little early then saves a wake-up. */
const NEARLY_MS = 0.5;

export class ChannelOutput {
  readonly sender: Sender;
  readonly #name: string;
  readonly #route: Route;
  readonly #sockets: readonly MulticastSocket[];
  readonly #tell: (message: FromSender) => void;
  /** Reading what interfaces there are takes a while: channels share what was read. */
  readonly #interfaces: () => InterfaceSnapshot;
  /** Sent since the last poll; null while nobody wants to know. */
  #tapped: Uint8Array[] | null = null;
  readonly #stepFrames: number;
  readonly #stepSamples: number;
  #toldFrames = 0;
  #toldSamples = 0;
  #isFirstState = true;
  #nextMs = Number.NEGATIVE_INFINITY;

  constructor(
    name: string,
    config: SenderConfig,
    init: SenderInit,
    route: Route,
    tell: (message: FromSender) => void,
    interfaces: () => InterfaceSnapshot,
  ) {
    this.#name = name;
    this.#route = route;
    this.#tell = tell;
    this.#interfaces = interfaces;
    this.sender = new Sender(config, init);
    this.#stepFrames = config.consumedStepFrames;
    this.#stepSamples = (config.audio?.sampleRateHz ?? 0) / SOUND_STEPS_PER_SECOND;
    this.#sockets = route.interfaces.map((wanted) => new MulticastSocket(wanted, route, () => this.#tellInterfaces()));
  }

  /** The first try on every interface; its outcome is told whatever it is. */
  async open(nowMs: number): Promise<void> {
    await Promise.all(this.#sockets.map((socket) => socket.maintain(nowMs, this.#interfaces())));
    this.#isFirstState = false;
    this.#tell({ kind: "interfaces", channel: this.#name, states: this.#sockets.map(({ state }) => state), isFirst: true });
  }

  /** Something has been done to its sender: it has to be asked again whatever it said before. */
  touch(): void {
    this.#nextMs = Number.NEGATIVE_INFINITY;
  }

  /** From now on what is sent is told as well, or not any more. */
  tap(isOn: boolean): void {
    this.#tapped = isOn ? [] : null;
  }

  /** Sends everything that is due, or nearly; returns the time of the next deadline. */
  poll(nowMs: number): number {
    for (const socket of this.#sockets) if (socket.needsCare(nowMs)) void socket.maintain(nowMs, this.#interfaces());
    if (nowMs < this.#nextMs - NEARLY_MS) return this.#nextMs;
    for (;;) {
      const output = this.sender.poll(nowMs);
      if (output.kind === "wait") {
        this.#tellConsumed();
        this.#tellTapped();
        this.#nextMs = output.untilMs;
        return this.#nextMs;
      }
      if (output.kind === "transmit") this.#send(output.packet, output.to);
      else this.#tell({ kind: "event", channel: this.#name, event: output.event });
    }
  }

  get sendErrors(): number {
    return this.#sockets.reduce((sum, socket) => sum + socket.sendErrors, 0);
  }

  async close(): Promise<void> {
    await Promise.all(this.#sockets.map((socket) => socket.close()));
  }

  #send(packet: Uint8Array, to: Destination): void {
    const port = this.#route.port + PORT_OFFSETS[to];
    for (const socket of this.#sockets) socket.send(packet, port);
    this.#tapped?.push(packet);
  }

  #tellConsumed(): void {
    const { frames, samples } = this.sender.consumed();
    if (frames - this.#toldFrames < this.#stepFrames && samples - this.#toldSamples <= this.#stepSamples) return;
    this.#toldFrames = frames;
    this.#toldSamples = samples;
    this.#tell({ kind: "consumed", channel: this.#name, frames, samples });
  }

  #tellTapped(): void {
    if (this.#tapped === null || this.#tapped.length === 0) return;
    this.#tell({ kind: "tapped", channel: this.#name, framed: framePackets(this.#tapped) });
    this.#tapped = [];
  }

  #tellInterfaces(): void {
    if (this.#isFirstState) return;
    this.#tell({ kind: "interfaces", channel: this.#name, states: this.#sockets.map(({ state }) => state), isFirst: false });
  }
}

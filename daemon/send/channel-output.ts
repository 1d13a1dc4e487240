/** One channel in the sender thread: its sender, its sockets, and what it owes the main thread. */

import { framePackets } from "../../wire/framed.ts";
import { SRTP_OVERHEAD_BYTES, SrtpSender } from "../../wire/srtp/index.ts";
import { framesToLeave } from "./back-pressure.ts";
import type { InterfaceSnapshot } from "./interfaces.ts";
import { MulticastSocket } from "./multicast-socket.ts";
import type { AddChannel, FromSender, Rollovers, StatisticsAnswer } from "./sender-messages.ts";
import { Departures, NEARLY_MS } from "./departures.ts";
import type { Departure } from "./departures.ts";
import { NO_PACKETS } from "./packet-socket.ts";
import type { Amount, OnShown, OpenPacketSocket, Packet } from "./packet-socket.ts";
import { Sender } from "./sender.ts";
import { pictureRoom, SentPackets, SOUND_ROOM } from "./sent-packets.ts";
import type { Room, SharedPackets } from "./sent-packets.ts";

/** Back-pressure is told in steps, of pictures and of sound: a message for every picture would be a wake-up of the main thread for every picture. */
const SOUND_STEPS_PER_SECOND = 4;

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
  readonly #departures: Departures;
  /** Null: nothing is encrypted. */
  readonly #srtp: SrtpSender | null;
  readonly #ssrcs: { readonly video: number; readonly audio: number };
  readonly #sockets: readonly MulticastSocket[];
  readonly #thread: ThreadServices;
  /** Whether what is sent is told as well. */
  #isTapped = false;
  readonly #port: number;
  readonly #pictureRoom: Room;
  /** Null: nobody can ask for what was sent. */
  #sentPictures: SentPackets | null = null;
  #sentSound: SentPackets | null = null;
  readonly #stepFrames: number;
  readonly #stepSamples: number;
  #toldFrames = 0;
  #toldSamples = 0;
  #isFirstState = true;
  /** Of departures that were scheduled: told when their time has come. */
  readonly #events: Departure[] = [];
  #changeMs = Number.NEGATIVE_INFINITY;
  #nextMs = Number.NEGATIVE_INFINITY;
  /** Since the last `prepare`. */
  #hasSent = false;
  /** To each of the sockets. */
  #givenPackets = 0;
  #givenBytes = 0;
  #told = NO_PACKETS;

  constructor({ channel, config, init, srtpMaster, route }: Omit<AddChannel, "kind">, thread: ThreadServices) {
    this.#name = channel;
    this.#thread = thread;
    const tagBytes = srtpMaster === null ? 0 : SRTP_OVERHEAD_BYTES;
    this.sender = new Sender({ ...config, maxPacketBytes: config.maxPacketBytes - tagBytes }, init);
    const { port } = route;
    this.#port = port;
    this.#pictureRoom = pictureRoom(config.maxPacketBytes);
    this.#srtp = srtpMaster === null ? null : new SrtpSender(srtpMaster);
    this.#ssrcs = { video: init.video.ssrc, audio: init.audio.ssrc };
    const ports = { video: port, videoControl: port + 1, audio: port + 2, audioControl: port + 3 };
    this.#departures = new Departures(this.sender, ports, this.#srtp);
    this.#stepFrames = framesToLeave(config.queueFrames);
    this.#stepSamples = (config.audio?.sampleRateHz ?? 0) / SOUND_STEPS_PER_SECOND;
    const onChange = (): void => this.#tellInterfaces();
    const onShown: OnShown = (picture, leftMs) => this.sender.noteShown(picture, leftMs);
    this.#sockets = route.interfaces.map((wanted) => new MulticastSocket(wanted, route, thread.openSocket, onChange, onShown));
  }

  /** The first try on every interface; its outcome is told whatever it is. */
  async open(nowMs: number): Promise<void> {
    await Promise.all(this.#sockets.map((socket) => socket.maintain(nowMs, this.#thread.interfaces())));
    this.#isFirstState = false;
    this.#thread.tell({ kind: "interfaces", channel: this.#name, states: this.#sockets.map(({ state }) => state), isFirst: true });
  }

  /** When an order takes effect that comes now. `isChange`: and is seen to. */
  orderMs(nowMs: number, isChange: boolean): number {
    const atMs = this.#departures.orderMs(nowMs);
    if (isChange) this.#changeMs = atMs;
    if (isChange || !this.#departures.isInHand(nowMs)) this.#nextMs = Number.NEGATIVE_INFINITY;
    return atMs;
  }

  /** When the last change takes effect, or has. */
  get changeMs(): number {
    return this.#changeMs;
  }

  /** Everything that has been decided has left. */
  get isIdle(): boolean {
    return this.#departures.isEmpty && this.#events.length === 0 && !this.#sockets.some(({ isUnderWay }) => isUnderWay);
  }

  /** Of what is decided from now on. */
  setSrtpMaster(master: Uint8Array): void {
    this.#srtp?.setMaster(master);
  }

  /** From now on what is sent is told as well, or not any more. */
  tap(isOn: boolean): void {
    this.#isTapped = isOn;
  }

  /** From now on what is sent is kept there for a while; null: not any more. */
  keep(shared: SharedPackets | null): void {
    this.#sentPictures = shared === null ? null : new SentPackets(this.#pictureRoom, shared.picture);
    this.#sentSound = shared === null ? null : new SentPackets(SOUND_ROOM, shared.sound);
  }

  /** Sends everything that is due, or nearly. */
  send(nowMs: number): void {
    for (const socket of this.#sockets)
      if (socket.needsCare(nowMs)) this.#thread.awaitTask(socket.maintain(nowMs, this.#thread.interfaces()));
    if (nowMs < this.#nextMs - NEARLY_MS) return;
    for (let first = this.#events[0]; first !== undefined && first.atMs <= nowMs; first = this.#events[0]) {
      this.#tellEvents(first);
      this.#events.shift();
    }
    for (let departure = this.#departures.take(nowMs); departure !== null; departure = this.#departures.take(nowMs))
      this.#depart(departure, nowMs);
    this.#hasSent = true;
  }

  /** Does what can wait until every channel has sent. Returns the time of the next deadline. */
  prepare(nowMs: number): number {
    if (!this.#hasSent) return this.#nextMs;
    this.#hasSent = false;
    this.#nextMs = this.#departures.plan(nowMs);
    if (!this.#departures.isEmpty && this.#maySchedule()) this.#nextMs = this.#schedule();
    this.#nextMs = Math.min(this.#nextMs, this.#events[0]?.atMs ?? Number.POSITIVE_INFINITY);
    this.#tellConsumed();
    return this.#nextMs;
  }

  #maySchedule(): boolean {
    return !this.#isTapped && this.#sockets.some(({ isOpen }) => isOpen) && this.#sockets.every(({ maySchedule }) => maySchedule);
  }

  /** What has been decided leaves by itself. Returns when there is something to do again. */
  #schedule(): number {
    const { departures, planMs } = this.#departures.handOver();
    const moments = departures.filter(({ packets }) => packets.length > 0);
    const watched = this.#sockets.find(({ isOpen }) => isOpen);
    for (const { packets } of moments) this.#note(packets);
    if (moments.length > 0) for (const socket of this.#sockets) socket.schedule(moments, socket === watched);
    this.#events.push(...departures.filter(({ events }) => events.length > 0));
    return planMs;
  }

  statistics(nowMs: number): StatisticsAnswer {
    const sendErrors = this.#sockets.reduce((sum, socket) => sum + socket.sendErrors, 0);
    return { statistics: this.sender.statistics(nowMs), sent: this.#readSent(), sendErrors, rollovers: this.#readRollovers() };
  }

  /** Of several interfaces, what the one took that took most. A counter never falls, though what was handed over ahead may still be refused. */
  #readSent(): Amount {
    const least = (of: (unsent: Amount) => number): number => Math.min(...this.#sockets.map(({ unsent }) => of(unsent)));
    this.#told = {
      packets: Math.max(this.#told.packets, this.#givenPackets - least(({ packets }) => packets)),
      bytes: Math.max(this.#told.bytes, this.#givenBytes - least(({ bytes }) => bytes)),
    };
    return this.#told;
  }

  #readRollovers(): Rollovers | null {
    const { video, audio } = this.#ssrcs;
    return this.#srtp === null ? null : { video: this.#srtp.rolloverOf(video), audio: this.#srtp.rolloverOf(audio) };
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }

  #depart(departure: Departure, nowMs: number): void {
    const { packets, shown } = departure;
    let isTaken = false;
    for (const socket of this.#sockets) isTaken = socket.send(packets) || isTaken;
    this.#note(packets);
    if (shown !== null && isTaken) this.sender.noteShown(shown, nowMs);
    this.#tellEvents(departure);
    if (this.#isTapped && packets.length > 0)
      this.#thread.tell({ kind: "tapped", channel: this.#name, framed: framePackets(packets.map(({ bytes }) => bytes)) });
  }

  #note(packets: readonly Packet[]): void {
    this.#givenPackets += packets.length;
    for (const { bytes, port } of packets) {
      this.#givenBytes += bytes.length;
      if (port === this.#port) this.#sentPictures?.note(bytes);
      else if (port === this.#port + 2) this.#sentSound?.note(bytes);
    }
  }

  #tellEvents({ events }: Departure): void {
    for (const event of events) this.#thread.tell({ kind: "event", channel: this.#name, event });
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

/**
 * Who has said hello the classic way, by any datagram, and is sent pictures until it falls silent. A datagram's source can be forged: only
 * addresses on our own links count, there are few of them, and hellos beyond a modest rate are not even read. Pure.
 */

/** They have to say it again within this time. */
const SILENT_AFTER_MS = 10_000;
const MOST_CLIENTS = 64;
/** Programs of one host. */
const MOST_PER_ADDRESS = 4;
/** Hellos that are looked at in a second: ten for each client. */
const MOST_HELLOS_PER_S = 640;

export type HelloClient = { readonly address: string; readonly port: number };
type Entry = HelloClient & { readonly channel: string; readonly untilMs: number };

export class HelloClients {
  readonly #channels: readonly string[];
  readonly #entries = new Map<string, Entry>();
  #second = -1;
  #heardInSecond = 0;

  /** `channels`: those that answer; the first is what a hello without a name gets. */
  constructor(channels: readonly string[]) {
    this.#channels = channels;
  }

  /** `said`: the datagram's text; a channel's name asks for that channel. Returns whether it is a new client. */
  hear(client: HelloClient, said: string, isOnLink: boolean, nowMs: number): boolean {
    // To port 0, which only a forged packet comes from, nothing can be sent: Node throws at it.
    if (!this.#mayRead(nowMs) || !isOnLink || client.port === 0) return false;
    this.#forgetSilent(nowMs);
    const key = `${client.address}:${client.port}`;
    const isKnown = this.#entries.has(key);
    if (!isKnown && !this.#hasRoomFor(client.address)) return false;
    const name = said.trim();
    const channel = this.#channels.find((candidate) => candidate === name) ?? this.#entries.get(key)?.channel ?? this.#channels[0];
    if (channel === undefined) return false;
    this.#entries.set(key, { ...client, channel, untilMs: nowMs + SILENT_AFTER_MS });
    return !isKnown;
  }

  /** Who is sent this channel now. */
  clientsOf(channel: string, nowMs: number): readonly HelloClient[] {
    this.#forgetSilent(nowMs);
    return [...this.#entries.values()].filter((entry) => entry.channel === channel);
  }

  #mayRead(nowMs: number): boolean {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) this.#heardInSecond = 0;
    this.#second = second;
    return ++this.#heardInSecond <= MOST_HELLOS_PER_S;
  }

  #hasRoomFor(address: string): boolean {
    const ofAddress = [...this.#entries.values()].filter((entry) => entry.address === address).length;
    return this.#entries.size < MOST_CLIENTS && ofAddress < MOST_PER_ADDRESS;
  }

  #forgetSilent(nowMs: number): void {
    for (const [key, { untilMs }] of this.#entries) if (untilMs <= nowMs) this.#entries.delete(key);
  }
}

/** Announces every channel that sends, or would if somebody joined, on each interface that it is sent on, until it ends (RFC 2974). */

import { SAP_PORT, SAP_TTL, buildSap } from "../../wire/sap.ts";
import type { Channel } from "../channel/channel.ts";
import { monotonicMs } from "../clock.ts";
import { eachSecond } from "../each-second.ts";
import { readInterfaces } from "../send/interfaces.ts";
import { MulticastSocket } from "../send/multicast-socket.ts";
import { openNodeSocket } from "../send/node-socket.ts";
import { AnnouncementSchedule } from "./schedule.ts";
import type { Announced, Announcement } from "./schedule.ts";

export type AnnouncerOptions = {
  readonly channels: ReadonlyMap<string, Channel>;
  /** Multicast group of the announcements. */
  readonly group: string;
  /** The session description for who reaches us by this address; null for a channel that has none. */
  readonly describe: (channel: Channel, address: string) => string | null;
};

export class Announcer {
  readonly #options: AnnouncerOptions;
  readonly #schedule = new AnnouncementSchedule(Math.random);
  /** One socket an interface, by the name that the configuration has for it. */
  readonly #sockets = new Map<string, MulticastSocket>();
  #stop = (): void => {};

  constructor(options: AnnouncerOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { channels, group } = this.#options;
    const wanted = new Set([...channels.values()].flatMap(({ setup }) => setup.route.interfaces));
    const route = { group, port: SAP_PORT, ttl: SAP_TTL, loopback: true, interfaces: [] };
    // What is wrong with an interface, the channels tell already.
    for (const name of wanted) this.#sockets.set(name, new MulticastSocket(name, route, openNodeSocket, () => {}));
    await this.#maintain();
    this.#step();
    this.#stop = eachSecond(() => {
      void this.#maintain();
      this.#step();
    });
  }

  /** Takes everything back. */
  close(): void {
    this.#stop();
    for (const announcement of this.#schedule.end()) this.#send(announcement);
    for (const socket of this.#sockets.values()) socket.close();
  }

  async #maintain(): Promise<void> {
    const nowMs = monotonicMs();
    const inNeed = [...this.#sockets.values()].filter((socket) => socket.needsCare(nowMs));
    if (inNeed.length === 0) return;
    const interfaces = readInterfaces();
    await Promise.all(inNeed.map((socket) => socket.maintain(nowMs, interfaces)));
  }

  #step(): void {
    for (const announcement of this.#schedule.step(this.#sessions(), monotonicMs())) this.#send(announcement);
  }

  #sessions(): readonly Announced[] {
    return [...this.#options.channels.values()].filter(isToBeFound).flatMap((channel) =>
      channel.setup.route.interfaces.flatMap((wanted): readonly Announced[] => {
        const origin = this.#sockets.get(wanted)?.state.address ?? null;
        const sdp = origin === null ? null : this.#options.describe(channel, origin);
        return origin === null || sdp === null ? [] : [{ key: keyOf(wanted, channel), origin, sdp }];
      }),
    );
  }

  #send({ key, packet }: Announcement): void {
    const [wanted = ""] = key.split(SEPARATOR, 1);
    this.#sockets.get(wanted)?.send([{ bytes: buildSap(packet), port: SAP_PORT }]);
  }
}

/** In no name of an interface. */
const SEPARATOR = " ";

function keyOf(wanted: string, channel: Channel): string {
  return `${wanted}${SEPARATOR}${channel.name}`;
}

/** Without its live source it sends what stands in for it; and one that waits for somebody to join has to be found for that. */
function isToBeFound({ state }: Channel): boolean {
  return state === "playing" || state === "paused" || state === "no-signal" || state === "idle";
}

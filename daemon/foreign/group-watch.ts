/**
 * Listens on a channel's group for senders that are none of ours (RFC 3550, section 8.2): before the first packet, when a derived group can
 * still move on, and afterwards, when a warning is all that is left to do.
 */

import { setTimeout as delay } from "node:timers/promises";
import { nextGroup } from "../../config/derived-group.ts";
import { messageOf } from "../../control/system-error.ts";
import type { Channel } from "../channel/channel.ts";
import { monotonicMs } from "../clock.ts";
import { eachSecond } from "../each-second.ts";
import type { Log } from "../log/log.ts";
import { readInterfaces, resolveInterface } from "../send/interfaces.ts";
import { ForeignSenders } from "./foreign-senders.ts";
import { GroupListener } from "./group-listener.ts";
import { hearEverybody, hearOthers } from "./listening-socket.ts";
import type { OpenListeningSocket } from "./listening-socket.ts";

/** Of the four ports of a channel. */
const RTP_OFFSETS = [0, 2];
const REPORT_OFFSETS = [1, 3];

/**
 * The control channel and a source from the cache take about as long to begin. In this time sound brings 16 packets and a film of 17 frames a
 * second two pictures. Missed is who sends no sound and few pictures (a pause): his sender reports are heard later.
 */
const LISTEN_MS = 120;
/** Five groups in a row that are taken are no chance: then somebody has to look at it. */
const MOST_MOVES = 4;
/** More than the busiest channel of ours sends in this time (65 kB 60 times a second: 740), and read in some 30 ms. */
const MOST_IN_A_LOOK = 2_000;
/** Two reports of our own, two of each stranger, and room for some hundred receivers that report to the group. With more it is left till the next look. */
const MOST_REPORTS_IN_A_SECOND = 500;
/** Strangers without RTCP are found by looking at the ports of RTP, where our own packets come back as well: for a fortieth of the time. */
const LOOK_EVERY_TICKS = 10;

export class GroupWatch {
  readonly #channel: Channel;
  readonly #own: ReadonlySet<number>;
  readonly #log: Log;
  #senders: ForeignSenders;
  #isDeaf = false;

  /** `own`: the SSRCs of all streams of this daemon. */
  constructor(channel: Channel, own: ReadonlySet<number>, log: Log) {
    this.#channel = channel;
    this.#own = own;
    this.#log = log;
    this.#senders = new ForeignSenders(own);
  }

  /** Before the first packet, and not beyond the signal. Where somebody else sends, a derived group moves on to one that is not `taken`, and takes that. */
  async settle(taken: Set<string>, signal: AbortSignal): Promise<void> {
    for (let moves = 0; ; moves++) {
      await this.#listen([...RTP_OFFSETS, ...REPORT_OFFSETS], signal);
      const hosts = this.#senders.hosts(monotonicMs());
      if (hosts.length === 0 || signal.aborted) return;
      const { group, groupIsDerived } = this.#channel.config;
      if (!groupIsDerived || moves === MOST_MOVES) return this.#channel.foreign.note(hosts);
      const next = nextGroup(group, taken);
      taken.add(next);
      this.#channel.moveTo(next);
      this.#senders = new ForeignSenders(this.#own);
      this.#log.info({ channel: this.#channel.name }, `${hosts.join(", ")} sends to ${group} already; using ${next} instead`);
    }
  }

  /** Until the signal. `turn`: the look at the RTP ports comes in another second than that of other channels. */
  async run(signal: AbortSignal, turn: number): Promise<void> {
    const reports = this.#listener(REPORT_OFFSETS, hearOthers);
    for (let tick = 0; !signal.aborted; tick++) {
      reports.allow(MOST_REPORTS_IN_A_SECOND);
      const isLook = (tick + turn) % LOOK_EVERY_TICKS === 0 && tick > 1;
      // Not while everything starts: the group has just been listened on.
      if (tick === 1 || isLook) await this.#open(reports);
      if (isLook) await this.#listen(RTP_OFFSETS, signal);
      this.#channel.foreign.note(this.#senders.hosts(monotonicMs()));
      await nextSecond(signal);
    }
    reports.close();
  }

  /** Listens for a while, or until a sender is found that was not there, or until the signal. */
  async #listen(offsets: readonly number[], signal: AbortSignal): Promise<void> {
    const found = Promise.withResolvers<void>();
    const before = this.#senders.hosts(monotonicMs()).length;
    const listener = this.#listener(offsets, hearEverybody, () => {
      if (this.#senders.hosts(monotonicMs()).length > before) found.resolve();
    });
    listener.allow(MOST_IN_A_LOOK);
    if (await this.#open(listener)) await Promise.race([delay(LISTEN_MS, undefined, { signal }).catch(() => {}), found.promise]);
    listener.close();
  }

  #listener(offsets: readonly number[], openSocket: OpenListeningSocket, then: () => void = () => {}): GroupListener {
    const { group, port } = this.#channel.config;
    const ports = offsets.map((offset) => port + offset);
    return new GroupListener(group, ports, openSocket, (datagram, address) => {
      this.#senders.note(datagram, address, monotonicMs());
      then();
    });
  }

  /** Opens it, and joins on the interfaces that the channel is sent on. False where that is not possible now. */
  async #open(listener: GroupListener): Promise<boolean> {
    const { group } = this.#channel.config;
    const snapshot = readInterfaces();
    const found = this.#channel.setup.route.interfaces.map((wanted) => resolveInterface(wanted, group, snapshot));
    const addresses = found.flatMap((one) => (one.ok ? [one.address] : []));
    try {
      await listener.open();
      if (listener.join(addresses) === 0) throw new Error("there is no interface to join it on");
      this.#isDeaf = false;
    } catch (error) {
      const reason = messageOf(error);
      if (!this.#isDeaf) this.#log.debug({ channel: this.#channel.name }, `no listening for other senders on ${group}: ${reason}`);
      this.#isDeaf = true;
    }
    return !this.#isDeaf;
  }
}

/** Resolves within a second, when others look as well; at the signal at once. */
function nextSecond(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      stop();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const stop = eachSecond(end);
    signal.addEventListener("abort", end);
  });
}

/**
 * Receives a channel until the signal: joins, takes its packets from the group or over TCP, feeds the sinks, reports, and finds its way back
 * when the daemon, the network or an interface was away.
 */

import { setTimeout as delay } from "node:timers/promises";
import { RefusedError } from "../control/client-error.ts";
import { isForWantOfPass } from "../control/join-channel.ts";
import { messageOf } from "../control/system-error.ts";
import { UsageError } from "../control/usage-error.ts";
import { monotonicMs } from "./clock.ts";
import { Driver } from "./driver.ts";
import type { ProtectedPackets } from "./join/protected-packets.ts";
import { PacketPath } from "./join/packet-path.ts";
import { isSameStream, isSent } from "./join/session.ts";
import type { ChannelState, Session, TransportWish } from "./join/session.ts";
import type { OnPacket, Transport } from "./join/transport.ts";
import { tryJoin } from "./join/try-join.ts";
import { Whereabouts } from "./join/whereabouts.ts";
import type { ReceiverState, Sink } from "./media.ts";
import type { ReceiveOptions } from "./receive-options.ts";
import { Receiver } from "./receiver.ts";
import type { ReceiverTotals } from "./receiver.ts";
import { SilenceWatch } from "./silence-watch.ts";
import type { SilenceAct } from "./silence-watch.ts";
import { sumTotals } from "./sum-totals.ts";

/** Tries again after so long. */
const RETRY_MS = 1000;
/** Passes end by the hundred at one moment, and screens that stay on go on trying all night. One that is in use elsewhere is free after 30 s. */
const NO_PASS_RETRY_MS = 5000;
const REPORT_MS = 1000;
const WATCH_MS = 250;
/** A daemon that takes so long to answer was not reached: its network was away, and the group with it. */
const SLOW_ANSWER_MS = 2000;

/** Throws the CannotConnectError, RefusedError or UsageError of the first attempt; later ones are made until the signal. Returns what was received in all. */
export async function receive(options: ReceiveOptions, signal: AbortSignal): Promise<ReceiverTotals | null> {
  const reception = new Reception(options);
  const whereabouts = new Whereabouts(options.targets, options.findAgain, options.say);
  let transport = options.transport;
  let isFirst = true;
  try {
    while (!signal.aborted) {
      const wanted = { ...options, targets: whereabouts.targets, usual: reception.last?.channel ?? null, transport };
      const joined = await tryJoin(wanted, isFirst, signal);
      const refusal = joined instanceof RefusedError || joined instanceof UsageError ? joined : null;
      const session = joined instanceof Error ? null : joined;
      if (session !== null) {
        isFirst = false;
        try {
          await whereabouts.stop();
          transport = (await reception.run(session, signal)) ?? transport;
        } finally {
          session.close();
        }
      }
      if ((session === null || reception.isAway) && !signal.aborted) {
        reception.noteAway(refusal);
        if (session === null && refusal === null && reception.last !== null) whereabouts.noteAway(reception.last);
        await delay(isForWantOfPass(refusal) ? NO_PASS_RETRY_MS : RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  } finally {
    await whereabouts.stop();
    await reception.close();
  }
  return reception.totals;
}

/** What outlives a session: the receiver, the sinks, and where the packets come from. */
class Reception {
  readonly #options: ReceiveOptions;
  #receiver: Receiver | null = null;
  /** Of the receivers before this one. */
  #totalsBefore: ReceiverTotals | null = null;
  #driver: Driver | null = null;
  /** Null: packets are not encrypted. */
  #protected: ProtectedPackets | null = null;
  #push: OnPacket | null = null;
  readonly #path: PacketPath;
  #sinks: readonly Sink[] = [];
  /** What the receiver and the sinks were made for. */
  #madeFor: Session | null = null;
  #told = "";
  #isPaused = false;
  /** When joining began; null once a picture has come. */
  #startedMs: number | null = monotonicMs();
  isAway = false;

  constructor(options: ReceiveOptions) {
    this.#options = options;
    this.#path = new PacketPath(options.interface, options.say, options.joined);
  }

  /** What was received last. */
  get last(): Session | null {
    return this.#madeFor;
  }

  get totals(): ReceiverTotals | null {
    const totals = this.#receiver?.totals ?? null;
    return totals === null || this.#totalsBefore === null ? totals : sumTotals(this.#totalsBefore, totals);
  }

  /** Until the session is lost, another transport is wanted (which it returns), or the signal comes. */
  async run(session: Session, signal: AbortSignal): Promise<TransportWish | null> {
    this.isAway = false;
    await this.#options.met?.(session);
    await this.#prepare(session);
    // What was opened for it may have ended it all.
    if (signal.aborted) return null;
    const receiver = this.#receiver;
    const push = this.#push;
    if (receiver === null || push === null) return null;
    const opened = await this.#openTransport(session, push, signal);
    if (opened === null) return this.#options.transport === "auto" && session.transport === "multicast" ? "tcp" : null;
    receiver.setRepaired(await this.#path.repairBy(session, push));
    session.keepTime(receiver);
    // It may have changed while nobody was there to hear of it.
    const { size = null } = session.form.video ?? {};
    if (size !== null) receiver.setSize(size);
    session.onSize((next) => receiver.setSize(next));
    if (this.#protected !== null) session.keys?.use(this.#protected);
    session.onState((state) => (this.#isPaused = state === "paused"));
    const done = Promise.withResolvers<TransportWish | null>();
    const reporting = setInterval(() => this.#report(receiver, session), REPORT_MS);
    const over = new AbortController();
    const hasFallenBack = this.#options.transport === "auto" && session.transport === "tcp";
    // A connection that is made anew every two seconds would leave no time to hear the group.
    const hasCome = hasFallenBack || receiver.lastPacketMs >= this.#path.openedMs;
    void this.#watch(receiver, session, hasCome, over.signal).then(done.resolve);
    const goingBack = hasFallenBack ? this.#path.goBack(session, push, over.signal) : null;
    void goingBack?.then((isBack) => {
      if (isBack) done.resolve("auto");
    });
    const stop = (): void => done.resolve(null);
    signal.addEventListener("abort", stop, { once: true });
    // It may have come while the group was being joined.
    if (signal.aborted) stop();
    void session.lost.then((why) => {
      // Closed by ourselves, for another one.
      if (over.signal.aborted) return;
      // The group goes on without the daemon's control channel; a connection that carries media does not.
      this.isAway = why === "away";
      done.resolve(null);
    });
    void opened.ended.then((reason) => {
      // Closed by ourselves, for another one.
      if (signal.aborted || this.#path.transport !== opened) return;
      this.#options.say(reason);
      void this.#path.close().then(stop);
    });
    try {
      return await done.promise;
    } finally {
      clearInterval(reporting);
      over.abort();
      signal.removeEventListener("abort", stop);
      await goingBack;
    }
  }

  /** Nobody answers on the control channel, or it refuses. What comes from the group is shown all the same. */
  noteAway(refusal: RefusedError | UsageError | null): void {
    if (!this.#isSilent()) return;
    if (refusal === null) this.tell({ kind: "away", text: "the host is away; trying again" });
    else this.tell({ kind: "waiting", text: `${refusal.message}; trying again` });
  }

  tell(state: ReceiverState): void {
    if (this.#told === state.text) return;
    this.#told = state.text;
    if (state.kind === "waiting" || state.kind === "away") this.#options.say(state.text);
    for (const sink of this.#sinks) sink.state?.(state);
  }

  async close(): Promise<void> {
    this.#driver?.close();
    await this.#path.close();
    await Promise.all(this.#sinks.map((sink) => sink.close()));
  }

  /** The daemon that comes back as it was is listened to on: only another source, or another form, needs another receiver. */
  async #prepare(session: Session): Promise<void> {
    const before = this.#madeFor;
    if (before !== null && isSameStream(before, session)) return;
    this.#driver?.close();
    await this.#path.close();
    const { latencyMs, leadMs, mostFps } = this.#options;
    if (before === null || JSON.stringify(before.form.audio) !== JSON.stringify(session.form.audio)) {
      await Promise.all(this.#sinks.map((sink) => sink.close()));
      this.#sinks = await this.#options.openSinks(session.form);
    }
    this.#totalsBefore = this.totals;
    const receiver = new Receiver({ latencyMs, leadMs, mostFps, ...session.streams });
    this.#receiver = receiver;
    this.#madeFor = session;
    this.#protected = session.keys?.protectedPackets() ?? null;
    this.#driver = new Driver(receiver, {
      picture: (picture) => {
        this.#noteFirstPicture();
        this.#tellPlaying();
        for (const sink of this.#sinks) sink.picture(picture);
      },
      sound: (sound) => {
        // Nothing else tells that the host is there; what replaces lost sound does not.
        if (session.form.video === null && sound.lostSamples === 0) this.#tellPlaying();
        for (const sink of this.#sinks) sink.sound(sound);
      },
      missing: (missing) => this.#path.ask(missing),
    });
    const { push } = this.#driver;
    this.#push = this.#protected === null ? push : this.#protected.before(push);
  }

  /** A pause has pictures as well, one a second. */
  #tellPlaying(): void {
    this.tell(this.#isPaused ? { kind: "paused", text: "paused" } : { kind: "playing", text: "playing" });
  }

  #noteFirstPicture(): void {
    if (this.#startedMs === null) return;
    this.#options.say(`first picture after ${Math.round(monotonicMs() - this.#startedMs)} ms`);
    this.#startedMs = null;
  }

  /** Null if it cannot be had; that has been said. */
  async #openTransport(session: Session, push: OnPacket, signal: AbortSignal): Promise<Transport | null> {
    if (this.#path.isMember(session)) {
      if (this.#isSilent()) this.#path.transport?.renew();
      return this.#path.transport;
    }
    try {
      await this.#path.open(session, push);
    } catch (error) {
      this.tell({ kind: "waiting", text: messageOf(error) });
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
    return this.#path.transport;
  }

  #isSilent(): boolean {
    return (this.#receiver?.lastPacketMs ?? -Infinity) <= monotonicMs() - REPORT_MS;
  }

  #report(receiver: Receiver, session: Session): void {
    const report = { ...receiver.report(monotonicMs()), ...this.#options.shown?.() };
    for (const sink of this.#sinks) sink.report?.(report);
    session.report(report);
  }

  /** Deals with silence until the signal. Resolves when the session is to be left: for another transport, or to join where this host is now. */
  async #watch(receiver: Receiver, session: Session, hasCome: boolean, over: AbortSignal): Promise<TransportWish | null> {
    const watch = new SilenceWatch(monotonicMs(), hasCome);
    for (;;) {
      await delay(WATCH_MS, undefined, { signal: over }).catch(() => undefined);
      if (over.aborted) return null;
      const askedMs = monotonicMs();
      const act = watch.poll(receiver.lastPacketMs, askedMs);
      if (act === null) continue;
      if (this.#path.transport?.kind === "multicast" && !this.#path.isMember(session)) return null;
      if (act.renew) this.#path.transport?.renew();
      const state = await session.state().catch(() => null);
      // What came meanwhile was under way when it was asked for.
      if (state === null || over.aborted || receiver.lastPacketMs >= askedMs) continue;
      watch.noteSent(isSent(state), askedMs);
      if (monotonicMs() - askedMs > SLOW_ANSWER_MS) watch.restart(monotonicMs());
      else if (this.#isWayWanted(session, state, act)) {
        await this.#path.close();
        return "tcp";
      }
    }
  }

  /** Says what the silence is about; true if TCP is to be tried, or tried anew. */
  #isWayWanted(session: Session, state: ChannelState, { findWay }: SilenceAct): boolean {
    const isOverTcp = session.transport === "tcp";
    const text = isSent(state)
      ? `nothing comes ${isOverTcp ? "over TCP" : `from the group ${session.group.group}`}, though ${session.channel} is ${state}`
      : `waiting: channel ${session.channel} is ${state}`;
    const mayTakeTcp = isOverTcp || (this.#options.transport === "auto" && this.#options.described === null);
    if (!isSent(state) || !mayTakeTcp || !findWay) {
      this.tell({ kind: "waiting", text });
      return false;
    }
    const what = isOverTcp ? "connecting again" : "taking TCP (a switch or firewall in between may hold multicast back)";
    this.#options.say(`${text}: ${what}`);
    return true;
  }
}

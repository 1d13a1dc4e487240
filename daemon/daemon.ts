/** The daemon: its channels, its sender thread, its control and HTTP servers, from start to goodbye. */

import { setTimeout as delay } from "node:timers/promises";
import type { ControlServerOptions } from "../control/server/server.ts";
import { openControl } from "./open-control.ts";
import { createChannels, warnOfInterfaces } from "./channel/create-channels.ts";
import type { DaemonOptions } from "./daemon-options.ts";
import { createServiceLife } from "./notify/service-life.ts";
import type { Channel } from "./channel/channel.ts";
import type { ChannelNews } from "./channel/news.ts";
import { describeForStatus } from "./channel/status.ts";
import { monotonicMs, takeUtcOffsetMs } from "./clock.ts";
import { eachSecond } from "./each-second.ts";
import { EndedInFailure, endingOf, type Ending } from "./ending.ts";
import { openAccess } from "./access/open-access.ts";
import { Announcer } from "./announce/announcer.ts";
import { areFree, listenAddresses } from "./free-ports.ts";
import type { Servers } from "./servers.ts";
import { watchGroups } from "./foreign/watch-groups.ts";
import { type Publish, tellChannelNews, tellLogLine } from "./news.ts";
import { KeptPackets } from "./repair/kept-packets.ts";
import { startRecordings, type Recordings } from "./record/recordings.ts";
import { watchProcess } from "./process-usage.ts";
import { createConfigWatch } from "./config-watch.ts";
import { createReload, tellReload } from "./reload.ts";
import { refuseToStandIdle } from "./stand-idle.ts";
import { ipv4Host, reachableHost, readyLine, watchHint } from "./watch-hint.ts";
import { watchQueueDrops } from "./send/queue-drops.ts";
import { startSenderThread } from "./send/sender-thread.ts";
import { tellSocketProblem } from "./send/socket-kind.ts";
import { describeSession } from "./channel/session-description.ts";
import { dropSpareSource } from "./supervise/source-child.ts";
import { openKeeper } from "./state/keeper.ts";

/** `settled`: each channel has come to a named state; `groups`: it is known which group each sends to. */
type Begun = { readonly settled: readonly Promise<void>[]; readonly groups: Promise<unknown> };

/** What serves others is loaded when everything is under way, but not later than this. */
const SOURCES_FIRST_MS = 400;

/** Runs until the signal, or until every channel has ended. Throws a `StartError` when it cannot start, an `EndedInFailure` where a channel failed instead. */
export async function runDaemon(options: DaemonOptions, signal: AbortSignal): Promise<void> {
  const { config, version, log } = options;
  const startedMs = monotonicMs();
  const utcOffsetMs = takeUtcOffsetMs();
  const usage = watchProcess(monotonicMs);
  const finished = Promise.withResolvers<Ending>();
  let { host: controlHost, port: controlPort } = config.control.listen;
  let controlSocket: string | null = config.control.socket;
  // Nobody has subscribed before the control channel is there.
  let publish: Publish = () => {};
  let clientCount: (channel: string) => number = () => 0;
  const repairPortOf = Promise.withResolvers<Servers["datagrams"]["repairPortOf"]>();

  const sender = startSenderThread({
    sockets: config.send.sockets,
    onNews: (news) => {
      if (news.kind === "tapped") {
        control.sendMedia(news.channel, news.framed);
        servers.datagrams.sendMedia(news.channel, news.framed);
      } else channels.get(news.channel)?.hear(news);
    },
    onSocketProblem: (reason, used) => tellSocketProblem(reason, used, log),
  });
  const kept = new KeptPackets(config, sender);
  const sdpFor = (channel: Channel, host: string): string | null =>
    describeSession(channel, ipv4Host(channel, host), controlPort, startedMs + utcOffsetMs);
  const waiting = new Map<string, () => void>();
  let stopAdapting = (): void => {};
  const queueDrops = watchQueueDrops((warning) => log.warn(warning));
  let isAnnounced = false;
  const hear = (name: string, news: ChannelNews): void => {
    if (news.kind === "state" || news.kind === "settings") keeper?.note();
    tellChannelNews(name, news, log, publish);
    life.note();
    if (news.kind !== "state") return;
    if (news.state !== "starting") waiting.get(name)?.();
    const end = endingOf([...channels.values()]);
    if (end !== null) finished.resolve(end);
  };

  const channels = createChannels(config, { utcOffsetMs, cache: options.cache, sender }, hear);
  const ending = new AbortController();
  const watches = watchGroups([...channels.values()], log);
  let watching: Promise<unknown> = Promise.resolve();
  let recordings: Recordings | null = null;

  const keeper = options.stateDirectory === null ? null : openKeeper(options.stateDirectory, channels, sender, log);
  // Without the keeper the directory is another daemon's.
  const directory = keeper === null ? null : options.stateDirectory;
  const access = openAccess({ channels, sender, directory, publish: (name, told) => publish(name, told), control: () => control, log });
  const life = createServiceLife(options.serviceManager, {
    channels: () => Promise.all([...channels.values()].map(describeInStatus)),
    overdueMs: sender.overdueMs,
    nowMs: monotonicMs,
  });
  const configWatch = createConfigWatch(options.configFile);
  const readAgain = configWatch.noting(createReload(options.configFile === null ? null : options.load, config, channels));
  const reload = () => life.reloading(readAgain);
  const begun = beginChannels();
  // Who cannot be reached sends nothing: that an address is in use is told, in words, by what listens there.
  const opened = areFree(listenAddresses(config, options.inheritedSockets)) ? openChannels(begun) : null;
  if (opened !== null) await Promise.race([Promise.allSettled([opened]), delay(SOURCES_FIRST_MS)]);
  const control = await startControl();
  ({ publish } = control);
  clientCount = (name) => control.clientCount(name);
  options.logRing.listen((line) => tellLogLine(line, control.publish));
  const servers = await startOthers();
  repairPortOf.resolve(servers.datagrams.repairPortOf);
  const announcer = config.announce.sap ? new Announcer({ channels, group: config.announce.sapAddress, describe: sdpFor }) : null;
  try {
    await Promise.race([opened ?? openChannels(begun), sender.failed]);
    refuseToStandIdle([...channels.values()], options.serviceManager !== null);
    dropSpareSource();
    await announceReady();
    isAnnounced = true;
    watchConfig();
    await announcer?.start();
    recordings = startRecordings(config.channels, { socket: controlSocket, host: controlHost, port: controlPort }, (channel, text) =>
      log.warn({ channel }, text),
    );
    watching = watches.run(ending.signal);
    const end = await Promise.race([aborted(signal), finished.promise, sender.failed]);
    if (end !== null && end.failure !== null) throw new EndedInFailure(end.failure);
  } finally {
    ending.abort();
    const told = life.stopping();
    await Promise.all([watching, recordings?.close()]);
    configWatch.close();
    stopAdapting();
    access.close();
    announcer?.close();
    // A sender thread that has died does not tell any more where the film is: what was written last counts.
    await Promise.race([keeper?.close(), sender.failed.catch(() => {})]);
    for (const channel of channels.values()) channel.leave();
    await servers.closeOperator();
    await sender.close();
    await Promise.all([control.close(), servers.close(), told]);
  }

  /** What serves others is loaded while the sources begin. */
  async function startControl() {
    const [{ createControlServer }, { createHandlers }] = await Promise.all([
      import("../control/server/server.ts"),
      import("./control-handlers.ts"),
    ]);
    const handlers = createHandlers({
      version,
      startedMs,
      nowMs: monotonicMs,
      channels,
      sender,
      clientsOf: (name) => clientCount(name),
      sdp: (channel) => sdpFor(channel, reachableHost(channel, "0.0.0.0")),
      repairPortOf: async (address) => (await repairPortOf.promise)(address),
      retransmittedOf: (name) => kept.retransmittedOf(name),
      recordingProblem: (name) => recordings?.problemOf(name) ?? null,
      hostWarning: queueDrops.warning,
      logRing: options.logRing,
      usage: usage.read,
      access,
      reload: () => {
        const outcome = reload();
        tellReload(outcome, log);
        return outcome;
      },
    });
    const base: Omit<ControlServerOptions, "socketPath"> = {
      listen: config.control.listen,
      inherited: options.inheritedSockets,
      handlers,
      token: options.token,
      clock: { nowMs: () => monotonicMs() + utcOffsetMs },
      onReport: ({ channel, address, sessionId }, report) =>
        channels.get(channel)?.tuning.rate.report(address, sessionId, report, monotonicMs()),
      onMembers: (channel, members) => kept.noteMembers(channel, members),
      onMediaNeed: (channel, isNeeded) => sender.post({ kind: "tap", channel, isOn: isNeeded }),
      log,
    };
    const opened = await openControl(createControlServer, base, config.control.socket, options.socketFallback).catch(giveUp);
    ({ host: controlHost, port: controlPort, socket: controlSocket } = opened);
    void opened.server.run(signal);
    return opened.server;
  }

  async function describeInStatus(channel: Channel) {
    const { statistics } = await sender.statistics(channel.name);
    return describeForStatus(channel, statistics, clientCount(channel.name));
  }

  async function startOthers(): Promise<Servers> {
    const [{ startServers }, { createSite }, { createOperatorSite }] = await Promise.all([
      import("./servers.ts"),
      import("./http/site.ts"),
      import("./http/operator-site.ts"),
    ]);
    const { read } = usage;
    const startedUtcMs = startedMs + utcOffsetMs;
    const operatorSite = createOperatorSite({
      version,
      startedUtcMs,
      channels,
      sender,
      control,
      usage: read,
      retransmittedOf: (name) => kept.retransmittedOf(name),
      isAnnounced: () => isAnnounced,
    });
    try {
      const site = createSite(channels, sdpFor, controlPort, sender);
      const repair = { kept, memberOf: (ssrc: number) => control.memberOf(ssrc) };
      return await startServers({ config, controlHost, controlPort, site, operatorSite, repair, sender, log });
    } catch (error) {
      await control.close();
      return await giveUp(error);
    }
  }

  async function giveUp(error: unknown): Promise<never> {
    for (const channel of channels.values()) channel.leave();
    await sender.close();
    throw error;
  }

  /** Starts those that start by themselves: what they bring waits until the sockets are open. */
  function beginChannels(): Begun {
    const settled = [...channels.values()].map((channel) => {
      const settling = Promise.withResolvers<void>();
      waiting.set(channel.name, settling.resolve);
      const left = keeper?.restore(channel) ?? { told: null, place: null };
      if (!channel.takeUp(left.told, left.place)) settling.resolve();
      return settling.promise;
    });
    return { settled, groups: watches.settle(signal) };
  }

  /** Opens every channel's sockets; returns when each channel has come to a named state. */
  async function openChannels({ settled, groups }: Begun): Promise<void> {
    const all = [...channels.values()];
    await groups;
    await Promise.all(all.map((channel) => channel.open()));
    warnOfInterfaces(channels, log);
    await Promise.race([Promise.all(settled), aborted(signal)]);
    waiting.clear();
  }

  /** Its changes are taken up, and whenever somebody asks. */
  function watchConfig(): void {
    const again = (): void => tellReload(reload(), log);
    options.onReloadable(again);
    configWatch.start(again);
    keeper?.start();
    const adapt = (channel: Channel): void => {
      void channel.adapt();
      channel.noteClients(control.viewerCount(channel.name), monotonicMs());
    };
    stopAdapting = eachSecond(() => {
      channels.forEach(adapt);
      queueDrops.look();
      access.look(Date.now());
    });
  }

  async function announceReady(): Promise<void> {
    if (signal.aborted) return;
    const all = [...channels.values()];
    const { host } = config.http.listen;
    options.print(readyLine(all));
    life.ready();
    for (const channel of all) for (const line of watchHint(channel, host, servers.httpPort)) options.print(line);
  }
}

function aborted(signal: AbortSignal): Promise<null> {
  if (signal.aborted) return Promise.resolve(null);
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(null), { once: true }));
}

/** The daemon: its channels, its sender thread, its control and HTTP servers, from start to goodbye. */

import type { AddressInfo } from "node:net";
import { unwatchFile, watchFile } from "node:fs";
import type { LoadedConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { createControlServer } from "../control/server/server.ts";
import type { ControlServerOptions } from "../control/server/server.ts";
import { ControlServerError } from "../control/server/server-error.ts";
import { setUpChannel } from "./channel-setup.ts";
import { createServiceLife } from "./notify/service-life.ts";
import type { ServiceManager } from "./notify/service-manager.ts";
import { Channel } from "./channel.ts";
import type { ChannelNews } from "./channel.ts";
import { describeForPage, describeForStatus } from "./channel-status.ts";
import { monotonicMs, takeUtcOffsetMs } from "./clock.ts";
import { createHandlers } from "./control-handlers.ts";
import { Announcer } from "./announce/announcer.ts";
import { renderPage } from "./http/page.ts";
import { closeHttpServer, startHttpServer } from "./http/server.ts";
import { watchGroups } from "./foreign/watch-groups.ts";
import type { Log } from "./log.ts";
import type { LogRing } from "./log-ring.ts";
import { tellChannelNews, tellLogLine } from "./news.ts";
import { createReload, tellReload } from "./reload.ts";
import { reachableHost, readyLine, watchHint } from "./watch-hint.ts";
import { startSenderThread } from "./send/sender-thread.ts";
import { describeSession } from "./session-description.ts";
import { openKeeper } from "./state/keeper.ts";

export type DaemonOptions = {
  readonly config: Config;
  readonly version: string;
  /** Who started us and wants to know how we are; null for nobody. */
  readonly serviceManager: ServiceManager | null;
  /** Control sockets that it has opened for us, as file descriptors. */
  readonly inheritedSockets: readonly number[];
  /** The operator's token, null for none. */
  readonly token: string | null;
  /** Where the Unix socket goes if `control.socket` cannot be made (a path of null: nowhere); null if that is an error. */
  readonly socketFallback: { readonly path: string | null } | null;
  /** Reads the configuration again, from all its places. */
  readonly load: () => LoadedConfig;
  /** The file whose changes are taken up; null for none. */
  readonly configFile: string | null;
  /** Where what an operator changed is remembered over restarts; null: nowhere. */
  readonly stateDirectory: string | null;
  /** Is given a way to have the configuration read again. */
  readonly onReloadable: (reload: () => void) => void;
  readonly log: Log;
  /** What it has written last. */
  readonly logRing: LogRing;
  readonly print: (line: string) => void;
};

const CONFIG_WATCH_INTERVAL_MS = 1000;
/** Receivers report as often. */
const ADAPT_INTERVAL_MS = 1000;

/** The daemon could not start: one line for a person. */
export class StartError extends Error {}

/** Runs until the signal, or until every channel has ended. Throws a `StartError` when it cannot start. */
export async function runDaemon(options: DaemonOptions, signal: AbortSignal): Promise<void> {
  const { config, version, log } = options;
  const startedMs = monotonicMs();
  const utcOffsetMs = takeUtcOffsetMs();
  const channels = new Map<string, Channel>();
  const finished = Promise.withResolvers<void>();
  let controlPort = config.control.listen.port;

  const sender = startSenderThread((news) => {
    if (news.kind === "tapped") control.sendMedia(news.channel, news.framed);
    else channels.get(news.channel)?.hear(news);
  });
  const sdpFor = (channel: Channel, host: string): string | null => describeSession(channel, host, controlPort, startedMs + utcOffsetMs);
  const sdp = (channel: Channel): string | null => sdpFor(channel, reachableHost(channel, "0.0.0.0"));
  const waiting = new Map<string, () => void>();
  let adapting: NodeJS.Timeout | undefined;
  const hear = (name: string, news: ChannelNews): void => {
    if (news.kind === "state" || news.kind === "settings") keeper?.note();
    tellChannelNews(name, news, log, control.publish);
    life.note();
    if (news.kind !== "state") return;
    if (news.state !== "starting") waiting.get(name)?.();
    if (news.state === "ended" && [...channels.values()].every(({ state }) => state === "ended" || state === "failed")) finished.resolve();
  };

  for (const channelConfig of config.channels) {
    const { name } = channelConfig;
    const channel = new Channel(channelConfig, setUpChannel(channelConfig, utcOffsetMs), sender, (news) => hear(name, news));
    channels.set(name, channel);
  }
  const ending = new AbortController();
  const watches = watchGroups([...channels.values()], log);
  let watching: Promise<unknown> = Promise.resolve();

  const keeper = options.stateDirectory === null ? null : await openKeeper(options.stateDirectory, channels, sender, log);
  const life = createServiceLife(options.serviceManager, {
    channels: () => Promise.all([...channels.values()].map(describeInStatus)),
    overdueMs: sender.overdueMs,
    nowMs: monotonicMs,
  });
  const readAgain = createReload(options.load, config, channels);
  const reload = () => life.reloading(readAgain);
  const control = await startControl();
  options.logRing.listen((line) => tellLogLine(line, control.publish));
  const http = await startHttp();
  const announcer = config.announce.sap ? new Announcer({ channels, group: config.announce.sapAddress, describe: sdpFor }) : null;
  try {
    await startChannels();
    await announceReady();
    watchConfig();
    await announcer?.start();
    watching = watches.run(ending.signal);
    await Promise.race([aborted(signal), finished.promise, sender.failed]);
  } finally {
    ending.abort();
    const told = life.stopping();
    await watching;
    if (options.configFile !== null) unwatchFile(options.configFile);
    clearInterval(adapting);
    await Promise.all([keeper?.close(), announcer?.close()]);
    for (const channel of channels.values()) channel.leave();
    await sender.close();
    await Promise.all([control.close(), closeHttpServer(http), told]);
  }

  async function startControl() {
    const handlers = createHandlers({
      version,
      startedMs,
      nowMs: monotonicMs,
      channels,
      sender,
      clientsOf: (name) => server.clientCount(name),
      sdp,
      logRing: options.logRing,
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
      onMediaNeed: (channel, isNeeded) => sender.post({ kind: "tap", channel, isOn: isNeeded }),
      log,
    };
    let server = createControlServer({ ...base, socketPath: config.control.socket });
    try {
      controlPort = (await server.listen()).port;
    } catch (error) {
      if (!(error instanceof ControlServerError)) throw error;
      const { socketFallback } = options;
      if (error.code !== "SOCKET_DIRECTORY" || socketFallback === null) throw await giveUp(error.message);
      log.warn(`${error.message}; ${socketFallback.path === null ? "going on without it" : `using ${socketFallback.path}`}`);
      server = createControlServer({ ...base, socketPath: socketFallback.path });
      controlPort = (await listenAgain(server)).port;
    }
    void server.run(signal);
    return server;
  }

  async function describeInStatus(channel: Channel) {
    const { statistics } = await sender.statistics(channel.name);
    return describeForStatus(channel, statistics, control.clientCount(channel.name));
  }

  async function listenAgain(server: ReturnType<typeof createControlServer>) {
    try {
      return await server.listen();
    } catch (error) {
      throw error instanceof ControlServerError ? await giveUp(error.message) : error;
    }
  }

  async function startHttp() {
    const { host, port } = config.http.listen;
    const site = {
      channelNames: () => [...channels.keys()],
      sdp: (name: string, reachedBy: string) => {
        const channel = channels.get(name);
        return channel === undefined ? null : sdpFor(channel, reachedBy);
      },
      reference: (name: string) => channels.get(name)?.referenceFile ?? null,
      page: (reachedBy: string, authority: string) =>
        renderPage(
          reachedBy,
          `${reachedBy}:${controlPort}`,
          [...channels.values()].map((channel) => describeForPage(channel, authority)),
        ),
    };
    try {
      return await startHttpServer({ host, port }, site);
    } catch (error) {
      await control.close();
      const inUse = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
      const why = inUse
        ? "is in use: stop the program that has it (another streamerd?)"
        : `cannot be listened on (${String(error)}): correct it`;
      throw await giveUp(`http.listen: ${host}:${port} ${why} or set http.listen to another one`);
    }
  }

  async function giveUp(message: string): Promise<StartError> {
    await sender.close();
    return new StartError(message);
  }

  /** Opens every channel's sockets and starts those that start by themselves; returns when each has come to a named state. */
  async function startChannels(): Promise<void> {
    const all = [...channels.values()];
    // Sources begin before that: what they bring waits for it.
    const opened = watches.settle().then(() => Promise.all(all.map((channel) => channel.open())));
    const settled = all.map((channel) => {
      const settling = Promise.withResolvers<void>();
      waiting.set(channel.name, settling.resolve);
      const left = keeper?.restore(channel) ?? { told: null, place: null };
      if (!channel.takeUp(left.told, left.place)) settling.resolve();
      return settling.promise;
    });
    await opened;
    for (const channel of all) reportInterfaces(channel);
    await Promise.race([Promise.all(settled), aborted(signal)]);
    waiting.clear();
    refuseToStandIdle();
  }

  /** Its changes are taken up, and whenever somebody asks. */
  function watchConfig(): void {
    const again = (): void => tellReload(reload(), log);
    options.onReloadable(again);
    const { configFile } = options;
    // Looking at it is robust where watching is not: editors put another file in its place, and it may be a link.
    if (configFile !== null) watchFile(configFile, { interval: CONFIG_WATCH_INTERVAL_MS }, again);
    keeper?.start();
    adapting = setInterval(() => channels.forEach((channel) => channel.adapt(monotonicMs())), ADAPT_INTERVAL_MS);
  }

  function reportInterfaces(channel: Channel): void {
    for (const { problem } of channel.interfaces)
      if (problem !== null) log.warn({ channel: channel.name }, `channels.${channel.name}.interfaces: ${problem}`);
  }

  /** With nothing to send and nothing to send it on, a person has to do something before a start makes sense. */
  function refuseToStandIdle(): void {
    const all = [...channels.values()];
    const why = all.map((channel) => {
      if (channel.state === "failed") return `channels.${channel.name}.source: ${channel.reason ?? "failed"}`;
      // A service that starts before its network waits for it: nobody stands by to start it again.
      return channel.isCutOff && options.serviceManager === null
        ? `channels.${channel.name}.interfaces: ${channel.interfaces[0]?.problem ?? "none"}`
        : null;
    });
    if (why.every((reason) => reason !== null)) throw new StartError(why[0] ?? "no channel is configured");
  }

  async function announceReady(): Promise<void> {
    if (signal.aborted) return;
    const all = [...channels.values()];
    const { host } = config.http.listen;
    const address: string | AddressInfo | null = http.address();
    const port = typeof address === "object" && address !== null ? address.port : config.http.listen.port;
    options.print(readyLine(all));
    life.ready();
    for (const channel of all) for (const line of watchHint(channel, host, port)) options.print(line);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

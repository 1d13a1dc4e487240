// The control server: TCP and a Unix socket, one protocol. What the methods mean is the handlers' affair; the server looks after
// connections, roles, sessions and limits.
import { createServer, type Server, type Socket } from "node:net";
import type { Method, Params, Result } from "../contract/contract.ts";
import { ControlError } from "../contract/errors.ts";
import type { JoinedClient } from "../contract/session.ts";
import { plainAddress } from "../plain-address.ts";
import { createBadInputLog, type BadInput, type ControlLog } from "./bad-input-log.ts";
import { createCallCounts, type MethodCount } from "./call-counts.ts";
import { serveConnection, type Connection } from "./connection.ts";
import { createDispatch, refusal } from "./dispatch.ts";
import { controlLimits, type ControlLimits } from "./limits.ts";
import { adopt, listenTcp, listenUnix, type TcpAddress } from "./listen.ts";
import { createMediaConnections } from "./media-connections.ts";
import { createOwnMethods, type Introduction, type OnReport, type OwnMethod } from "./own-methods.ts";
import type { Caller, Peer } from "./peer.ts";
import { createPlaces } from "./places.ts";
import { createAttempts } from "./attempts.ts";
import { createSessions, type Member } from "./sessions.ts";
import { createSubscriptions, type Subscriptions } from "./subscriptions.ts";
import { createSweeper } from "./sweeper.ts";

/** What the daemon answers. A handler may throw a ControlError; anything else that it throws is logged and becomes −32603. */
export type Handlers = {
  readonly [M in Exclude<Method, OwnMethod>]: (params: Params<M>, caller: Caller) => Result<M> | Promise<Result<M>>;
} & {
  /** The server adds protocol and nonce. */
  readonly "server.hello": Introduction["hello"];
  /** The server adds the session. */
  readonly "session.join": Introduction["describe"];
};

export type ControlServerOptions = {
  readonly listen: TcpAddress;
  /** Null: no Unix socket. */
  readonly socketPath: string | null;
  /** Sockets that the service manager has opened: they go before `listen` and `socketPath`, each for its kind. */
  readonly inherited?: readonly number[];
  readonly handlers: Handlers;
  /** Null: nobody becomes an operator over TCP. */
  readonly token: string | null;
  readonly limits?: ControlLimits;
  /** The sender clock: ms since 1970 UTC that never step. */
  readonly clock: { nowMs(): number };
  /** Hears how a client that has joined receives its channel. */
  readonly onReport?: OnReport;
  /** Hears how many members a channel has whenever that changes. */
  readonly onMembers?: (channel: string, count: number) => void;
  /** Hears which channels are to be handed to `sendMedia`: those that somebody takes over TCP. */
  readonly onMediaNeed?: (channel: string, isNeeded: boolean) => void;
  readonly log: ControlLog;
};

export type ControlServer = {
  /** Binds both sockets, or throws a ControlServerError with neither bound. Answers with the TCP port that it got. */
  listen(): Promise<TcpAddress>;
  /** Serves until the signal, then closes; binds first if `listen` was not called. */
  run(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
  /** Tells everybody who has subscribed to it. */
  readonly publish: Subscriptions["publish"];
  /** Packets of a channel, each after two bytes of length (RFC 4571), for those who take it over TCP. */
  readonly sendMedia: (channel: string, framed: Uint8Array) => void;
  /** Every joined client, oldest first. */
  clients(): readonly JoinedClient[];
  /** Members of one channel, or of all. */
  clientCount(channel?: string): number;
  /** The same without the daemon's own recorder. */
  viewerCount(channel: string): number;
  /** Who asks for lost packets under this SSRC; null: nobody who takes the group. */
  memberOf(repairSsrc: number): Member | null;
  /** Addresses of those who have joined by a pass. */
  addressesOf(pass: string): readonly string[];
  /** They are members no longer. */
  endPass(pass: string): void;
  /** For metrics: open connections, and what came wrong since the start. */
  counters(): ControlCounters;
};

export type ControlCounters = {
  readonly connections: number;
  readonly calls: readonly MethodCount[];
  readonly badInput: Readonly<Record<BadInput, number>>;
};

/** Who only listens says nothing: that its host has gone the kernel finds out, some ten minutes later. */
const keepAliveAfterMs = 30_000;
/** Connections over the limit get an answer and are read for a while; beyond this many at a time they are just closed. */
const maxLingering = 1024;

export function createControlServer(options: ControlServerOptions): ControlServer {
  const { handlers, token, clock, log, limits = controlLimits } = options;
  const { onReport = () => undefined, onMembers = () => undefined, onMediaNeed = () => undefined } = options;
  const nowMs = (): number => clock.nowMs();
  const subscriptions = createSubscriptions(nowMs, token !== null);
  const media = createMediaConnections(linger, onMediaNeed);
  const sessions = createSessions((change, { sessionId, channel, name, transport, address }) => {
    if (change === "left") media.detach(sessionId);
    onMembers(channel, sessions.countOf(channel));
    subscriptions.publish(change === "joined" ? "client.joined" : "client.left", { channel, name, transport, address });
  });
  const places = createPlaces(limits, token !== null);
  const badInput = createBadInputLog(log);
  const counts = createCallCounts();
  const connections = new Set<Connection>();
  /** They are told nothing more; with the time until which each may stay open, so that the last is not lost to a reset. */
  const lingering = new Map<Socket, number>();
  const { "server.hello": hello, "session.join": describe, ...domainMethods } = handlers;
  const attempts = createAttempts(limits);
  const ownMethods = createOwnMethods({
    hello,
    describe,
    token,
    limits,
    nowMs,
    onReport,
    sessions,
    subscriptions,
    places,
    attempts,
    badInput,
  });
  const dispatch = createDispatch({ ...domainMethods, ...ownMethods }, { log, badInput, counts, hasToken: token !== null });
  const servers: Server[] = [];
  /** Who comes by one of these is an operator. */
  const unixServers = new Set<Server>();
  const sweeper = createSweeper(nowMs, {
    look,
    afterStandstill: (now) => connections.forEach((connection) => connection.excuse(now)),
  });
  let bound: TcpAddress | null = null;

  function addServer(): Server {
    const options = { allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveAfterMs };
    const server = createServer(options, (socket) => accept(socket, unixServers.has(server)));
    servers.push(server);
    return server;
  }

  async function addInherited(fd: number): Promise<TcpAddress | null> {
    const server = addServer();
    const address = await adopt(server, fd);
    if (address === null) unixServers.add(server);
    return address;
  }

  async function addUnix(path: string): Promise<void> {
    const server = addServer();
    await listenUnix(server, path);
    unixServers.add(server);
  }

  function accept(socket: Socket, byUnixSocket: boolean): void {
    const address = byUnixSocket ? "unix" : plainAddress(socket.remoteAddress ?? "gone");
    const place = places.admit(byUnixSocket);
    if (place === null) return turnAway(socket, address);
    const role = byUnixSocket ? "operator" : "anyone";
    const peer: Peer = { address, role, place, nonce: null, receivedMs: nowMs(), send: () => undefined, gone: false, attached: null };
    const connection = serveConnection(socket, peer, {
      limits,
      nowMs,
      dispatch,
      sessions,
      subscriptions,
      badInput,
      handOver: (handed, { sessionId, channel: name }) => {
        // It carries no calls any more, and there is at most one for a session: its place is another's. For one that has ended meanwhile there is none.
        release();
        if (sessions.attachable(sessionId) !== null) return media.attach(handed, sessionId, name);
        linger(handed);
        handed.destroySoon();
      },
    });
    let release = (): void => {
      release = () => undefined;
      connections.delete(connection);
      places.release(peer.place);
    };
    connections.add(connection);
    sweeper.wake();
    socket.once("close", () => {
      connection.destroy();
      release();
    });
  }

  function turnAway(socket: Socket, address: string): void {
    badInput.note("noPlace", address);
    socket.on("error", () => undefined);
    if (lingering.size >= maxLingering) {
      socket.destroy();
      return;
    }
    linger(socket);
    const full = new ControlError("noPlace", `all ${limits.maxClients} places for clients are taken: try again later`);
    socket.end(`${refusal(null, full)}\n`);
    // Read on, so that the answer is not lost to a reset.
    socket.resume();
  }

  function linger(socket: Socket): void {
    lingering.set(socket, nowMs() + limits.lingerMs);
    socket.once("close", () => lingering.delete(socket));
    sweeper.wake();
  }

  function look(now: number): boolean {
    for (const connection of connections) connection.sweep(now);
    for (const [socket, untilMs] of lingering) if (untilMs <= now) socket.destroy();
    badInput.flush(now);
    // A daemon without clients sleeps on.
    return connections.size > 0 || lingering.size > 0 || badInput.isPending();
  }

  async function listen(): Promise<TcpAddress> {
    try {
      const inherited = await Promise.all((options.inherited ?? []).map(addInherited));
      if (options.socketPath !== null && unixServers.size === 0) await addUnix(options.socketPath);
      bound = inherited.find((address) => address !== null) ?? (await listenTcp(addServer(), options.listen));
    } catch (error) {
      await close();
      throw error;
    }
    // A failed accept (no file descriptors left) must not end the daemon; the next one is tried anew.
    for (const server of servers) server.on("error", (error) => log.error({ err: error }, "control: cannot accept"));
    return bound;
  }

  async function close(): Promise<void> {
    const closed = Promise.all(servers.map(closeServer));
    media.close();
    for (const connection of connections) connection.close();
    // What is owed has gone to the kernel by now, or will not be read.
    setImmediate(() => {
      for (const connection of connections) connection.destroy();
      for (const socket of lingering.keys()) socket.destroy();
    });
    await closed;
    sweeper.stop();
  }

  async function run(signal: AbortSignal): Promise<void> {
    if (bound === null) await listen();
    if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    await close();
  }

  return {
    listen,
    run,
    close,
    publish: subscriptions.publish,
    sendMedia: (channel, framed) => media.send(channel, framed, nowMs()),
    clients: () => sessions.page(null, Number.POSITIVE_INFINITY),
    viewerCount: (channel) => sessions.viewersOf(channel),
    clientCount: (channel) => (channel === undefined ? sessions.count() : sessions.countOf(channel)),
    memberOf: (repairSsrc) => sessions.memberOf(repairSsrc),
    addressesOf: (pass) => sessions.addressesOf(pass),
    endPass: (pass) => sessions.endPass(pass),
    counters: () => ({ connections: connections.size, calls: counts.list(), badInput: badInput.totals() }),
  };
}

/** Resolves when the last connection is gone; a server that never listened is closed already. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => (server.listening ? server.close(() => resolve()) : resolve()));
}

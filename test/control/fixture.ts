// A control server with handlers that only look like a daemon, for tests over real sockets.
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as v from "valibot";
import type { ChannelResult } from "../../control/contract/channel.ts";
import type { JoinDescription } from "../../control/contract/session.ts";
import { ControlError, noSuchChannel } from "../../control/contract/errors.ts";
import { controlLimits, type ControlLimits } from "../../control/server/limits.ts";
import { createControlServer, type ControlServer, type Handlers } from "../../control/server/server.ts";
import { waitFor } from "../e2e/wait.ts";

export const mainChannel: ChannelResult = {
  name: "main",
  state: "playing",
  stateReason: null,
  source: "film.mp4",
  sourcePath: "/srv/secret/film.mp4",
  sourcePid: 4242,
  cached: false,
  itemIndex: 0,
  itemCount: 2,
  positionMs: 62_000,
  durationMs: 596_000,
  frameCount: 14_304,
  profile: "rtp",
  group: "239.255.96.88",
  warnings: [],
  foreignSenders: [],
  ports: { video: 5004, audio: 5006 },
  interfaces: ["eth-secret"],
  picture: { width: 500, height: 281, quality: 80 },
  sourcePicture: { width: 854, height: 480 },
  sound: { sampleRateHz: 44_100, channels: 2 },
  pacing: {
    sourceFps: 24,
    fps: null,
    targetFps: 24,
    tsMs: 1000 / 24,
    measuredFps: 23.98,
    measuredTsMs: 41.7,
    adapt: "off",
    adaptedFps: null,
    adaptReason: null,
    clamped: false,
    latenessMs: { p50: 0.1, p99: 0.4, max: 1.2 },
    dropped: 0,
    repeated: 3,
  },
  overridden: [],
  counters: {
    framesSent: 1488,
    packetsSent: 30_000,
    bytesSent: 40_000_000,
    framesDropped: 0,
    framesRepeated: 3,
    audioBlocksSent: 8542,
    silentBlocks: 0,
    packetsRetransmitted: 0,
    sendErrors: 0,
    sourceRestarts: 0,
    oversizeReencoded: 0,
  },
  captureDelayMs: null,
  recording: null,
  queueFrames: 10,
  clients: 0,
};

export const sdp = "v=0\r\no=- 1 1 IN IP4 10.77.0.1\r\ns=main\r\n";

/** One channel, `main`, that can be paused, sought and paced; `channel.next` breaks. */
export function testHandlers(onSeek: (positionMs: number) => void = () => undefined, names: readonly string[] = ["main"]): Handlers {
  let channel = mainChannel;
  const find = (name: string): ChannelResult => {
    if (!names.includes(name)) throw noSuchChannel(name, names);
    return { ...channel, name };
  };
  const change = (name: string, changes: Partial<ChannelResult>): ChannelResult => {
    channel = { ...find(name), ...changes };
    return channel;
  };
  return {
    "server.hello": () => ({ server: "streamerd", version: "0.1.0", channels: [...names] }),
    "server.status": () => ({
      server: "streamerd",
      version: "0.1.0",
      uptimeMs: 11_520_000,
      channels: names.map(find),
      clients: 0,
      totals: { framesSent: 1488, packetsSent: 30_000, bytesSent: 40_000_000, sendErrors: 0 },
      resources: { pid: 4241, cpuPercent: 12.34, rssBytes: 83_000_000, eventLoopDelayP99Ms: 1.5 },
    }),
    "session.join": async ({ channel: name }) => {
      const { group, ports, profile, pacing } = find(name);
      const video = { width: 500, height: 281, fps: 24 };
      const audio = { sampleRateHz: 44_100, channels: 2 };
      return {
        sdp,
        group,
        ports,
        profile,
        video,
        audio,
        pacing: { fps: pacing.targetFps, tsMs: pacing.tsMs },
        ssrc: { video: 1, audio: 2 },
        rtpTime: null,
        repairPort: null,
        protection: null,
        pass: null,
      };
    },
    "pass.create": () => [],
    "pass.list": () => [],
    "pass.revoke": () => ({}),
    "channel.set": ({ channel: name, key, value }) => {
      const override = { key: `video.${key}`, value, configured: 80 };
      change(name, { overridden: [override] });
      return { channel: name, ...override };
    },
    "channel.reset": ({ channel: name, key: wanted }) => {
      const isMeant = ({ key }: { readonly key: string }): boolean => wanted === undefined || key.endsWith(wanted);
      const { overridden } = find(name);
      const reset = overridden.filter(isMeant).map(({ key }) => key);
      change(name, { overridden: overridden.filter((override) => !isMeant(override)) });
      return { channel: name, reset };
    },
    "server.log": ({ limit }) =>
      Array.from({ length: Math.min(limit, 3) }, (_, index) => ({
        at: "2026-11-20T12:00:00.000Z",
        level: index === 2 ? "warn" : "info",
        channel: "main",
        text: `line ${index}`,
      })),
    "config.reload": () => ({ applied: ["channels.main.video.quality"], needsRestart: ["http.listen"] }),
    "channel.list": () => names.map(find),
    "channel.get": (params) => find(params.channel),
    "channel.start": (params) => change(params.channel, { state: "playing" }),
    "channel.stop": (params) => change(params.channel, { state: "stopped" }),
    "channel.pause": async (params) => change(params.channel, { state: "paused" }),
    "channel.resume": (params) => change(params.channel, { state: "playing" }),
    "channel.seek": (params) => {
      onSeek(params.positionMs);
      return change(params.channel, { positionMs: params.positionMs });
    },
    "channel.next": () => {
      throw new TypeError("a defect of the daemon");
    },
    "pacing.get": (params) => find(params.channel).pacing,
    "pacing.set": ({ channel: name, fps, tsMs }) => {
      const wanted = tsMs === undefined ? (fps ?? null) : 1000 / tsMs;
      if (wanted !== null && wanted > 24) throw new ControlError("refused", `${wanted} FPS is more than the source's 24`);
      const targetFps = wanted ?? 24;
      return change(name, { pacing: { ...channel.pacing, fps: wanted, targetFps, tsMs: 1000 / targetFps } }).pacing;
    },
  };
}

/** The same, but that joining is answered with this as well. */
export function handlersJoining(more: (...call: Parameters<Handlers["session.join"]>) => Partial<JoinDescription>): Handlers {
  const handlers = testHandlers();
  const join: Handlers["session.join"] = async (params, caller) => ({
    ...(await handlers["session.join"](params, caller)),
    ...more(params, caller),
  });
  return { ...handlers, "session.join": join };
}

export type TestServer = AsyncDisposable & {
  readonly server: ControlServer;
  readonly port: number;
  readonly socketPath: string;
  readonly logLines: readonly string[];
  /** What was told of channels that somebody takes over TCP, in order. */
  readonly mediaNeeds: readonly (readonly [channel: string, isNeeded: boolean])[];
  /** What was told of numbers of members, in order. */
  readonly members: readonly (readonly [channel: string, count: number])[];
};

export type TestServerOptions = {
  readonly limits?: Partial<ControlLimits>;
  readonly token?: string;
  readonly handlers?: Handlers;
  /** By which deadlines pass. */
  readonly nowMs?: () => number;
};

/** A listening server on a port and in a directory of its own. */
export async function startServer({
  limits = {},
  token,
  handlers = testHandlers(),
  nowMs = () => performance.timeOrigin + performance.now(),
}: TestServerOptions = {}): Promise<TestServer> {
  const directory = await mkdtemp(join(tmpdir(), "streamerd-control-"));
  const socketPath = join(directory, "control.sock");
  const logLines: string[] = [];
  const mediaNeeds: [string, boolean][] = [];
  const members: [string, number][] = [];
  const write = (message: string): void => void logLines.push(message);
  const server = createControlServer({
    listen: { host: "127.0.0.1", port: 0 },
    socketPath,
    handlers,
    token: token ?? null,
    onMembers: (channel, count) => void members.push([channel, count]),
    onMediaNeed: (channel, isNeeded) => void mediaNeeds.push([channel, isNeeded]),
    limits: { ...controlLimits, ...limits },
    clock: { nowMs },
    log: { debug: write, info: write, warn: write, error: (_fields, message) => write(message) },
  });
  const { port } = await server.listen();
  return {
    server,
    port,
    socketPath,
    logLines,
    mediaNeeds,
    members,
    async [Symbol.asyncDispose]() {
      await server.close();
      await rm(directory, { recursive: true });
    },
  };
}

const answerShape = v.looseObject({
  id: v.nullish(v.union([v.string(), v.number()])),
  result: v.optional(v.looseObject({})),
  error: v.optional(v.looseObject({ code: v.number(), message: v.string(), data: v.optional(v.looseObject({})) })),
});
export type Answer = v.InferOutput<typeof answerShape>;

/** A client without any of our client's code: lines out, lines in. */
export type RawClient = Disposable & {
  readonly socket: Socket;
  send(text: string): void;
  /** Sends one call. */
  call(method: string, params?: unknown, id?: unknown): void;
  /** The next line, or null at the end of the connection. */
  line(): Promise<string | null>;
  answer(): Promise<Answer>;
  /** The answer to one call. */
  ask(method: string, params?: unknown): Promise<Answer>;
};

export async function rawClient(to: { readonly port: number } | { readonly path: string }): Promise<RawClient> {
  const socket = connect({ host: "127.0.0.1", ...to, allowHalfOpen: true });
  socket.on("error", () => undefined);
  await once(socket, "connect");
  const lines = createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
  const line = async (): Promise<string | null> => {
    const next = await lines.next();
    return next.done === true ? null : next.value;
  };
  const answer = async (): Promise<Answer> => v.parse(answerShape, JSON.parse((await line()) ?? "null"));
  const call = (method: string, params?: unknown, id: unknown = 1): void =>
    void socket.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
  return {
    socket,
    send: (text) => void socket.write(text),
    call,
    line,
    answer,
    ask: (method, params) => {
      call(method, params);
      return answer();
    },
    [Symbol.dispose]: () => socket.destroy(),
  };
}

/** A minute: a machine may be busy, and what never comes is to be told before the test's own timeout cuts it short without a word. */
const DEADLINE_MS = 60_000;

/** Polls until the condition holds; rejects with the condition's own words at the deadline. */
export async function until(condition: () => boolean): Promise<void> {
  await waitFor(String(condition), condition, DEADLINE_MS);
}

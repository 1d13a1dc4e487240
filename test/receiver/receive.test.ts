import assert from "node:assert/strict";
import { once } from "node:events";
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { test } from "node:test";
import type { TestContext } from "node:test";
import type { ControlTarget } from "../../control/client.ts";
import { ControlError } from "../../control/contract/errors.ts";
import { DescribedChannel } from "../../receiver/join/described-channel.ts";
import type { Joined } from "../../receiver/join/packet-path.ts";
import type { Sink } from "../../receiver/media.ts";
import { receive } from "../../receiver/receive.ts";
import type { ReceiveOptions } from "../../receiver/receive-options.ts";
import type { Size } from "../../receiver/reassemble/picture-assembler.ts";
import { framePackets } from "../../wire/framed.ts";
import { fragmentFrame, quantizationTables } from "../../wire/jpeg/index.ts";
import { writeL16Packet } from "../../wire/l16.ts";
import { startServer, testHandlers, until, type TestServer } from "../control/fixture.ts";
import { within } from "../e2e/wait.ts";

/** An answer is waited for twice as long. */
const LONG_BEFORE_MS = 5000;

/** A receiver over TCP that tries these servers, one after the other, and what it says. */
function optionsFor(servers: readonly TestServer[], more: Partial<ReceiveOptions> = {}): ReceiveOptions & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    targets: servers.map(({ port }) => ({ kind: "tcp", host: "127.0.0.1", port })),
    channel: "main",
    described: null,
    findAgain: null,
    transport: "tcp",
    latencyMs: 200,
    leadMs: 0,
    mostFps: null,
    pass: null,
    interface: null,
    name: "hall",
    openSinks: async () => [],
    say: (line) => void lines.push(line),
    lines,
    ...more,
  };
}

/** The first connection to it is cut, and `onConnection` called. */
async function startCutting(context: TestContext, onConnection: () => void): Promise<ControlTarget> {
  const server = createServer((socket) => {
    onConnection();
    socket.on("error", () => undefined).destroy();
  }).listen(0, "127.0.0.1");
  context.after(() => server.close());
  await once(server, "listening");
  const address = server.address();
  return { kind: "tcp", host: "127.0.0.1", port: typeof address === "object" && address !== null ? address.port : 0 };
}

/** Takes connections and never answers, as a daemon that hangs; `onCall` is called when it is asked something. */
async function startHanging(context: TestContext, onCall: () => void): Promise<ControlTarget> {
  const server = createServer((socket) => {
    context.after(() => socket.destroy());
    socket.on("error", () => undefined).on("data", onCall);
  }).listen(0, "127.0.0.1");
  context.after(() => server.close());
  await once(server, "listening");
  const address = server.address();
  return { kind: "tcp", host: "127.0.0.1", port: typeof address === "object" && address !== null ? address.port : 0 };
}

/** Two, of a packet each: no time was told by which one packet could be believed. */
function sendPictures({ server }: TestServer, ssrc: number): void {
  const scan = new Uint8Array(100).fill(1);
  const picture = { type: 1, width: 396, height: 223, tables: quantizationTables(80), restartInterval: 0, scan } as const;
  for (const number of [1, 2]) {
    const packets = fragmentFrame(picture, { maxPacketBytes: 1400, payloadType: 26, ssrc, rtpTs: number * 3750, firstSeq: number });
    server.sendMedia("main", framePackets(packets));
  }
}

test("a receiver that is stopped while it joins ends at once", async () => {
  await using running = await startServer();
  const stop = new AbortController();
  const openSinks = async (): Promise<readonly Sink[]> => {
    stop.abort();
    return [];
  };
  await within("its end", receive(optionsFor([running], { openSinks }), stop.signal));
});

test("a receiver that is stopped while it looks for a host that is away has done nothing wrong", async (context) => {
  const running = await startServer();
  const stop = new AbortController();
  const cutting = await startCutting(context, () => stop.abort());
  const openSinks = async (): Promise<readonly Sink[]> => {
    void running[Symbol.asyncDispose]();
    return [];
  };
  const options = optionsFor([running], { openSinks });
  await within("its end", receive({ ...options, targets: [...options.targets, cutting] }, stop.signal));
});

test("a receiver that is stopped while a daemon that hangs keeps it waiting ends long before it would have given up, and closes its ends", async (context) => {
  const running = await startServer();
  const stop = new AbortController();
  const hanging = await startHanging(context, () => stop.abort());
  let closed = 0;
  const sink: Sink = { picture: () => undefined, sound: () => undefined, close: async () => void closed++ };
  const openSinks = async (): Promise<readonly Sink[]> => {
    void running[Symbol.asyncDispose]();
    return [sink];
  };
  const options = optionsFor([running], { openSinks });
  const ended = receive({ ...options, targets: [...options.targets, hanging] }, stop.signal);
  await once(stop.signal, "abort");
  await within("its end", ended, LONG_BEFORE_MS);
  assert.equal(closed, 1);
});

test("a receiver that is stopped while it waits for the first answer of all has done nothing wrong", async (context) => {
  const stop = new AbortController();
  const hanging = await startHanging(context, () => stop.abort());
  const ended = receive({ ...optionsFor([]), targets: [hanging, hanging] }, stop.signal);
  await once(stop.signal, "abort");
  assert.equal(await within("its end", ended, LONG_BEFORE_MS), null);
});

test("a daemon that is back and refuses is quoted: it is not away", async () => {
  const first = await startServer();
  await using second = await startServer({ handlers: testHandlers(undefined, ["lobby"]) });
  const stop = new AbortController();
  const openSinks = async (): Promise<readonly Sink[]> => {
    void first[Symbol.asyncDispose]();
    return [];
  };
  const options = optionsFor([first, second], { openSinks });
  const ended = receive(options, stop.signal);
  await until(() => options.lines.includes("no channel is named main; there is lobby; trying again"));
  stop.abort();
  await ended;
});

test("a receiver whose pass is not good any more asks less often than one that is refused for what may pass", async () => {
  const first = await startServer();
  let asked = { noPass: 0, refused: 0 };
  const startRefusing = (name: keyof typeof asked): Promise<TestServer> =>
    startServer({
      handlers: {
        ...testHandlers(),
        "session.join": () => {
          asked = { ...asked, [name]: asked[name] + 1 };
          throw new ControlError(name, "not now");
        },
      },
    });
  await using noPass = await startRefusing("noPass");
  await using refused = await startRefusing("refused");
  const stop = new AbortController();
  const opened = Promise.withResolvers<void>();
  const openSinks = async (): Promise<readonly Sink[]> => {
    void opened.promise.then(() => first[Symbol.asyncDispose]());
    return [];
  };
  const ended = [noPass, refused].map((second) => receive(optionsFor([first, second], { openSinks }), stop.signal));
  await until(() => first.mediaNeeds.length > 0);
  opened.resolve();
  await until(() => asked.refused >= 4);
  stop.abort();
  await Promise.all(ended);
  assert.ok(asked.noPass <= 2, `asked ${asked.noPass} times`);
});

test("where no channel was named, what was received before is taken again, also of a daemon that has several by then", async () => {
  const first = await startServer({ handlers: testHandlers(undefined, ["lobby"]) });
  await using second = await startServer({ handlers: testHandlers(undefined, ["bar", "lobby"]) });
  const stop = new AbortController();
  const joined: Joined[] = [];
  const openSinks = async (): Promise<readonly Sink[]> => {
    void first[Symbol.asyncDispose]();
    return [];
  };
  const ended = receive(optionsFor([first, second], { channel: null, openSinks, joined: (place) => void joined.push(place) }), stop.signal);
  await until(() => joined.length > 0);
  stop.abort();
  await ended;
  assert.equal(joined.at(-1)?.channel, "lobby");
  assert.ok(joined.at(-1)?.place.endsWith(String(second.port)));
});

test("a picture that has taken another size while the daemon could not be reached is cropped to that", async () => {
  const first = await startServer();
  const handlers = testHandlers();
  const video = { width: 396, height: 223, fps: 24 };
  await using second = await startServer({
    handlers: { ...handlers, "session.join": async (params, caller) => ({ ...(await handlers["session.join"](params, caller)), video }) },
  });
  const stop = new AbortController();
  const sizes: Size[] = [];
  const sink: Sink = {
    picture: ({ width, height }) => void sizes.push({ width, height }),
    sound: () => undefined,
    close: async () => undefined,
  };
  const options = optionsFor([first, second], { openSinks: async () => [sink] });
  const ended = receive(options, stop.signal);
  await until(() => first.mediaNeeds.length > 0);
  await first[Symbol.asyncDispose]();
  await until(() => second.mediaNeeds.length > 0);
  sendPictures(second, 1);
  await until(() => sizes.length > 0);
  assert.deepEqual(sizes, [{ width: 396, height: 223 }]);
  stop.abort();
  await ended;
});

test("what came in all is told of every stream that was received, and of where it was joined each time", async () => {
  const first = await startServer();
  const handlers = testHandlers();
  const ssrc = { video: 11, audio: 12 };
  await using second = await startServer({
    handlers: { ...handlers, "session.join": async (params, caller) => ({ ...(await handlers["session.join"](params, caller)), ssrc }) },
  });
  const stop = new AbortController();
  let pictures = 0;
  const sink: Sink = { picture: () => void pictures++, sound: () => undefined, close: async () => undefined };
  const places: string[] = [];
  const joined = ({ place }: Joined): void => void places.push(place);
  const ended = receive(optionsFor([first, second], { openSinks: async () => [sink], joined }), stop.signal);
  await until(() => first.mediaNeeds.length > 0);
  sendPictures(first, 1);
  await until(() => pictures === 2);
  await first[Symbol.asyncDispose]();
  await until(() => second.mediaNeeds.length > 0);
  sendPictures(second, 11);
  await until(() => pictures === 4);
  stop.abort();
  const totals = await ended;
  assert.deepEqual([totals?.pictures.shown, totals?.packets.received, totals?.packets.lost], [4, 4, 0]);
  assert.deepEqual(
    places,
    [first, second].map(({ port }) => `127.0.0.1:${port}`),
  );
});

test("a connection over TCP that brings nothing though the channel is sent is given up for another one", async () => {
  await using running = await startServer();
  const stop = new AbortController();
  const options = optionsFor([running]);
  const ended = receive(options, stop.signal);
  await until(() => running.mediaNeeds.filter(([, isNeeded]) => isNeeded).length === 2);
  assert.ok(options.lines.includes("nothing comes over TCP, though main is playing: connecting again"), options.lines.join("\n"));
  stop.abort();
  await ended;
});

test("a channel that was found by its announcements is gone on with where it is announced, when its host stays away", async () => {
  const first = await startServer();
  await using second = await startServer();
  const stop = new AbortController();
  const openSinks = async (): Promise<readonly Sink[]> => {
    void first[Symbol.asyncDispose]();
    return [];
  };
  const findAgain = async (): Promise<ControlTarget> => ({ kind: "tcp", host: "127.0.0.1", port: second.port });
  const options = optionsFor([first], { openSinks, findAgain });
  const ended = receive(options, stop.signal);
  await until(() => options.lines.includes(`joined main at 127.0.0.1:${second.port} over TCP`));
  assert.ok(options.lines.includes(`main is announced at 127.0.0.1:${second.port} now: going on there`), options.lines.join("\n"));
  stop.abort();
  await ended;
});

test("a channel without a picture is known to play by its sound, until that stays away", async (context) => {
  const socket = createSocket("udp4");
  context.after(() => socket.close());
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  socket.setMulticastInterface("127.0.0.1");
  // Even, and as good as free: the RTCP port of what is bound stays another's.
  const port = (socket.address().port & ~1) - 2;
  const group = "239.255.77.78";
  const audio = { port, sampleRateHz: 44_100, channels: 2, payloadType: 10 } as const;
  const facts = { sessionId: "1", sessionVersion: "1", originAddress: "127.0.0.1", name: "radio", ttl: 1 };
  const control = { host: "127.0.0.1", port: 9 };
  const session = { ...facts, group, control, video: null, audio };
  const states: string[] = [];
  const sink: Sink = {
    picture: () => undefined,
    sound: () => undefined,
    state: ({ kind }) => states.push(kind),
    close: async () => undefined,
  };
  const options = optionsFor([], { interface: "lo", transport: "multicast", openSinks: async () => [sink] });
  const described = new DescribedChannel({ session, host: "127.0.0.1", port: 9 }, () => undefined);
  const stop = new AbortController();
  const ended = receive({ ...options, described }, stop.signal);
  await until(() => options.lines.some((line) => line.startsWith(`joined radio at 127.0.0.1:9: group ${group}:${port} on 127.0.0.1`)));
  let sequence = 0;
  const sending = setInterval(() => {
    const header = { payloadType: 10, marker: false, sequence, rtpTs: sequence * 320, ssrc: 7 };
    socket.send(writeL16Packet(header, new Uint8Array(1280)), port, group);
    sequence++;
  }, 7);
  await until(() => states.length > 0).finally(() => clearInterval(sending));
  await until(() => states.length > 1);
  assert.deepEqual(states, ["playing", "waiting"]);
  stop.abort();
  await ended;
});

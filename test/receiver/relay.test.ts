/** A channel is received for a daemon that sends it on, from a control server whose media the test sends. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import os from "node:os";
import { syncBuiltinESMExports } from "node:module";
import { test } from "node:test";
import type { RelayEnds } from "../../receiver/relay.ts";
import { receiveForRelay } from "../../receiver/relay.ts";
import { framePackets } from "../../wire/framed.ts";
import { writeL16Packet } from "../../wire/l16.ts";
import { startServer, testHandlers, until } from "../control/fixture.ts";

const RATE_HZ = 44_100;
const BLOCK = 320;
const NOTHING: RelayEnds = {
  form: () => undefined,
  origins: () => undefined,
  picture: () => undefined,
  sound: () => undefined,
  trouble: () => undefined,
};

test("what takes longer on its way than is waited for at first is waited for longer, and nobody is told of another form", async () => {
  const lateMs = 250;
  const nowMs = (): number => performance.timeOrigin + performance.now();
  const senderMs = nowMs();
  const handlers = testHandlers();
  await using running = await startServer({
    nowMs,
    handlers: {
      ...handlers,
      "session.join": async (params, caller) => ({
        ...(await handlers["session.join"](params, caller)),
        rtpTime: { senderMs, video: 0, audio: 0 },
      }),
    },
  });
  let sequence = 0;
  const sending = setInterval(() => {
    for (; (sequence * BLOCK * 1000) / RATE_HZ < nowMs() - senderMs - lateMs; sequence++) {
      const header = { payloadType: 10, marker: false, sequence: sequence & 0xffff, rtpTs: sequence * BLOCK, ssrc: 2 };
      running.server.sendMedia("main", framePackets([writeL16Packet(header, new Uint8Array(4 * BLOCK).fill(1))]));
    }
  }, 5);
  let [heard, forms] = [0, 0];
  const stop = new AbortController();
  const sound: RelayEnds["sound"] = (_, samples) => void (heard += samples.filter((sample) => sample !== 0).length);
  const place = { host: "127.0.0.1", port: running.port, channel: "main", pass: null };
  const ended = receiveForRelay(place, { ...NOTHING, sound, form: () => void forms++ }, stop.signal);
  try {
    await until(() => heard > RATE_HZ);
  } finally {
    clearInterval(sending);
    stop.abort();
  }
  assert.equal(await ended, null);
  assert.equal(forms, 1);
});

test("a host with the longest of names may join", async (context) => {
  context.mock.method(os, "hostname", () => "h".repeat(64));
  syncBuiltinESMExports();
  context.after(() => {
    context.mock.restoreAll();
    syncBuiltinESMExports();
  });
  await using running = await startServer();
  const stop = new AbortController();
  const form = (): void => stop.abort();
  const reason = await receiveForRelay(
    { host: "127.0.0.1", port: running.port, channel: null, pass: null },
    { ...NOTHING, form },
    stop.signal,
  );
  assert.equal(reason, null);
});

test("what refuses there is quoted in one short line, whatever it says", async (context) => {
  const message = `no\n2026-11-20 12:00:00 main: all is well ${"x".repeat(900_000)}`;
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", () => socket.write(`${JSON.stringify({ jsonrpc: "2.0", id: null, error: { code: 1, message } })}\n`));
  }).listen(0, "127.0.0.1");
  context.after(() => server.close());
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  const reason = await receiveForRelay({ host: "127.0.0.1", port, channel: "main", pass: null }, NOTHING, new AbortController().signal);
  assert.match(reason ?? "", /^no2026-11-20 12:00:00 main: all is well x{20,300}$/);
  assert.ok((reason ?? "").length <= 300);
});

test("whom a channel comes from is told before its form: itself, and those that it is sent on from", async () => {
  const handlers = testHandlers();
  await using running = await startServer({
    handlers: {
      ...handlers,
      "channel.get": async (params, caller) => ({ ...(await handlers["channel.get"](params, caller)), relays: [8, 9] }),
    },
  });
  const stop = new AbortController();
  const told: unknown[] = [];
  const ends: RelayEnds = {
    ...NOTHING,
    origins: (ssrcs) => void told.push(ssrcs),
    form: () => {
      told.push("form");
      stop.abort();
    },
  };
  assert.equal(await receiveForRelay({ host: "127.0.0.1", port: running.port, channel: "main", pass: null }, ends, stop.signal), null);
  assert.deepEqual(told, [[1, 8, 9], "form"]);
});

test("a channel of datagrams cannot be sent on, and the reason says what helps here", async () => {
  const handlers = testHandlers();
  await using running = await startServer({
    handlers: {
      ...handlers,
      "session.join": async (params, caller) => ({ ...(await handlers["session.join"](params, caller)), profile: "datagram" }),
    },
  });
  const place = { host: "127.0.0.1", port: running.port, channel: "main", pass: null };
  assert.match(
    (await receiveForRelay(place, NOTHING, new AbortController().signal)) ?? "",
    /^main is sent as datagrams, which cannot be sent on: set profile: rtp there/,
  );
});

import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import { runPlay, runWatch } from "../../receiver/commands/watch.ts";
import { mainChannel, startServer, testHandlers, until } from "../control/fixture.ts";

const nothing = (): void => undefined;
const REQUEST = {
  mayFind: false,
  channel: "main",
  transport: "tcp",
  latencyMs: 200,
  interface: null,
  name: "hall",
  mostFps: null,
  pass: null,
  listen: { host: "127.0.0.1", port: 0 },
  tls: null,
} as const;

test("play says of a channel without sound that it has none, and ends where there is no page", async () => {
  const handlers = testHandlers();
  await using server = await startServer({
    handlers: {
      ...handlers,
      "session.join": async (params, caller) => ({ ...(await handlers["session.join"](params, caller)), audio: null }),
    },
  });
  const lines: string[] = [];
  const targets = [{ kind: "tcp", host: "127.0.0.1", port: server.port }] as const;
  const request = { ...REQUEST, targets, hasPage: false, device: null };
  const io = {
    out: nothing,
    say: (line: string) => void lines.push(line),
    progress: nothing,
    columns: () => null,
    json: false,
    signal: AbortSignal.timeout(20_000),
  };
  await assert.rejects(runPlay(request, io), /nothing left to play/);
  assert.ok(lines.includes("no sound: main has none"), lines.join("\n"));
});

test("with --json watch tells where it joined, where its page is, and at the end what came; play why it ended by itself", async () => {
  await using server = await startServer();
  const { group, ports } = mainChannel;
  const place = `127.0.0.1:${server.port}`;
  const targets = [{ kind: "tcp", host: "127.0.0.1", port: server.port }] as const;
  const joined = { event: "joined", channel: "main", daemon: place, transport: "tcp", group, ports };
  const nothingCame = { pictures: 0, sound: { samples: 0, lostSamples: 0 }, lost: 0, expected: 0, repaired: 0, late: 0 };
  const lines: unknown[] = [];
  const stop = new AbortController();
  const io = { out: (text: string) => void lines.push(JSON.parse(text)), say: nothing, progress: nothing, columns: () => null, json: true };
  const ended = runWatch({ ...REQUEST, targets }, { ...io, signal: stop.signal });
  await until(() => lines.length === 2);
  const url = v.parse(v.object({ event: v.literal("page"), url: v.string() }), lines[0]).url;
  assert.equal((await fetch(url)).status, 200);
  stop.abort();
  await ended;
  assert.deepEqual(lines.slice(1), [joined, { event: "ended", reason: null, ...nothingCame }]);
  lines.length = 0;
  const playing = runPlay(
    { ...REQUEST, targets, hasPage: false, device: "none of this host" },
    { ...io, signal: AbortSignal.timeout(20_000) },
  );
  await assert.rejects(playing, /nothing left to play/);
  const reason = "with --no-video there is nothing left to play; without it there is the page";
  assert.deepEqual(lines.at(-1), { event: "ended", reason, ...nothingCame });
});

test("watch serves one page for as long as it runs, also when the sound takes another form", async () => {
  const first = await startServer();
  const handlers = testHandlers();
  const audio = { sampleRateHz: 48_000, channels: 1 };
  await using second = await startServer({
    handlers: { ...handlers, "session.join": async (params, caller) => ({ ...(await handlers["session.join"](params, caller)), audio }) },
  });
  const stop = new AbortController();
  const lines: string[] = [];
  const request = {
    targets: [first, second].map(({ port }) => ({ kind: "tcp", host: "127.0.0.1", port }) as const),
    ...REQUEST,
  };
  const say = (line: string): void => void lines.push(line);
  const ended = runWatch(request, { out: nothing, say, progress: nothing, columns: () => null, json: false, signal: stop.signal });
  await until(() => first.mediaNeeds.length > 0);
  const [url] = lines.flatMap((line) => /RECEIVING VIDEO: (http\S+)$/.exec(line)?.[1] ?? []);
  assert.ok(url !== undefined);
  await first[Symbol.asyncDispose]();
  await until(() => second.mediaNeeds.length > 0);
  assert.equal((await fetch(url)).status, 200);
  assert.equal(lines.filter((line) => line.startsWith("RECEIVING VIDEO")).length, 1);
  stop.abort();
  await ended;
  await assert.rejects(fetch(url));
});

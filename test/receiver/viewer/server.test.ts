// The viewer's server without a browser: who gets what, and what a page costs that does not read.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { hostname } from "node:os";
import { test } from "node:test";
import type { TestContext } from "node:test";
import * as v from "valibot";
import { WebSocket } from "ws";
import { startViewer } from "../../../receiver/sinks/viewer/viewer.ts";
import type { Viewer } from "../../../receiver/sinks/viewer/viewer.ts";
import { within } from "../../e2e/wait.ts";
import { formWith, SIZE } from "./feed.ts";

const audio = { sampleRateHz: 44_100, channels: 2 } as const;

async function start(context: TestContext, host = "127.0.0.1", lines: string[] = []): Promise<Viewer & { readonly port: number }> {
  const print = (line: string): void => void lines.push(line);
  const viewer = await startViewer({ listen: { host, port: 0 }, title: "main", form: formWith(audio), print });
  context.after(() => viewer.close());
  return Object.assign(viewer, { port: Number(new URL(viewer.url).port) });
}

type Answer = { readonly status: number; readonly headers: Readonly<Record<string, string | string[] | undefined>>; readonly body: string };

async function get(port: number, path: string, headers: Readonly<Record<string, string>> = {}, method = "GET"): Promise<Answer> {
  const asked = request({ host: "127.0.0.1", port, path, method, agent: false, headers: { host: `127.0.0.1:${port}`, ...headers } }).end();
  return new Promise((resolve, reject) => {
    asked.on("error", reject);
    asked.on("response", (response) => {
      response.setEncoding("utf8");
      let body = "";
      response.on("data", (text: string) => (body += text));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
  });
}

/** 101 when it was let in. */
async function upgrade(port: number, headers: Readonly<Record<string, string>>, path = "/stream"): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  return new Promise((resolve) => {
    socket.on("error", () => undefined);
    socket.on("unexpected-response", (_request, response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    socket.on("open", () => {
      socket.close();
      resolve(101);
    });
  });
}

test("a name that leads to no address is told as that", async (context) => {
  await assert.rejects(start(context, "no-such-host.invalid"), {
    code: "CANNOT_LISTEN",
    message: "the viewer cannot listen there: the name no-such-host.invalid cannot be looked up; give an address of this host",
  });
});

test("the page comes with headers that let nothing in from elsewhere and nobody frame it", async (context) => {
  const { port } = await start(context);
  const { status, headers, body } = await get(port, "/");
  assert.equal(status, 200);
  assert.match(body, /<h1>RECEIVING VIDEO<\/h1>/);
  assert.doesNotMatch(body, /https?:\/\/|<style|\sstyle=|\son\w+=|<script(?! type="module" src="\/)/);
  assert.match(String(headers["content-security-policy"]), /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'/);
  assert.equal(headers["x-content-type-options"], "nosniff");
  assert.equal(headers["referrer-policy"], "no-referrer");
  assert.equal((await get(port, "/style.css")).headers["content-type"], "text/css; charset=utf-8");
});

test("no path leads into the file system", async (context) => {
  const { port } = await start(context);
  for (const path of [
    "/../package.json",
    "/%2e%2e/package.json",
    "/index.html/..",
    "//etc/passwd",
    "/tsconfig.json",
    "http://127.0.0.1/etc/passwd",
    "*",
  ])
    assert.equal((await get(port, path)).status, 404, path);
  assert.equal((await get(port, "/", {}, "POST")).status, 405);
});

test("a name that somebody else points at this host is refused", async (context) => {
  const { port } = await start(context);
  for (const host of [
    "evil.example",
    `evil.example:${port}`,
    "127.0.0.1",
    `127.0.0.1:${port + 1}`,
    `127.0.0.1.evil.example:${port}`,
    `${hostname()}.local:${port}`,
  ]) {
    const { status, body } = await get(port, "/", { host });
    assert.equal(status, 403, host);
    assert.match(body, /^not by this name: [^\n]+\n$/);
    assert.equal(await upgrade(port, { host, origin: `http://${host}` }), 403, host);
  }
  for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `LOCALHOST:${port}`])
    assert.equal((await get(port, "/", { host })).status, 200, host);
});

test("another site's page gets neither files nor the stream", async (context) => {
  const { port } = await start(context);
  const own = `http://127.0.0.1:${port}`;
  for (const origin of [
    "http://evil.example",
    `http://localhost:${port}`,
    `https://127.0.0.1:${port}`,
    `http://127.0.0.1:${port + 1}`,
    "null",
  ]) {
    assert.equal((await get(port, "/main.js", { origin })).status, 403, origin);
    assert.equal(await upgrade(port, { origin }), 403, origin);
  }
  assert.equal((await get(port, "/main.js", { "sec-fetch-site": "cross-site", "sec-fetch-dest": "script" })).status, 403);
  assert.equal(
    (await get(port, "/", { "sec-fetch-site": "cross-site", "sec-fetch-dest": "document" })).status,
    200,
    "a link to it is good",
  );
  assert.equal(await upgrade(port, {}), 403, "a browser says where it comes from");
  assert.equal(await upgrade(port, { origin: own }, "/other"), 403);
  assert.equal(await upgrade(port, { origin: own }), 101);
});

test("beyond localhost the link is good once, and a cookie comes for it", async (context) => {
  const lines: string[] = [];
  const viewer = await start(context, "0.0.0.0", lines);
  const { port } = viewer;
  const origin = `http://127.0.0.1:${port}`;
  assert.match(lines[1] ?? "", /without TLS .* plays no sound: --tls-cert FILE --tls-key FILE$/);
  const link = new URL(viewer.url).pathname;
  assert.match(link, /^\/enter\/[\w-]{43}$/);
  for (const path of ["/", "/main.js", "/enter/", `/enter/${"A".repeat(43)}`]) assert.deepEqual((await get(port, path)).status, 403, path);
  assert.equal(await upgrade(port, { origin }), 403);
  assert.equal((await get(port, link, {}, "HEAD")).status, 403);
  assert.equal((await get(port, link, { "sec-purpose": "prefetch" })).status, 403, "looking ahead does not use it up");
  assert.equal((await get(port, link, { host: "evil.example" })).status, 403);

  const entered = await get(port, link);
  assert.equal(entered.status, 200);
  const set = String(entered.headers["set-cookie"]);
  assert.match(set, /; HttpOnly; SameSite=Strict; Path=\/$/);
  assert.equal((await get(port, link)).status, 403, "once");
  const cookie = set.split(";", 1)[0] ?? "";
  assert.equal((await get(port, "/", { cookie })).status, 200);
  assert.equal((await get(port, link, { cookie })).status, 200, "whoever is in may come by it again");
  assert.equal((await get(port, "/", { cookie: `${cookie}x` })).status, 403);
  assert.equal(await upgrade(port, { origin, cookie }), 101);
  assert.equal(await upgrade(port, { origin: "http://evil.example", cookie }), 403, "the cookie alone is not enough");
  assert.notEqual(new URL(viewer.url).pathname, link, "there is another link for the next one");
  assert.ok(lines.at(-1)?.includes(viewer.url));
});

test("the page's words are heard, and other words end the connection", async (context) => {
  const viewer = await start(context);
  const origin = `http://127.0.0.1:${viewer.port}`;
  const open = async (): Promise<WebSocket> => {
    const socket = new WebSocket(`ws://127.0.0.1:${viewer.port}/stream`, { headers: { origin } });
    await once(socket, "open");
    return socket;
  };
  const page = await open();
  const answers: string[] = [];
  page.on("message", (data: Buffer) => answers.push(data.toString()));
  page.send('{"kind":"ping","pageMs":12.5}');
  page.send('{"kind":"shown","fps":23.9,"skewMs":-4,"latenessMs":2}');
  await until(() => viewer.shownFps() === 23.9);
  assert.equal(viewer.skewMs(), -4);
  await until(() => answers.some((text) => text.includes("pong")));
  const pong = v.parse(
    v.object({ kind: v.literal("pong"), pageMs: v.literal(12.5), serverMs: v.number() }),
    JSON.parse(answers.find((text) => text.includes("pong")) ?? ""),
  );
  assert.ok(pong.serverMs > 0);
  assert.equal(viewer.clientCount(), 1);
  page.close();
  await until(() => viewer.clientCount() === 0);
  assert.deepEqual([viewer.shownFps(), viewer.skewMs()], [null, null], "nobody watches");

  for (const bad of ["hello", Buffer.from("{}"), "x".repeat(2000)]) {
    const other = await open();
    other.on("error", () => undefined);
    other.send(bad);
    const [code] = await once(other, "close");
    assert.ok(code === 1008 || code === 1009);
  }
  const flood = await open();
  for (let index = 0; index < 100; index++) flood.send('{"kind":"ping","pageMs":1}');
  const [code] = await once(flood, "close");
  assert.equal(code, 1008);
});

test("a seventeenth page is told that there are too many, and can ask why its WebSocket was refused", async (context) => {
  const { port } = await start(context);
  const ask = async (): Promise<number> => (await fetch(`http://127.0.0.1:${port}/stream`, { method: "HEAD" })).status;
  assert.equal(await ask(), 200);
  const headers = { origin: `http://127.0.0.1:${port}` };
  const sockets = Array.from({ length: 16 }, () => new WebSocket(`ws://127.0.0.1:${port}/stream`, { headers }));
  await Promise.all(sockets.map((socket) => once(socket, "open")));
  assert.equal(await upgrade(port, headers), 503);
  assert.equal(await ask(), 503);
  for (const socket of sockets) socket.terminate();
});

test("whoever is refused the stream and keeps its end open holds no place", async (context) => {
  const { port } = await start(context);
  const refused = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  const broken = once(refused, "error");
  refused.write(`GET /stream HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
  const answer: unknown[] = await once(refused, "data");
  assert.match(String(answer[0]), /403 Forbidden/);
  const saying = setInterval(() => refused.write("still here"), 10);
  context.after(() => clearInterval(saying));
  await within("its end", broken);
  refused.destroy();
});

test("a page that is open goes on when the sound takes another form, and one that comes later begins with that", async (context) => {
  const viewer = await start(context);
  const origin = `http://127.0.0.1:${viewer.port}`;
  const open = async (texts: string[]): Promise<void> => {
    const socket = new WebSocket(`ws://127.0.0.1:${viewer.port}/stream`, { headers: { origin } });
    socket.on("message", (data: Buffer) => texts.push(data.toString()));
    await once(socket, "open");
  };
  const [early, late]: [string[], string[]] = [[], []];
  await open(early);
  await until(() => early.length > 0);
  viewer.setForm(formWith({ sampleRateHz: 48_000, channels: 1 }));
  await until(() => early.length > 1);
  await open(late);
  await until(() => late.length > 0);
  assert.match(early[0] ?? "", /"audio":\{"sampleRateHz":44100,"channels":2\}/);
  for (const text of [early[1], late[0]]) assert.match(text ?? "", /"kind":"form".*"audio":\{"sampleRateHz":48000,"channels":1\}/);
});

test("a page that does not read loses pictures, then sound, and then its connection; others lose nothing", async (context) => {
  const viewer = await start(context);
  const { port } = viewer;
  const origin = `http://127.0.0.1:${port}`;
  const slow = connect(port, "127.0.0.1");
  slow.on("error", () => undefined);
  slow.write(
    `GET /stream HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: ${origin}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\n\r\n`,
  );
  await until(() => viewer.clientCount() === 1);
  const good = new WebSocket(`ws://127.0.0.1:${port}/stream`, { headers: { origin } });
  let got = 0;
  good.on("message", (_data, isBinary) => (got += isBinary ? 1 : 0));
  await once(good, "open");

  const jpeg = randomBytes(256 * 1024);
  let given = 0;
  while (viewer.counters().picturesDropped < 20) {
    viewer.picture({ jpeg, ...SIZE, senderMs: 0, localMs: 0, showAtMs: 0 });
    given += 1;
    await until(() => got === given);
  }
  assert.equal(viewer.counters().soundsDropped, 0, "sound goes on");
  const samples = new Int16Array(32_768);
  while (viewer.counters().soundsDropped < 20) {
    viewer.sound({ samples, firstSample: 0, senderMs: 0, localMs: 0, playAtMs: 0, lostSamples: 0 });
    given += 1;
    await until(() => got === given);
  }
  assert.equal(viewer.clientCount(), 2);
  await until(() => viewer.clientCount() === 1);
  assert.equal(viewer.counters().closedForNotReading, 1);
  assert.equal(good.readyState, WebSocket.OPEN);
  slow.destroy();
});

test("what cannot be listened on is said with its remedy", async (context) => {
  const { port } = await start(context);
  const options = { title: "main", form: formWith(null), print: () => undefined };
  await assert.rejects(startViewer({ ...options, listen: { host: "127.0.0.1", port } }), { code: "PORT_IN_USE", message: /another port/ });
  await assert.rejects(startViewer({ ...options, listen: { host: "192.0.2.1", port: 0 } }), {
    code: "CANNOT_LISTEN",
    message: /address of this host/,
  });
  await assert.rejects(startViewer({ ...options, listen: { host: "127.0.0.1", port: 0 }, tls: { key: "no", cert: "no" } }), {
    code: "BAD_TLS",
  });
});

/** Polls until the condition holds; the test's own timeout is the deadline. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

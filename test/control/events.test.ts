// events.subscribe: who is told what, and that nobody waits for a subscriber.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import * as v from "valibot";
import { connectControl } from "../../control/client.ts";
import type { Notification } from "../../control/contract/notifications.ts";
import { waitFor } from "../e2e/wait.ts";
import { rawClient, startServer, until, type TestServer } from "./fixture.ts";

const main = resolve(import.meta.dirname, "../../control/streamctl/main.ts");
const told = v.object({ jsonrpc: v.literal("2.0"), method: v.string(), params: v.looseObject({ at: v.string() }) });

function state(running: TestServer, reason: string | null, channel = "main"): void {
  running.server.publish("channel.state", { channel, state: "paused", reason });
}

test("a subscriber is told as a JSON-RPC notification, with the time", async () => {
  await using running = await startServer();
  using client = await rawClient(running);
  const { result } = await client.ask("events.subscribe");
  assert.deepEqual(result, {
    events: ["channel.state", "channel.picture", "channel.key", "pacing.changed", "client.joined", "client.left"],
  });
  state(running, "for a test");
  const { method, params } = v.parse(told, JSON.parse((await client.line()) ?? ""));
  const { at, ...rest } = params;
  assert.deepEqual([method, rest], ["channel.state", { channel: "main", state: "paused", reason: "for a test" }]);
  assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60_000);
});

test("names and a channel choose what is told, and a second subscription takes the place of the first", async () => {
  await using running = await startServer();
  using client = await rawClient(running);
  await client.ask("events.subscribe", { events: ["channel.state"], channel: "main" });
  state(running, "elsewhere", "other");
  running.server.publish("channel.picture", { channel: "main", width: 1, height: 1, quality: 1 });
  state(running, "here");
  assert.match((await client.line()) ?? "", /"here"/);
  await client.ask("events.subscribe", { events: [] });
  state(running, "unheard");
  assert.deepEqual((await client.ask("clock.ping", { t0: 1 })).error, undefined);
});

test("what is the operator's stays the operator's: warnings, the log, and addresses of clients", async () => {
  await using running = await startServer();
  using anyone = await rawClient(running);
  using operator = await rawClient({ path: running.socketPath });
  using member = await rawClient(running);
  for (const name of ["log.warning", "log.line"])
    assert.equal((await anyone.ask("events.subscribe", { events: [name] })).error?.code, -32001);
  assert.equal((await anyone.ask("server.log")).error?.code, -32001);
  await anyone.ask("events.subscribe");
  const { result } = await operator.ask("events.subscribe");
  assert.ok(JSON.stringify(result).includes("log.warning") && !JSON.stringify(result).includes("log.line"));
  running.server.publish("log.warning", { channel: null, text: "trouble" });
  assert.match((await operator.line()) ?? "", /log\.warning.*trouble/);
  await member.ask("session.join", { channel: "main", name: "hall" });
  const seen = v.parse(told, JSON.parse((await anyone.line()) ?? ""));
  assert.deepEqual([seen.method, seen.params["name"], "address" in seen.params], ["client.joined", "hall", false]);
  assert.equal(v.parse(told, JSON.parse((await operator.line()) ?? "")).params["address"], "127.0.0.1");
  member.socket.destroy();
  assert.match((await operator.line()) ?? "", /client\.left/);
});

test("wrong names are refused with those that there are", async () => {
  await using running = await startServer();
  using client = await rawClient(running);
  const { error } = await client.ask("events.subscribe", { events: ["channel.exploded"] });
  assert.equal(error?.code, -32602);
  assert.match(error?.message ?? "", /events\.0: must be of channel\.state, /);
});

test("a channel that is not there is refused with those that there are, and the subscription stays as it was", async () => {
  await using running = await startServer();
  using client = await rawClient(running);
  await client.ask("events.subscribe", { channel: "main" });
  const { error } = await client.ask("events.subscribe", { channel: "nosuch" });
  assert.deepEqual([error?.code, error?.message], [-32003, "no channel is named nosuch; there is main"]);
  state(running, "still told");
  assert.match((await client.line()) ?? "", /still told/);
});

test("a subscriber counts as alive, however silent it is", async () => {
  await using running = await startServer({ limits: { idleMs: 200 } });
  using client = await rawClient(running);
  await client.ask("events.subscribe");
  await new Promise((resolve) => setTimeout(resolve, 800));
  state(running, "still there?");
  assert.match((await client.line()) ?? "", /still there/);
});

test("a subscriber whose host has gone without a word is found out by the kernel", async () => {
  await using running = await startServer();
  using client = await rawClient(running);
  await client.ask("events.subscribe");
  // proc_net_tcp: local address, remote address, state (01: established), queues, and the timer that runs (02: keepalive).
  const local = `0100007F:${running.port.toString(16).toUpperCase().padStart(4, "0")}`;
  const entry = (): string => {
    const lines = readFileSync("/proc/net/tcp", "utf8").split("\n");
    return lines.find((line) => line.includes(`: ${local} `) && line.includes(" 01 ")) ?? "";
  };
  await waitFor("the kernel's timer", () => / 02:[0-9A-F]{8} /.test(entry()));
});

test("a subscriber that never reads is let go, and the others are told everything", async () => {
  await using running = await startServer();
  using deaf = await rawClient(running);
  using client = await rawClient(running);
  deaf.socket.pause();
  await client.ask("events.subscribe", { events: ["channel.state"] });
  deaf.call("events.subscribe", { events: ["channel.state"] });
  await new Promise((resolve) => setTimeout(resolve, 100));
  const reason = "x".repeat(1000);
  let heard = 0;
  const reading = (async () => {
    while (heard < 20_000 && (await client.line()) !== null) heard++;
  })();
  for (let round = 0; round < 200; round++) {
    for (let count = 0; count < 100; count++) state(running, reason);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await reading;
  assert.equal(heard, 20_000);
  await until(() => running.server.counters().badInput.slowReader === 1);
});

test("the client hands notifications over, and passes over what a later daemon may tell", async () => {
  await using running = await startServer();
  const client = await connectControl({ kind: "unix", path: running.socketPath });
  const heard: Notification[] = [];
  await client.subscribe({}, (notification) => heard.push(notification));
  state(running, "\u001b[31mred\u0007");
  await until(() => heard.length > 0);
  assert.equal(heard[0]?.name, "channel.state");
  assert.ok(!JSON.stringify(heard).includes("\\u001b"), "control characters are gone");
  client.close();
});

test("streamctl events prints a line each, JSON with --json, and ends with 3 when the daemon goes", async () => {
  const running = await startServer();
  const start = (...args: readonly string[]) =>
    spawn(process.execPath, [main, "--socket", running.socketPath, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const people = start("events");
  const json = start("--json", "events", "main");
  const firstOf = async (child: typeof people): Promise<string> =>
    (await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()).value ?? "";
  const lines = Promise.all([firstOf(people), firstOf(json)]);
  const telling = setInterval(() => state(running, "for a test"), 50);
  const [line, object] = await lines;
  clearInterval(telling);
  assert.match(line, /^\d\d:\d\d:\d\d {2}channel\.state {5}main {14}paused: for a test$/);
  assert.partialDeepStrictEqual(JSON.parse(object), { event: "channel.state", channel: "main", state: "paused", reason: "for a test" });
  const ended = Promise.all([once(people, "close"), once(json, "close"), text(people.stderr)]);
  await running[Symbol.asyncDispose]();
  const [[status], [other], stderr] = await ended;
  assert.deepEqual([status, other, stderr], [3, 3, "streamctl: the daemon closed the connection\n"]);
});

test("streamctl logs prints the last lines, and with --follow those that come", async () => {
  await using running = await startServer();
  const start = (...args: readonly string[]) =>
    spawn(process.execPath, [main, "--socket", running.socketPath, "logs", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const plain = start("-n", "2");
  assert.match(await text(plain.stdout), /^\d\d:\d\d:\d\d {2}info {3}main: line 0\n\d\d:\d\d:\d\d {2}info {3}main: line 1\n$/);
  const following = start("--follow");
  const lines = createInterface({ input: following.stdout })[Symbol.asyncIterator]();
  for (let count = 0; count < 3; count++) await lines.next();
  running.server.publish("log.line", { level: "warn", channel: null, text: "and one more" });
  assert.match((await lines.next()).value ?? "", / {2}warn {3}and one more$/);
  following.kill("SIGINT");
  assert.deepEqual(await once(following, "close"), [0, null]);
});

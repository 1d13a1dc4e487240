import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { test } from "node:test";
import { createControlServer } from "../../control/server/server.ts";
import { proofOf } from "../../control/proof.ts";
import { handlersJoining, rawClient, startServer, testHandlers, until } from "./fixture.ts";

const token = "a token of the operator";

test("server.hello greets with protocol, channels and a nonce that is new each time", async () => {
  await using running = await startServer();
  using client = await rawClient(running);
  const first = await client.ask("server.hello", { client: "test", version: "1" });
  const second = await client.ask("server.hello");
  assert.partialDeepStrictEqual(first.result, { server: "streamerd", protocol: 1, channels: ["main"] });
  assert.match(String(first.result?.["nonce"]), /^[0-9a-f]{32}$/);
  assert.notEqual(first.result?.["nonce"], second.result?.["nonce"]);
});

test("a member joins, reports, is listed and leaves", async () => {
  await using running = await startServer();
  using member = await rawClient(running);
  using operator = await rawClient({ path: running.socketPath });
  const joined = await member.ask("session.join", { channel: "main", name: "hall\u0007" });
  assert.partialDeepStrictEqual(joined.result, {
    transport: "multicast",
    group: "239.255.96.88",
    ports: { video: 5004, audio: 5006 },
    reportIntervalMs: 1000,
  });
  const sessionId = joined.result?.["sessionId"];
  const report = { fps: 24, lost: 1, expected: 900, late: 0, jitterMs: 0.5, bufferMs: 180, skewMs: -3 };
  assert.deepEqual((await member.ask("session.report", { sessionId, ...report, later: "field" })).result, {});
  const listed = (await operator.ask("client.list")).result;
  assert.partialDeepStrictEqual(listed, { 0: { address: "127.0.0.1", name: "hall", channel: "main", transport: "multicast", report } });
  assert.equal(running.server.clientCount("main"), 1);
  assert.deepEqual((await member.ask("session.leave", { sessionId })).result, {});
  assert.equal((await member.ask("session.leave", { sessionId })).error?.code, -32004);
  assert.deepEqual(running.server.clients(), []);
});

test("joining twice on one connection is one membership, and closing the connection ends it", async () => {
  await using running = await startServer();
  using member = await rawClient(running);
  const first = await member.ask("session.join", { channel: "main" });
  const second = await member.ask("session.join", { channel: "main", transport: "multicast" });
  assert.equal(first.result?.["sessionId"], second.result?.["sessionId"]);
  assert.equal(running.server.clientCount(), 1);
  member.socket.destroy();
  await until(() => running.server.clientCount() === 0);
});

test("who joins again by another pass is a member by that one, and no longer by the first", async () => {
  const handlers = handlersJoining(({ pass }) => ({ pass: pass === undefined ? null : { id: pass.id, hosts: 1 } }));
  await using running = await startServer({ handlers });
  using member = await rawClient(running);
  for (const id of ["AAAAA", "BBBBB"])
    await member.ask("session.join", { channel: "main", pass: { id, nonce: "0".repeat(32), proof: "0".repeat(64) } });
  assert.deepEqual([running.server.addressesOf("AAAAA"), running.server.addressesOf("BBBBB")], [[], ["127.0.0.1"]]);
  running.server.endPass("AAAAA");
  assert.equal(running.server.clientCount(), 1);
  running.server.endPass("BBBBB");
  assert.equal(running.server.clientCount(), 0);
});

test("a session belongs to the connection that joined", async () => {
  await using running = await startServer();
  using member = await rawClient(running);
  using stranger = await rawClient(running);
  const sessionId = (await member.ask("session.join", { channel: "main" })).result?.["sessionId"];
  assert.equal((await stranger.ask("session.leave", { sessionId })).error?.code, -32004);
  assert.equal(running.server.clientCount(), 1);
});

test("an unknown channel is refused with those that exist", async () => {
  await using running = await startServer();
  using client = await rawClient(running);
  const unknown = await client.ask("session.join", { channel: "cellar" });
  assert.equal(unknown.error?.code, -32003);
  assert.match(unknown.error?.message ?? "", /cellar; there is main/);
  assert.equal(running.server.clientCount(), 0);
});

test("client.list goes on after a client that has left", async () => {
  await using running = await startServer();
  using operator = await rawClient({ path: running.socketPath });
  using first = await rawClient(running);
  using second = await rawClient(running);
  const after = (await first.ask("session.join", { channel: "main" })).result?.["sessionId"];
  await second.ask("session.join", { channel: "main", name: "second" });
  await first.ask("session.leave", { sessionId: after });
  assert.partialDeepStrictEqual((await operator.ask("client.list", { after, limit: 1 })).result, { 0: { name: "second" } });
});

test("clock.ping gives back t0 and two times of the sender clock in their order", async () => {
  await using running = await startServer();
  using client = await rawClient(running);
  const { result } = await client.ask("clock.ping", { t0: 12.5 });
  assert.equal(result?.["t0"], 12.5);
  assert.ok(Number(result?.["t1"]) > Date.UTC(2020));
  assert.ok(Number(result?.["t1"]) <= Number(result?.["t2"]));
});

test("anyone reads the status, and sees neither paths nor processes nor interfaces; an operator does", async () => {
  await using running = await startServer();
  using anyone = await rawClient(running);
  using operator = await rawClient({ path: running.socketPath });
  for (const method of ["server.status", "channel.list"]) {
    const seen = JSON.stringify(await anyone.ask(method));
    assert.match(seen, /film\.mp4/);
    assert.doesNotMatch(seen, /secret|4242|4241|sourcePath|interfaces|"pid"/);
    assert.match(JSON.stringify(await operator.ask(method)), /\/srv\/secret\/film\.mp4.*4242.*eth-secret/);
  }
  assert.doesNotMatch(JSON.stringify(await anyone.ask("channel.get", { channel: "main" })), /secret|4242/);
});

test("what changes something needs an operator, changes nothing otherwise, and says the way", async () => {
  const sought: number[] = [];
  await using running = await startServer({ handlers: testHandlers((positionMs) => sought.push(positionMs)) });
  using anyone = await rawClient(running);
  using operator = await rawClient({ path: running.socketPath });
  const calls = [
    "channel.start",
    "channel.stop",
    "channel.pause",
    "channel.resume",
    "channel.seek",
    "channel.next",
    "pacing.set",
    "client.list",
  ];
  for (const method of calls) {
    const refused = await anyone.ask(method, { channel: "main", positionMs: 1, fps: 10 });
    assert.equal(refused.error?.code, -32001, method);
    assert.match(refused.error?.message ?? "", /Unix socket/);
  }
  assert.deepEqual(sought, []);
  assert.equal((await operator.ask("channel.seek", { channel: "main", positionMs: 5 })).result?.["positionMs"], 5);
  assert.deepEqual(sought, [5]);
});

test("the token's proof makes an operator of a TCP connection, and of no other", async () => {
  await using running = await startServer({ token });
  using client = await rawClient(running);
  using other = await rawClient(running);
  const nonce = String((await client.ask("server.hello")).result?.["nonce"]);
  assert.deepEqual((await client.ask("session.auth", { proof: proofOf(token, nonce) })).result, { role: "operator" });
  assert.equal((await client.ask("channel.pause", { channel: "main" })).result?.["state"], "paused");
  assert.equal((await other.ask("channel.pause", { channel: "main" })).error?.code, -32001);
});

test("the proof is what openssl computes from the nonce's text", () => {
  const printed = execFileSync("openssl", ["dgst", "-sha256", "-hmac", token], { input: "0123abcd", encoding: "utf8" });
  assert.ok(printed.trim().endsWith(proofOf(token, "0123abcd")));
});

test("a wrong proof is refused with a fresh nonce, an old nonce does not serve twice, and attempts run out", async () => {
  await using running = await startServer({ token, limits: { authBurst: 3, authPerSecond: 0.001 } });
  using client = await rawClient(running);
  assert.equal((await client.ask("session.auth", { proof: "0".repeat(64) })).error?.code, -32002);
  const nonce = String((await client.ask("server.hello")).result?.["nonce"]);
  const wrong = await client.ask("session.auth", { proof: "0".repeat(64) });
  assert.equal(wrong.error?.code, -32002);
  const fresh = String(wrong.error?.data?.["nonce"]);
  assert.notEqual(fresh, nonce);
  const replayed = await client.ask("session.auth", { proof: proofOf(token, nonce) });
  assert.equal(replayed.error?.code, -32002);
  await client.ask("session.auth", { proof: "1".repeat(64) });
  using sameAddress = await rawClient(running);
  const another = String((await sameAddress.ask("server.hello")).result?.["nonce"]);
  assert.equal((await sameAddress.ask("session.auth", { proof: proofOf(token, another) })).error?.code, -32005);
  assert.equal((await client.ask("session.auth", { proof: "not hex" })).error?.code, -32602);
});

test("without a token configured nobody becomes an operator over TCP", async () => {
  await using running = await startServer();
  using client = await rawClient(running);
  const nonce = String((await client.ask("server.hello")).result?.["nonce"]);
  assert.equal((await client.ask("session.auth", { proof: proofOf("", nonce) })).error?.code, -32001);
});

test("wrong params are told by their path", async () => {
  await using running = await startServer();
  using operator = await rawClient({ path: running.socketPath });
  const wrong: readonly (readonly [string, unknown, RegExp])[] = [
    ["channel.get", undefined, /^channel: is missing/],
    ["channel.get", { channel: 7 }, /^channel: .*string.*7/],
    ["channel.get", { channel: "Main!" }, /^channel: a channel's name is/],
    ["channel.get", { channel: "main", chanel: 1 }, /^chanel: there is no such parameter/],
    ["channel.get", ["main"], /^params|^channel/],
    ["channel.seek", { channel: "main", positionMs: -1 }, /^positionMs: must not be negative/],
    ["pacing.set", { channel: "main" }, /give fps, tsMs or adapt/],
    ["pacing.set", { channel: "main", fps: 10, tsMs: 100 }, /give one of fps and tsMs/],
    ["pacing.set", { channel: "main", fps: 0 }, /^fps: must be 1 to 240/],
    ["pacing.set", { channel: "main", adapt: "best" }, /^adapt: must be off, worst or median/],
    ["client.list", { limit: 101 }, /^limit: /],
  ];
  for (const [method, params, message] of wrong) {
    const { error } = await operator.ask(method, params);
    assert.equal(error?.code, -32602, JSON.stringify(params));
    assert.match(error?.message ?? "", message);
  }
  assert.equal((await operator.ask("no.such")).error?.code, -32601);
  assert.equal((await operator.ask("constructor")).error?.code, -32601);
});

test("a handler that fails is −32603 without details for the client, and a log line for the operator", async () => {
  await using running = await startServer();
  using operator = await rawClient({ path: running.socketPath });
  const { error } = await operator.ask("channel.next", { channel: "main" });
  assert.equal(error?.code, -32603);
  assert.doesNotMatch(error?.message ?? "", /defect/);
  assert.ok(running.logLines.includes("control: channel.next failed"));
});

test("a batch is answered in one array, in its order, without its notifications", async () => {
  await using running = await startServer();
  using client = await rawClient(running);
  const calls = [
    { jsonrpc: "2.0", id: "a", method: "session.join", params: { channel: "main" } },
    { jsonrpc: "2.0", method: "clock.ping", params: { t0: 1 } },
    { jsonrpc: "2.0", id: 2, method: "clock.ping", params: { t0: 1 } },
    "noise",
  ];
  client.send(`${JSON.stringify(calls)}\n`);
  client.send('[{"jsonrpc":"2.0","method":"clock.ping","params":{"t0":1}}]\n');
  client.call("clock.ping", { t0: 7 }, "after");
  assert.partialDeepStrictEqual(JSON.parse((await client.line()) ?? ""), [{ id: "a" }, { id: 2 }, { id: null, error: { code: -32600 } }]);
  assert.equal((await client.answer()).id, "after");
});

test("a batch whose answers grow too large is cut short with −32005", async () => {
  await using running = await startServer({ limits: { maxBatchAnswerBytes: 3000 } });
  using client = await rawClient(running);
  client.send(`[${Array(10).fill('{"jsonrpc":"2.0","id":1,"method":"server.status"}').join(",")}]\n`);
  const answers: unknown = JSON.parse((await client.line()) ?? "");
  assert.ok(Array.isArray(answers) && answers.length === 10);
  assert.partialDeepStrictEqual(answers[0], { result: { server: "streamerd" } });
  assert.partialDeepStrictEqual(answers[9], { error: { code: -32005 } });
});

test("calls before a half-close are answered, the last one without its line end too", async () => {
  await using running = await startServer();
  using client = await rawClient(running);
  client.call("session.join", { channel: "main" }, 1);
  client.socket.end('{"jsonrpc":"2.0","id":2,"method":"server.status"}');
  assert.equal((await client.answer()).id, 1);
  assert.equal((await client.answer()).id, 2);
  assert.equal(await client.line(), null);
  await until(() => running.server.clientCount() === 0);
});

test("the Unix socket has mode 0660, and its file goes when the server closes", async () => {
  await using running = await startServer();
  assert.equal(statSync(running.socketPath).mode & 0o777, 0o660);
  await running.server.close();
  assert.equal(statSync(running.socketPath, { throwIfNoEntry: false }), undefined);
});

function serverAt(socketPath: string, port = 0) {
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  return createControlServer({
    listen: { host: "127.0.0.1", port },
    socketPath,
    handlers: testHandlers(),
    token: null,
    clock: { nowMs: () => performance.now() },
    log: quiet,
  });
}

test("a stale socket file is replaced; a living one, or another kind of file, is an error that names it", async () => {
  await using running = await startServer();
  await assert.rejects(serverAt(running.socketPath).listen(), { code: "SOCKET_IN_USE", message: new RegExp(running.socketPath) });
  const stale = `${running.socketPath}.stale`;
  const child = `require("node:net").createServer().listen(${JSON.stringify(stale)}, () => process.kill(process.pid, "SIGKILL"))`;
  spawnSync(process.execPath, ["-e", child]);
  assert.ok(statSync(stale).isSocket());
  const second = serverAt(stale);
  await second.listen();
  using client = await rawClient({ path: stale });
  assert.equal((await client.ask("server.hello")).result?.["server"], "streamerd");
  await second.close();
});

test("a port in use is an error that names it, and leaves no Unix socket behind", async () => {
  await using running = await startServer();
  const path = `${running.socketPath}.second`;
  await assert.rejects(serverAt(path, running.port).listen(), {
    code: "PORT_IN_USE",
    message: new RegExp(`127.0.0.1:${running.port} is in use`),
  });
  assert.equal(statSync(path, { throwIfNoEntry: false }), undefined);
});

test("a socket's directory that cannot be made is an error of its own, for which the caller has another path", async () => {
  await using running = await startServer();
  const file = `${running.socketPath}.file`;
  writeFileSync(file, "");
  await assert.rejects(serverAt(`${file}/streamerd/control.sock`).listen(), { code: "SOCKET_DIRECTORY" });
  const long = `/tmp/${"x".repeat(120)}`;
  await assert.rejects(serverAt(long).listen(), {
    code: "SOCKET_PATH",
    message: `control.socket: cannot make ${long}: its path is too long: 125 bytes, and a socket's has at most 107; choose a shorter one`,
  });
  await assert.rejects(serverAt(file).listen(), { code: "SOCKET_PATH" });
});

test("run serves until its signal and then has closed everything", async () => {
  const server = serverAt(`/tmp/streamerd-run-${process.pid}.sock`);
  const { port } = await server.listen();
  const stop = new AbortController();
  const running = server.run(stop.signal);
  using client = await rawClient({ port });
  await client.ask("session.join", { channel: "main" });
  stop.abort();
  await running;
  assert.equal(await client.line(), null);
  const again = createServer();
  await new Promise<void>((resolve, reject) => again.once("error", reject).listen(port, "127.0.0.1", resolve));
  again.close();
});

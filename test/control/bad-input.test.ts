// What a careless or hostile client sends: it gets an answer or is let go, and the others notice nothing.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { framingLimits } from "../../control/framing.ts";
import { proofOf } from "../../control/proof.ts";
import { rawClient, startServer, until, type RawClient, type TestServer } from "./fixture.ts";

/** The others notice nothing. */
async function assertServes(running: TestServer): Promise<void> {
  using client = await rawClient(running);
  assert.ok((await client.ask("server.status")).result);
}

async function rest(client: RawClient): Promise<readonly string[]> {
  const lines: string[] = [];
  for (let line = await client.line(); line !== null; line = await client.line()) lines.push(line);
  return lines;
}

test("binary noise is answered with one error and the end of the connection", async () => {
  await using running = await startServer();
  for (let run = 0; run < 20; run += 1) {
    using client = await rawClient(running);
    client.socket.end(Buffer.concat([Buffer.of(0x16, 0x03, 0x01), randomBytes(5000)]));
    const lines = await rest(client);
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? "", /"code":-32700/);
  }
  await assertServes(running);
});

test("a line of 10 MB is answered with −32600 and the end of the connection, and is not kept", async () => {
  await using running = await startServer();
  using client = await rawClient(running);
  const before = process.memoryUsage().arrayBuffers;
  client.socket.write(Buffer.alloc(10_000_000, 0x61));
  const lines = await rest(client);
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /"code":-32600.*65536 bytes/);
  assert.ok(process.memoryUsage().arrayBuffers < before + 20_000_000);
  await assertServes(running);
});

test("a browser's POST cannot smuggle a call", async () => {
  await using running = await startServer();
  using client = await rawClient(running);
  client.send('POST / HTTP/1.1\r\nHost: x\r\n\r\n{"jsonrpc":"2.0","id":1,"method":"session.join","params":{"channel":"main"}}\r\n');
  const lines = await rest(client);
  assert.equal(lines.length, 1);
  assert.equal(running.server.clientCount(), 0);
});

test("half a line and silence is closed after the time for a first call", async () => {
  await using running = await startServer({ limits: { helloMs: 50 } });
  using client = await rawClient(running);
  client.send('{"jsonrpc":"2.0","id":1,');
  assert.deepEqual(await rest(client), []);
  await until(() => running.server.counters().badInput.silent === 1);
  await assertServes(running);
});

test("a connection that says nothing at all, and blank lines, are closed as well", async () => {
  await using running = await startServer({ limits: { helloMs: 50 } });
  using silent = await rawClient(running);
  using blank = await rawClient(running);
  blank.send("\n\n \r\n");
  assert.equal(await silent.line(), null);
  assert.equal(await blank.line(), null);
});

test("a member that neither reports nor pings has left after the idle time, whatever else it calls; one that pings stays", async () => {
  await using running = await startServer({ limits: { idleMs: 300 } });
  using idle = await rawClient(running);
  using alive = await rawClient(running);
  await idle.ask("session.join", { channel: "main", name: "idle" });
  await alive.ask("session.join", { channel: "main", name: "alive" });
  const calling = setInterval(() => {
    idle.call("server.hello");
    alive.call("clock.ping", { t0: 0 });
  }, 50);
  await until(() => running.server.clientCount() === 1);
  clearInterval(calling);
  assert.equal(running.server.clients()[0]?.name, "alive");
});

test("a member that subscribes to events and falls silent has left after the idle time as well", async () => {
  await using running = await startServer({ limits: { idleMs: 200 } });
  using gone = await rawClient(running);
  await gone.ask("session.join", { channel: "main" });
  await gone.ask("events.subscribe");
  await until(() => running.server.clientCount() === 0);
});

test(
  "2,000 connections: the first 1,024 are served, the others are told and closed, operators still come in",
  { timeout: 60_000 },
  async () => {
    const token = "secret";
    await using running = await startServer({ token, limits: { helloMs: 60_000 } });
    const clients: RawClient[] = [];
    for (let opened = 0; opened < 2000; opened += 100) {
      clients.push(...(await Promise.all(Array.from({ length: 100 }, () => rawClient(running)))));
    }
    await until(() => running.server.counters().badInput.noPlace === 2000 - 1024 - 16);
    assert.ok((await clients[0]?.ask("server.status"))?.result);
    assert.ok((await clients[1023]?.ask("server.status"))?.result);
    assert.equal((await clients[1999]?.answer())?.error?.code, -32008);
    assert.equal(await clients[1999]?.line(), null);
    const doorstep = clients[1030];
    assert.equal((await doorstep?.ask("session.join", { channel: "main" }))?.error?.code, -32008);
    const nonce = String((await doorstep?.ask("server.hello"))?.result?.["nonce"]);
    assert.deepEqual((await doorstep?.ask("session.auth", { proof: proofOf(token, nonce) }))?.result, { role: "operator" });
    assert.ok((await doorstep?.ask("client.list"))?.result);
    using operator = await rawClient({ path: running.socketPath });
    assert.ok((await operator.ask("client.list")).result);
    for (const client of clients) client.socket.destroy();
    await until(() => running.server.counters().connections === 1);
    await assertServes(running);
    assert.ok(running.logLines.length < 20, "log lines are aggregated");
  },
);

test("a client that never reads is disconnected, and what it was owed was bounded", async () => {
  await using running = await startServer({ limits: { callBurst: 1_000_000 } });
  using deaf = await rawClient(running);
  deaf.socket.removeAllListeners("data");
  deaf.socket.pause();
  const calls = '{"jsonrpc":"2.0","id":1,"method":"server.status"}\n'.repeat(200);
  const sending = setInterval(() => deaf.socket.write(calls), 1);
  await until(() => running.server.counters().badInput.slowReader === 1);
  clearInterval(sending);
  deaf.socket.destroy();
  await until(() => running.logLines.some((line) => line.includes("disconnected for not reading")));
  await assertServes(running);
});

test("more calls than the rate get −32005 with their ids, and the connection goes on", async () => {
  await using running = await startServer({ limits: { throttleMs: 10 } });
  using client = await rawClient(running);
  for (let id = 1; id <= 300; id += 1) client.call("clock.ping", { t0: id }, id);
  const codes: (number | undefined)[] = [];
  for (let id = 1; id <= 300; id += 1) {
    const answer = await client.answer();
    assert.equal(answer.id, id);
    codes.push(answer.error?.code);
  }
  assert.equal(codes[99], undefined);
  assert.ok(codes.filter((code) => code === -32005).length > 100);
  await assertServes(running);
});

test("each call of a batch counts: batches of 50 soon meet −32005, and one of 51 is refused whole", async () => {
  await using running = await startServer();
  using client = await rawClient(running);
  const batch = (length: number): string =>
    `[${Array(length).fill('{"jsonrpc":"2.0","id":1,"method":"clock.ping","params":{"t0":0}}').join(",")}]\n`;
  client.send(batch(50).repeat(3) + batch(51));
  const answers: unknown[] = [];
  for (let line = 0; line < 4; line += 1) answers.push(JSON.parse((await client.line()) ?? "null"));
  assert.partialDeepStrictEqual(
    answers[0],
    Array.from({ length: 50 }, () => ({ result: { t0: 0 } })),
  );
  assert.match(JSON.stringify(answers[2]), /-32005/);
  assert.partialDeepStrictEqual(answers[3], { id: null, error: { code: -32600 } });
});

test("deep nesting is refused and the connection goes on", async () => {
  await using running = await startServer();
  using client = await rawClient(running);
  const deep = "[".repeat(30_000) + "]".repeat(30_000);
  client.send(`{"jsonrpc":"2.0","id":1,"method":"server.status","params":${deep}}\n${deep}\n${"[".repeat(60_000)}\n`);
  assert.equal((await client.answer()).error?.code, -32600);
  assert.match((await client.line()) ?? "", /-32600/);
  assert.equal((await client.answer()).error?.code, -32700);
  assert.ok((await client.ask("server.status")).result);
});

test("lines that are no JSON are answered one by one and logged in one line", async () => {
  await using running = await startServer({ limits: { framing: { ...framingLimits, maxLineBytes: 100 } } });
  using client = await rawClient(running);
  await client.ask("server.hello");
  client.send("noise\n".repeat(40));
  for (let line = 0; line < 40; line += 1) assert.equal((await client.answer()).error?.code, -32700);
  await until(() => running.logLines.length > 0);
  assert.deepEqual(running.logLines, ["control: 40 lines that are no JSON; the last from 127.0.0.1"]);
});

test("what came wrong once is told in the singular", async () => {
  await using running = await startServer({ token: "a token" });
  using client = await rawClient(running);
  await client.ask("server.hello");
  await client.ask("client.list");
  await client.ask("session.auth", { proof: "0".repeat(64) });
  await until(() => running.logLines.length > 0);
  assert.deepEqual(running.logLines, ["control: 1 call that needs an operator, 1 wrong proof; the last from 127.0.0.1"]);
});

test("a client that resets its connection with a call under way leaves nothing behind", async () => {
  await using running = await startServer();
  const member = await rawClient(running);
  member.call("session.join", { channel: "main" });
  member.socket.resetAndDestroy();
  await until(() => running.server.counters().connections === 0);
  assert.equal(running.server.clientCount(), 0);
});

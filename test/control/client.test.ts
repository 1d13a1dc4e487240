import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { test } from "node:test";
import { connectControl } from "../../control/client.ts";
import { CannotConnectError, ConnectionLostError, RefusedError } from "../../control/client-error.ts";
import { startServer } from "./fixture.ts";

/** A server that says what the test wants. */
async function impostor(onConnection: (socket: Socket) => void): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((socket) => onConnection(socket.on("error", () => undefined)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = isTcp(address) ? address.port : 0;
  return { port, [Symbol.asyncDispose]: async () => void server.close() };
}

function isTcp(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === "object" && address !== null;
}

test("calls that run at the same time each get their own answer", async () => {
  await using running = await startServer();
  const client = await connectControl({ kind: "tcp", host: "127.0.0.1", port: running.port });
  const pings = await Promise.all([1, 2, 3].map((t0) => client.call("clock.ping", { t0 })));
  assert.deepEqual(
    pings.map(({ t0 }) => t0),
    [1, 2, 3],
  );
  client.close();
  await client.closed;
});

test("a refusal carries the daemon's code and message, and the client goes on", async () => {
  await using running = await startServer({ token: "right" });
  const client = await connectControl({ kind: "tcp", host: "127.0.0.1", port: running.port });
  await assert.rejects(client.call("channel.get", { channel: "cellar" }), { name: "RefusedError", code: -32003 });
  await assert.rejects(client.authenticate("wrong"), RefusedError);
  await client.authenticate("right");
  assert.equal((await client.call("channel.pause", { channel: "main" })).state, "paused");
  client.close();
});

test("a notification is heard and not answered, and one after the end goes nowhere", async () => {
  const heard = Promise.withResolvers<string>();
  await using server = await impostor((socket) => {
    heard.resolve(socket.toArray().then((chunks) => Buffer.concat(chunks).toString()));
  });
  const client = await connectControl({ kind: "tcp", host: "127.0.0.1", port: server.port });
  client.notify("clock.ping", { t0: 7 });
  client.close();
  await client.closed;
  client.notify("clock.ping", { t0: 8 });
  assert.deepEqual(JSON.parse(await heard.promise), { jsonrpc: "2.0", method: "clock.ping", params: { t0: 7 } });
});

test("a report may be a notification", async () => {
  await using running = await startServer({ token: "right" });
  const client = await connectControl({ kind: "tcp", host: "127.0.0.1", port: running.port });
  await client.authenticate("right");
  const { sessionId } = await client.call("session.join", { channel: "main" });
  const report = { fps: 24, lost: 0, expected: 500, late: 0, jitterMs: 1, bufferMs: 200, skewMs: 0 };
  client.notify("session.report", { sessionId, ...report });
  const [member] = await client.call("client.list", {});
  assert.equal(member?.report?.fps, 24);
  client.close();
});

test("nobody there is a CannotConnectError", async () => {
  await assert.rejects(connectControl({ kind: "unix", path: "/nonexistent/control.sock" }), CannotConnectError);
  const path = `/tmp/${"é".repeat(60)}/s`;
  await assert.rejects(connectControl({ kind: "unix", path }), {
    name: "CannotConnectError",
    message: `cannot connect to ${path}: its path is too long: 127 bytes, and a socket's has at most 107`,
  });
});

test("a server that closes, is silent, or answers anything else makes a ConnectionLostError of every open call", async () => {
  const misbehaviours: readonly ((socket: Socket) => void)[] = [
    (socket) => socket.end(),
    (socket) => socket.resume(),
    (socket) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"),
    (socket) => socket.write(Buffer.alloc(2_000_000, 0x61)),
    (socket) => socket.write('{"jsonrpc":"2.0","id":1,"result":{"t0":"no number"}}\n'),
  ];
  for (const misbehaviour of misbehaviours) {
    await using server = await impostor(misbehaviour);
    const client = await connectControl({ kind: "tcp", host: "127.0.0.1", port: server.port }, { callMs: 200 });
    await assert.rejects(client.call("clock.ping", { t0: 1 }), ConnectionLostError);
    client.close();
    await client.closed;
  }
});

test("a client that is interrupted waits neither for a connection nor for an answer", async () => {
  const asked = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  await using server = await impostor((socket) => void socket.once("data", () => asked.resolve()).once("close", () => gone.resolve()));
  const target = { kind: "tcp", host: "127.0.0.1", port: server.port } as const;
  const stop = new AbortController();
  const client = await connectControl(target, { signal: stop.signal });
  const refused = assert.rejects(client.call("clock.ping", { t0: 1 }), {
    name: "ConnectionLostError",
    message: "the connection broke: interrupted",
  });
  await asked.promise;
  const connecting = assert.rejects(connectControl(target, { signal: stop.signal }), CannotConnectError);
  stop.abort();
  await Promise.all([refused, connecting, client.closed, gone.promise]);
  const message = `cannot connect to 127.0.0.1:${server.port}: interrupted`;
  await assert.rejects(connectControl(target, { signal: stop.signal }), { name: "CannotConnectError", message });
});

test("what answers in another language is told with its address, and with the port that was meant", async () => {
  await using server = await impostor((socket) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"));
  const client = await connectControl({ kind: "tcp", host: "127.0.0.1", port: server.port });
  await assert.rejects(client.call("clock.ping", { t0: 1 }), {
    message: `what answers at 127.0.0.1:${server.port} does not speak streamerd's control protocol; give the port of control.listen (9688 as a rule)`,
  });
});

test("an error for no call in particular ends the connection with that refusal", async () => {
  await using server = await impostor((socket) => socket.write('{"jsonrpc":"2.0","id":null,"error":{"code":-32008,"message":"full"}}\n'));
  const client = await connectControl({ kind: "tcp", host: "127.0.0.1", port: server.port });
  await assert.rejects(client.call("clock.ping", { t0: 1 }), { name: "RefusedError", code: -32008, message: "full" });
});

test("what a hostile daemon sends keeps its line ends and loses its escape sequences", async () => {
  await using server = await impostor((socket) =>
    socket.write('{"jsonrpc":"2.0","id":1,"error":{"code":-32006,"message":"a\\r\\nb\\u001b[2Jc\\u009b"}}\n'),
  );
  const client = await connectControl({ kind: "tcp", host: "127.0.0.1", port: server.port });
  await assert.rejects(client.call("clock.ping", { t0: 1 }), { message: "a\r\nb[2Jc" });
  client.close();
});

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { createMediaQueue } from "../../control/server/media-queue.ts";
import { createTickets } from "../../control/server/tickets.ts";
import { within } from "../e2e/wait.ts";
import { FramedReader, framePackets, splitFramed } from "../../wire/framed.ts";
import { rawClient, startServer, testHandlers, until, type RawClient, type TestServer } from "./fixture.ts";

/** A packet of RTP/JPEG or of sound: what the queue looks at, and some payload. */
function packet(type: "picture" | "sound", rtpTs: number, bytes = 100): Uint8Array {
  const made = new Uint8Array(bytes);
  made[0] = 0x80;
  made[1] = type === "picture" ? 26 : 10;
  new DataView(made.buffer).setUint32(4, rtpTs);
  return made;
}
const framed = (type: "picture" | "sound", rtpTs: number, bytes?: number): Uint8Array => framePackets([packet(type, rtpTs, bytes)]);

/** Reads the packets of a media connection, behind the line of the answer. */
class MediaReader {
  readonly packets: Uint8Array[] = [];
  answer = "";
  ended = false;
  readonly #reader = new FramedReader();

  constructor(socket: Socket) {
    socket.on("data", (chunk: Buffer) => {
      const lineEnd = this.answer.endsWith("\n") ? -1 : chunk.indexOf(10);
      if (!this.answer.endsWith("\n")) this.answer += chunk.subarray(0, lineEnd + 1).toString();
      this.packets.push(...this.#reader.push(chunk.subarray(lineEnd + 1)));
    });
    socket.on("close", () => (this.ended = true));
  }

  async until(condition: () => boolean): Promise<void> {
    for (let tries = 0; !condition(); tries++) {
      assert.ok(tries < 500, "nothing came");
      await delay(10);
    }
  }
}

async function attach(running: TestServer, params: unknown): Promise<{ socket: Socket; reader: MediaReader }> {
  const socket = connect({ host: "127.0.0.1", port: running.port });
  await once(socket, "connect");
  const reader = new MediaReader(socket);
  socket.write(`${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "session.attach", params })}\n`);
  await reader.until(() => reader.answer.endsWith("\n"));
  return { socket, reader };
}

test("a session with transport tcp gets a ticket, and a second connection that shows it carries the channel's packets", async () => {
  await using running = await startServer();
  using client = await rawClient(running);
  const { result } = await client.ask("session.join", { channel: "main", transport: "tcp", name: "hall" });
  assert.equal(result?.["transport"], "tcp");
  const { socket, reader } = await attach(running, { sessionId: result?.["sessionId"], ticket: result?.["ticket"] });
  assert.match(reader.answer, /"result":\{\}/);
  assert.deepEqual(running.mediaNeeds, [["main", true]]);
  const sent = [packet("picture", 1), packet("sound", 2, 1292)];
  running.server.sendMedia("main", framePackets(sent));
  running.server.sendMedia("cellar", framePackets([packet("sound", 9)]));
  await reader.until(() => reader.packets.length === 2);
  assert.deepEqual(
    reader.packets.map((one) => Buffer.from(one)),
    sent.map((one) => Buffer.from(one)),
  );
  const [listed] = running.server.clients();
  assert.equal(listed?.transport, "tcp");
  // It is no client of its own, and goes with the session.
  assert.equal(running.server.counters().connections, 1);
  await client.ask("session.leave", { sessionId: result?.["sessionId"] });
  await reader.until(() => reader.ended);
  assert.deepEqual(running.mediaNeeds.at(-1), ["main", false]);
  socket.destroy();
});

test("who takes media and does not read is cut soon after its session ends, and keeps no server from closing", async () => {
  const running = await startServer({ limits: { lingerMs: 50 } });
  using client = await rawClient(running);
  const openSockets = (): number => process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
  const attachDeaf = async (): Promise<{ sessionId: unknown; socket: Socket }> => {
    const { result } = await client.ask("session.join", { channel: "main", transport: "tcp" });
    const { socket } = await attach(running, { sessionId: result?.["sessionId"], ticket: result?.["ticket"] });
    socket.pause();
    // More than all buffers on the way hold, a little at a time, as the stream comes.
    for (let piece = 0; piece < 400; piece++) {
      running.server.sendMedia("main", framed("picture", piece, 60_000));
      if (piece % 20 === 0) await delay(1);
    }
    return { sessionId: result?.["sessionId"], socket };
  };
  const first = await attachDeaf();
  const before = openSockets();
  await client.ask("session.leave", { sessionId: first.sessionId });
  for (let tries = 0; openSockets() >= before; tries++) {
    assert.ok(tries < 500, "the connection is still there");
    await delay(10);
  }
  const second = await attachDeaf();
  assert.equal(
    await Promise.race([running[Symbol.asyncDispose]().then(() => "closed"), delay(5000, "still open", { ref: false })]),
    "closed",
  );
  for (const { socket } of [first, second]) socket.destroy();
});

test("a wrong, used, foreign or old ticket is refused, and so is one for multicast", async () => {
  await using running = await startServer();
  using client = await rawClient(running);
  const { result } = await client.ask("session.join", { channel: "main", transport: "tcp" });
  const sessionId = result?.["sessionId"];
  const wrong = await attach(running, { sessionId, ticket: "guessed" });
  assert.match(wrong.reader.answer, /-32004.*join again/);
  wrong.socket.destroy();
  const right = await attach(running, { sessionId, ticket: result?.["ticket"] });
  const again = await attach(running, { sessionId, ticket: result?.["ticket"] });
  assert.match(again.reader.answer, /-32004/);
  for (const { socket } of [right, again]) socket.destroy();
  await client.ask("session.join", { channel: "main", transport: "multicast" });
  const multicast = await attach(running, { sessionId, ticket: result?.["ticket"] });
  assert.match(multicast.reader.answer, /-32004/);
  multicast.socket.destroy();

  const tickets = createTickets();
  tickets.issue("abc", "1", "10.0.0.1", 0);
  assert.equal(tickets.redeem("abc", "1", "10.0.0.2", 1), false);
  assert.equal(tickets.redeem("abc", "2", "10.0.0.1", 1), false);
  assert.equal(tickets.redeem("abc", "1", "10.0.0.1", 10_001), false);
  assert.equal(tickets.redeem("abc", "1", "10.0.0.1", 9000), true);
  assert.equal(tickets.redeem("abc", "1", "10.0.0.1", 9000), false);
});

test("a session's own connection carries no media, nor does another once the session has ended: nothing is left of either", async () => {
  const answering = Promise.withResolvers<void>();
  await using running = await startServer({
    handlers: { ...testHandlers(), "channel.list": async () => (await answering.promise, []) },
  });
  const join = async (): Promise<{ client: RawClient; attach: object }> => {
    const client = await rawClient(running);
    const { result } = await client.ask("session.join", { channel: "main", transport: "tcp" });
    const params = { sessionId: result?.["sessionId"], ticket: result?.["ticket"] };
    return { client, attach: { jsonrpc: "2.0", id: 1, method: "session.attach", params } };
  };
  const own = await join();
  own.client.send(`${JSON.stringify(own.attach)}\n`);
  assert.match((await own.client.line()) ?? "", /"result":\{\}/);
  assert.equal(await within("its end", own.client.line()), null);

  const member = await join();
  const other = await rawClient(running);
  other.send(`${JSON.stringify([member.attach, { jsonrpc: "2.0", id: 2, method: "channel.list" }])}\n`);
  await until(() => running.server.counters().calls.some(({ method, calls }) => method === "channel.list" && calls === 1));
  member.client.socket.destroy();
  await until(() => running.server.clientCount() === 0);
  answering.resolve();
  assert.notEqual(await other.line(), null);
  assert.equal(await within("its end", other.line()), null);
  assert.deepEqual([running.mediaNeeds, running.server.counters().connections], [[], 0]);
});

test("profile datagram has no way over TCP", async () => {
  const handlers = testHandlers();
  const join = handlers["session.join"];
  await using running = await startServer({
    handlers: { ...handlers, "session.join": async (params, caller) => ({ ...(await join(params, caller)), profile: "datagram" }) },
  });
  using client = await rawClient(running);
  const { error } = await client.ask("session.join", { channel: "main", transport: "tcp" });
  assert.match(error?.message ?? "", /main is sent as datagrams.*use multicast/);
});

test("a client that does not read loses whole pictures, oldest first, and is not cut; what has begun to leave is finished", () => {
  const queue = createMediaQueue();
  for (let picture = 0; picture < 100; picture++) {
    const nowMs = picture * 40;
    for (let part = 0; part < 3; part++) queue.put(framed("picture", picture * 3600), nowMs);
    queue.put(framed("sound", picture * 1764), nowMs);
    if (picture === 0) queue.take();
  }
  const left: Uint8Array[] = [];
  for (let one = queue.take(); one !== null; one = queue.take()) left.push(one);
  const pictures = left.filter((one) => ((one[3] ?? 0) & 0x7f) === 26).map((one) => new DataView(one.buffer, one.byteOffset).getUint32(6));
  assert.equal(left.length + queue.dropped + 1, 400);
  const counts = new Map<number, number>();
  for (const rtpTs of pictures) counts.set(rtpTs, (counts.get(rtpTs) ?? 0) + 1);
  for (const [rtpTs, count] of counts) assert.equal(count, rtpTs === 0 ? 2 : 3);
  assert.deepEqual(
    pictures,
    pictures.toSorted((a, b) => a - b),
  );
  assert.ok(pictures.at(-1) === 99 * 3600 && counts.size < 60, `${counts.size} pictures are left`);
});

test("framing: whatever the pieces, the packets come out as they went in; 64 KiB is the limit", () => {
  const packets = [packet("sound", 1, 12), new Uint8Array(0), packet("picture", 2, 65_535), packet("sound", 3, 1400)];
  const stream = framePackets([...packets, new Uint8Array(65_536)]);
  for (const step of [1, 7, 1000, stream.length]) {
    const reader = new FramedReader();
    const read: Uint8Array[] = [];
    for (let at = 0; at < stream.length; at += step) read.push(...reader.push(stream.subarray(at, at + step)));
    assert.deepEqual(
      read.map((one) => Buffer.from(one)),
      packets.map((one) => Buffer.from(one)),
    );
  }
  assert.equal(splitFramed(stream).length, 4);
});

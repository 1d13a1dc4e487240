import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import type { Socket } from "node:dgram";
import { once } from "node:events";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { startRepairServer } from "../../../daemon/repair/repair-server.ts";
import { buildGenericNack } from "../../../wire/rtcp/index.ts";
import { waitFor } from "../../e2e/wait.ts";

const MEMBERS = new Map([
  [1, { channel: "main", address: "127.0.0.2" }],
  [2, { channel: "main", address: "unix" }],
  [3, { channel: "datagrams", address: "127.0.0.2" }],
  [5, { channel: "main", address: "127.0.0.2" }],
  [6, { channel: "main", address: "127.0.0.3" }],
]);
const LOST = 99;

async function open(context: TestContext, address: string): Promise<Socket> {
  const socket = createSocket("udp4").bind(0, address);
  await once(socket, "listening");
  context.after(() => socket.close());
  return socket;
}

/** What is found of a packet is its name. */
async function start(context: TestContext) {
  const retransmitted: number[] = [];
  const socket = await open(context, "127.0.0.1");
  startRepairServer({
    socket,
    maxKbps: 20_000,
    kept: {
      packetBytesOf: (channel) => (channel === "main" ? 1400 : null),
      noteRetransmitted: (_channel, packets) => void retransmitted.push(packets),
      find: (channel, ssrc, sequence) => (sequence === LOST ? null : Buffer.from(`${channel} ${ssrc} ${sequence}`)),
    },
    memberOf: (ssrc) => MEMBERS.get(ssrc) ?? null,
  });
  return { retransmitted, port: socket.address().port };
}

function hear(socket: Socket): string[] {
  const heard: string[] = [];
  socket.on("message", (packet) => heard.push(packet.toString()));
  return heard;
}

test("a member that asks from where it joined is sent its packets again; nobody else is", async (context) => {
  const { retransmitted, port } = await start(context);
  const [member, stranger] = [await open(context, "127.0.0.2"), await open(context, "127.0.0.3")];
  const [byMember, byStranger] = [hear(member), hear(stranger)];
  const ask = (socket: Socket, ssrc: number, sequences: readonly number[]): void =>
    socket.send(buildGenericNack({ ssrc, mediaSsrc: 9, sequences }), port, "127.0.0.1");
  ask(stranger, 1, [1]);
  ask(member, 4, [2]);
  ask(member, 3, [3]);
  member.send("hello", port, "127.0.0.1");
  ask(stranger, 2, [4]);
  ask(member, 1, [5, LOST, 6]);
  await waitFor("the packets", () => byMember.length >= 2 && byStranger.length >= 1);
  assert.deepEqual([byMember, byStranger], [["main 9 5", "main 9 6"], ["main 9 4"]]);
  assert.deepEqual(retransmitted, [1, 2]);
});

test("a request for thousands of packets is answered with some of them, and a flood of requests with hardly more", async (context) => {
  const { retransmitted, port } = await start(context);
  const member = await open(context, "127.0.0.2");
  const sequences = Array.from({ length: 5000 }, (_, index) => 100 + index);
  for (let count = 0; count < 300; count++) member.send(buildGenericNack({ ssrc: 1, mediaSsrc: 9, sequences }), port, "127.0.0.1");
  await delay(300);
  // Half a second of a quarter of 20 Mbit/s, in packets of 1,400 bytes.
  assert.equal(retransmitted[0], 223);
  assert.ok(retransmitted.reduce((sum, count) => sum + count, 0) < 450, retransmitted.join(" "));
});

test("who joins twice from one address is not sent more, and others are not sent less", async (context) => {
  const { retransmitted, port } = await start(context);
  const [member, other] = [await open(context, "127.0.0.2"), await open(context, "127.0.0.3")];
  const sequences = Array.from({ length: 200 }, (_, index) => 100 + index);
  const fromMs = performance.now();
  for (const [socket, ssrc] of [
    [member, 1],
    [member, 5],
    [other, 6],
  ] as const)
    socket.send(buildGenericNack({ ssrc, mediaSsrc: 9, sequences }), port, "127.0.0.1");
  await waitFor("the packets", () => retransmitted.length >= 3);
  const [first, second = 200, third] = retransmitted;
  assert.deepEqual([first, third], [200, 200]);
  // What is left of half a second of a quarter of 20 Mbit/s, and what was added meanwhile.
  const most = 25 + ((performance.now() - fromMs) * 223) / 500;
  assert.ok(second < most, `${second} of ${most}`);
});

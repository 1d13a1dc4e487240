import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import type { Socket } from "node:dgram";
import { once } from "node:events";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { startRepairServer } from "../../../daemon/repair/repair-server.ts";
import type { ToSender } from "../../../daemon/send/sender-messages.ts";
import { framePackets } from "../../../wire/framed.ts";
import { buildGenericNack } from "../../../wire/rtcp/index.ts";
import { waitFor } from "../../e2e/wait.ts";

const MEMBERS = new Map([
  [1, { channel: "main", address: "127.0.0.2" }],
  [2, { channel: "main", address: "unix" }],
  [3, { channel: "datagrams", address: "127.0.0.2" }],
]);

async function open(context: TestContext, address: string): Promise<Socket> {
  const socket = createSocket("udp4").bind(0, address);
  await once(socket, "listening");
  context.after(() => socket.close());
  return socket;
}

async function start(context: TestContext) {
  const orders: ToSender[] = [];
  const socket = await open(context, "127.0.0.1");
  const server = startRepairServer({
    socket,
    maxKbps: 20_000,
    packetBytesOf: new Map([["main", 1400]]),
    memberOf: (ssrc) => MEMBERS.get(ssrc) ?? null,
    sender: { post: (order) => void orders.push(order) },
  });
  return { server, orders, port: socket.address().port };
}

test("a member that asks from where it joined is given its packets; nobody else is", async (context) => {
  const { server, orders, port } = await start(context);
  const [member, stranger] = [await open(context, "127.0.0.2"), await open(context, "127.0.0.3")];
  const ask = (socket: Socket, ssrc: number, sequences: readonly number[]): void =>
    socket.send(buildGenericNack({ ssrc, mediaSsrc: 9, sequences }), port, "127.0.0.1");
  ask(stranger, 1, [1]);
  ask(member, 4, [2]);
  ask(member, 3, [3]);
  member.send("hello", port, "127.0.0.1");
  ask(stranger, 2, [4]);
  ask(member, 1, [5, 6]);
  await waitFor("the orders", () => orders.length === 2);
  const to = (socket: Socket) => ({ address: socket.address().address, port: socket.address().port });
  assert.deepEqual(orders, [
    { kind: "retransmit", channel: "main", ssrc: 9, sequences: [4], to: to(stranger) },
    { kind: "retransmit", channel: "main", ssrc: 9, sequences: [5, 6], to: to(member) },
  ]);
  const heard: Buffer[] = [];
  member.on("message", (packet) => heard.push(packet));
  server.send(framePackets([Buffer.from("five"), Buffer.from("six")]), to(member));
  await waitFor("the packets", () => heard.length === 2);
  assert.deepEqual(heard.map(String), ["five", "six"]);
});

test("a request for thousands of packets is answered with some of them, and a flood of requests with hardly more", async (context) => {
  const { orders, port } = await start(context);
  const member = await open(context, "127.0.0.2");
  const sequences = Array.from({ length: 5000 }, (_, index) => index);
  for (let count = 0; count < 300; count++) member.send(buildGenericNack({ ssrc: 1, mediaSsrc: 9, sequences }), port, "127.0.0.1");
  await delay(300);
  const wanted = orders.map((order) => (order.kind === "retransmit" ? order.sequences.length : 0));
  // Half a second of a quarter of 20 Mbit/s, in packets of 1,400 bytes.
  assert.equal(wanted[0], 223);
  assert.ok(wanted.reduce((sum, count) => sum + count, 0) < 450, wanted.join(" "));
});

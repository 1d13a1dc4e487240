import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import type { Socket } from "node:dgram";
import { once } from "node:events";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { openRepair } from "../../receiver/join/repair.ts";
import { parseGenericNack } from "../../wire/rtcp/index.ts";
import { waitFor } from "../e2e/wait.ts";

const OWN = "127.0.0.1";
const ANSWER = Buffer.from("a packet");

async function open(context: TestContext, address: string, port = 0): Promise<Socket> {
  const socket = createSocket("udp4").bind(port, address);
  await once(socket, "listening");
  context.after(() => socket.close());
  return socket;
}

test("the daemon is asked, and may answer from another of its addresses; another port is not listened to", async (context) => {
  const daemon = await open(context, "127.0.0.2");
  const { port } = daemon.address();
  const [other, stranger] = [await open(context, "127.0.0.3", port), await open(context, "127.0.0.2")];
  const heard: string[] = [];
  const repair = await openRepair({ address: "127.0.0.2", ownAddress: OWN, port, ssrc: 1 }, (from, packet) =>
    heard.push(`${from}: ${Buffer.from(packet).toString()}`),
  );
  assert.ok(repair !== null);
  const asked = once(daemon, "message");
  repair.ask({ ssrc: 2, sequences: [7, 9] });
  const [request, from]: [Buffer, { address: string; port: number }] = (await asked) as never;
  assert.deepEqual(parseGenericNack(request, 256), { ok: true, value: { ssrc: 1, mediaSsrc: 2, sequences: [7, 9] } });
  assert.equal(from.address, OWN);
  stranger.send("a stray", from.port, OWN);
  for (const socket of [daemon, other]) socket.send(ANSWER, from.port, OWN);
  await waitFor("the answers", () => heard.length >= 2);
  assert.deepEqual(heard, ["answer: a packet", "answer: a packet"]);
  await repair.close();
});

test("a daemon that cannot be reached is asked in vain, and a port or an address that cannot be had is not asked at", async () => {
  const unreachable = await openRepair({ address: "255.255.255.255", ownAddress: OWN, port: 9, ssrc: 1 }, () => undefined);
  assert.ok(unreachable !== null);
  unreachable.ask({ ssrc: 2, sequences: [7] });
  await unreachable.close();
  for (const offer of [
    { ownAddress: OWN, port: 0 },
    { ownAddress: OWN, port: 65_536 },
    { ownAddress: "192.0.2.1", port: 9 },
  ])
    assert.equal(await openRepair({ address: OWN, ssrc: 1, ...offer }, () => undefined), null);
});

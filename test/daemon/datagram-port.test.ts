import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import { loadConfig } from "../../config/load.ts";
import { openDatagramPort } from "../../daemon/datagram-port.ts";
import { KeptPackets } from "../../daemon/repair/kept-packets.ts";
import { SentPackets, SOUND_ROOM } from "../../daemon/send/sent-packets.ts";
import type { ToSender } from "../../daemon/send/sender-messages.ts";
import { buildGenericNack } from "../../wire/rtcp/index.ts";
import { writeRtpHeader } from "../../wire/rtp.ts";

const PORT = 9689;
const log = pino({ level: "silent" });

async function open(context: TestContext, host: string, ...sets: readonly string[]) {
  const loaded = loadConfig({ sets: ["channels.main.source=a.mp4", "control.listen=127.0.0.1:9", ...sets], env: {}, files: [], cwd: "/" });
  assert.ok(loaded.ok);
  const { config } = loaded;
  const orders: ToSender[] = [];
  const sender = { post: (order: ToSender) => void orders.push(order) };
  const kept = new KeptPackets(config, sender);
  const memberOf = (): { channel: string; address: string } => ({ channel: "main", address: "::1" });
  const port = await openDatagramPort({ config, host, port: PORT, memberOf, kept, sender, log });
  context.after(port.close);
  return { orders, kept, port };
}

test("lost packets are asked for where the control channel listens, whatever the configuration says", async (context) => {
  const { orders, kept, port } = await open(context, "::1");
  kept.noteMembers("main", 1);
  const [order] = orders;
  assert.ok(order?.kind === "keep" && order.shared !== null);
  const packet = new Uint8Array(100);
  writeRtpHeader(packet, 0, { payloadType: 10, marker: false, sequence: 7, rtpTs: 0, ssrc: 5 });
  new SentPackets(SOUND_ROOM, order.shared.sound).note(packet);
  const client = createSocket("udp6").bind(0, "::1");
  await once(client, "listening");
  context.after(() => client.close());
  const answer = once(client, "message");
  client.send(buildGenericNack({ ssrc: 1, mediaSsrc: 5, sequences: [7] }), PORT, "::1");
  const [bytes]: [Buffer] = (await answer) as never;
  assert.deepEqual(new Uint8Array(bytes), packet);
  assert.deepEqual([port.repairPortOf("::1"), port.repairPortOf("unix")], [PORT, null], "who is on this host asks at 127.0.0.1");
});

test("on every address of both kinds an IPv4 host's hello counts as what it is", async (context) => {
  const { orders } = await open(context, "::", "channels.main.profile=datagram", "channels.main.datagram.hello=true");
  const client = createSocket("udp4").bind(0, "127.0.0.1");
  await once(client, "listening");
  context.after(() => client.close());
  client.send("hello", PORT, "127.0.0.1");
  for (let tries = 0; orders.length === 0 && tries < 200; tries++) await delay(10);
  assert.deepEqual(orders, [{ kind: "tap", channel: "main", isOn: true }]);
});

for (const host of ["0.0.0.0", "::", "127.0.0.1"]) {
  test(`who joins by the Unix socket reaches a port on ${host}`, async (context) => {
    const { port } = await open(context, host);
    assert.equal(port.repairPortOf("unix"), PORT);
  });
}

test("where nothing is sent again nobody is told where to ask", async (context) => {
  const { port } = await open(context, "0.0.0.0", "send.maxRepairKbps=0");
  assert.equal(port.repairPortOf("10.0.0.1"), null);
});

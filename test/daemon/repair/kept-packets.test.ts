import assert from "node:assert/strict";
import { test } from "node:test";
import { loadConfig } from "../../../config/load.ts";
import { KeptPackets } from "../../../daemon/repair/kept-packets.ts";
import { SentPackets, SOUND_ROOM } from "../../../daemon/send/sent-packets.ts";
import type { ToSender } from "../../../daemon/send/sender-messages.ts";
import { writeRtpHeader } from "../../../wire/rtp.ts";

function keep(...sets: readonly string[]) {
  const loaded = loadConfig({
    sets: ["channels.plain.source=a.mp4", "channels.plain.profile=datagram", "channels.main.source=b.mp4", ...sets],
    env: {},
    files: [],
    cwd: "/",
  });
  assert.ok(loaded.ok);
  const orders: ToSender[] = [];
  const kept = new KeptPackets(loaded.config, { post: (order) => void orders.push(order) });
  return { kept, orders };
}

test("a channel's packets are kept while it has members: told to the sender at the first and after the last", () => {
  const { kept, orders } = keep();
  for (const members of [1, 2, 1, 0, 1]) kept.noteMembers("main", members);
  assert.deepEqual(
    orders.map((order) => (order.kind === "keep" ? [order.channel, order.shared !== null] : order.kind)),
    [
      ["main", true],
      ["main", false],
      ["main", true],
    ],
  );
  const last = orders.at(-1);
  assert.ok(last?.kind === "keep" && last.shared !== null);
  const packet = new Uint8Array(100);
  writeRtpHeader(packet, 0, { payloadType: 10, marker: false, sequence: 7, rtpTs: 0, ssrc: 5 });
  new SentPackets(SOUND_ROOM, last.shared.sound).note(packet);
  assert.deepEqual(kept.find("main", 5, 7), packet);
  assert.equal(kept.find("main", 5, 8), null);
  kept.noteMembers("main", 0);
  assert.equal(kept.find("main", 5, 7), null);
  kept.noteMembers("main", 1);
  assert.equal(kept.find("main", 5, 7), null, "it was sent before, under a number that has been another's since");
});

test("who joins and leaves again and again takes no more memory", () => {
  const { kept, orders } = keep();
  for (let count = 0; count < 100; count++) kept.noteMembers("main", count & 1);
  const memory = orders.flatMap((order) =>
    order.kind === "keep" && order.shared !== null ? [order.shared.picture, order.shared.sound] : [],
  );
  assert.equal(memory.length, 100);
  assert.equal(new Set(memory).size, 2);
});

test("datagrams are not kept, nor anything where nothing may be sent again", () => {
  const { kept, orders } = keep();
  kept.noteMembers("plain", 1);
  assert.deepEqual([kept.isWanted, kept.packetBytesOf("plain"), kept.packetBytesOf("main"), orders], [true, null, 1400, []]);
  const off = keep("send.maxRepairKbps=0");
  off.kept.noteMembers("main", 1);
  assert.deepEqual([off.kept.isWanted, off.kept.packetBytesOf("main"), off.orders], [false, null, []]);
});

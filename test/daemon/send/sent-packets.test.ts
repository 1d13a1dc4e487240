import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { pictureRoom, SentPackets } from "../../../daemon/send/sent-packets.ts";
import { writeRtpHeader } from "../../../wire/rtp.ts";

const ROOM = { slots: 8, slotBytes: 100 };

function packet(ssrc: number, sequence: number, bytes = 100, fill = sequence): Uint8Array {
  const made = new Uint8Array(bytes).fill(fill);
  writeRtpHeader(made, 0, { payloadType: 26, marker: false, sequence, rtpTs: 0, ssrc });
  return made;
}

test("what one end notes the other finds, by source and number", () => {
  const sender = new SentPackets(ROOM);
  const other = new SentPackets(ROOM, sender.shared);
  const made = packet(0xffffffff, 0xffff, 50);
  sender.note(made);
  assert.deepEqual(other.find(0xffffffff, 0xffff), made);
  assert.equal(other.find(0xfffffffe, 0xffff), null);
  assert.equal(other.find(0xffffffff, 7), null, "the same slot, another number");
  assert.equal(other.find(0, 0), null, "a slot that was never written");
});

test("the last ones are kept, also while sequence numbers wrap, and what is no packet or too large is passed over", () => {
  const sent = new SentPackets(ROOM);
  for (let count = 0xfff0; count < 0x10004; count++) sent.note(packet(1, count & 0xffff));
  assert.deepEqual(
    [0xfffb, 0xfffc, 0xffff, 0, 3, 4].map((sequence) => sent.find(1, sequence) !== null),
    [false, true, true, true, true, false],
  );
  sent.note(new Uint8Array(11));
  sent.note(packet(1, 4, 101));
  assert.equal(sent.find(1, 4), null);
});

test("pictures have two megabytes at most, in a power of two of slots", () => {
  for (const bytes of [1292, 1400, 1472, 8972]) {
    const { slots, slotBytes } = pictureRoom(bytes);
    assert.equal(slots & (slots - 1), 0);
    assert.ok(slots * slotBytes <= 2 << 20 && 2 * slots * slotBytes > 2 << 20, `${slots} × ${slotBytes}`);
  }
});

/** Writes every sequence number once, and says in `latest` how far it is. */
const WRITER = `
  const { parentPort, workerData } = require("node:worker_threads");
  const { module, room, shared, latest } = workerData;
  import(module).then(({ SentPackets }) => {
    const sent = new SentPackets(room, shared);
    const packet = new Uint8Array(room.slotBytes);
    const view = new DataView(packet.buffer);
    for (let number = 0; number < 65536; number++) {
      packet.fill(number);
      view.setUint16(2, number);
      view.setUint32(8, 1);
      sent.note(packet);
      Atomics.store(latest, 0, number);
    }
  });
`;

test("a packet that another thread writes over is found whole, or not at all", async (context) => {
  const room = { slots: 2, slotBytes: 9000 };
  const sent = new SentPackets(room);
  const latest = new Int32Array(new SharedArrayBuffer(4));
  const module = new URL("../../../daemon/send/sent-packets.ts", import.meta.url).href;
  const writer = new Worker(WRITER, { eval: true, workerData: { module, room, shared: sent.shared, latest } });
  context.after(() => writer.terminate());
  const LAST = 0xffff;
  let found = 0;
  while (Atomics.load(latest, 0) < LAST) {
    const untilMs = performance.now() + 20;
    while (performance.now() < untilMs) {
      const number = Atomics.load(latest, 0);
      const packet = sent.find(1, number);
      if (packet === null) continue;
      found++;
      const isWhole = packet.subarray(12).every((byte) => byte === (number & 0xff));
      assert.ok(isWhole, `packet ${number} is torn`);
    }
    await new Promise(setImmediate);
  }
  assert.ok(found > 0, "none was found");
});

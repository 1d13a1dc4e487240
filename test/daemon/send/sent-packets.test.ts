import assert from "node:assert/strict";
import { test } from "node:test";
import { SentPackets } from "../../../daemon/send/sent-packets.ts";
import { writeRtpHeader } from "../../../wire/rtp.ts";

function packet(ssrc: number, sequence: number, bytes = 1400): Uint8Array {
  const made = new Uint8Array(bytes);
  writeRtpHeader(made, 0, { payloadType: 26, marker: false, sequence, rtpTs: 0, ssrc });
  return made;
}

test("packets are found by their source and number, those of another source with the same numbers apart", () => {
  const sent = new SentPackets();
  const [picture, sound] = [packet(0xffffffff, 7), packet(2, 7)];
  sent.note(picture);
  sent.note(sound);
  assert.deepEqual(sent.find(0xffffffff, [6, 7, 8]), [picture]);
  assert.deepEqual(sent.find(2, [7]), [sound]);
  assert.deepEqual(sent.find(3, [7]), []);
});

test("the last two megabytes are kept, whatever the packets' size", () => {
  for (const bytes of [100, 1400, 65_000]) {
    const sent = new SentPackets();
    const count = Math.floor((2 << 20) / bytes);
    for (let sequence = 0; sequence <= count; sequence++) sent.note(packet(1, sequence & 0xffff, bytes));
    assert.deepEqual(sent.find(1, [0]).length, 0, `${bytes}`);
    assert.deepEqual(sent.find(1, [1, count]).length, 2, `${bytes}`);
  }
});

test("a number that comes round again is the new packet", () => {
  const sent = new SentPackets();
  const [first, second] = [packet(1, 7), packet(1, 7)];
  sent.note(first);
  sent.note(second);
  assert.equal(sent.find(1, [7])[0], second);
});

test("what is no RTP packet is passed over", () => {
  const sent = new SentPackets();
  sent.note(new Uint8Array(11));
  assert.deepEqual(sent.find(0, [0]), []);
});

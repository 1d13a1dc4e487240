import assert from "node:assert/strict";
import { test } from "node:test";
import { ProtectedPackets } from "../../receiver/join/protected-packets.ts";
import type { StreamOf } from "../../receiver/receiver.ts";
import { RTP_HEADER_BYTES, writeRtpHeader } from "../../wire/rtp.ts";
import { SrtpSender } from "../../wire/srtp/index.ts";

const MASTER = new Uint8Array(30).fill(1);
const NEXT = new Uint8Array(30).fill(2);
const SSRC = 7;
const SOUND_SSRC = 8;
const ROLLOVERS = new Map([SSRC, SOUND_SSRC].map((ssrc) => [ssrc, 1]));

function rtp(sequence: number, ssrc = SSRC): Uint8Array {
  const packet = new Uint8Array(RTP_HEADER_BYTES + 8).fill(5);
  writeRtpHeader(packet, 0, { payloadType: 26, marker: false, sequence, rtpTs: 1, ssrc });
  return packet;
}

/** A receiver that knows the first key, and how often it asked for others. */
function open() {
  const pushed: [StreamOf, Uint8Array][] = [];
  const state = { nowMs: 0, asked: 0 };
  const packets = new ProtectedPackets({ masters: [MASTER], rollovers: ROLLOVERS });
  packets.onLocked(() => state.asked++);
  const push = packets.before(
    (from, packet) => void pushed.push([from, packet]),
    () => state.nowMs,
  );
  return { packets, push, pushed, state };
}

test("what the key opens is given on as it was: RTP, what comes again, and RTCP", () => {
  const { push, pushed } = open();
  const sender = new SrtpSender(MASTER);
  const report = Uint8Array.from(Buffer.from("80c80001000000070000", "hex"));
  push("video", sender.protect(rtp(1)));
  const lost = sender.protect(rtp(2));
  push("video", sender.protect(rtp(3)));
  push("answer", lost);
  push("videoControl", sender.protectRtcp(report));
  assert.deepEqual(pushed, [
    ["video", rtp(1)],
    ["video", rtp(3)],
    ["answer", rtp(2)],
    ["videoControl", report],
  ]);
});

test("what no key opens goes nowhere; after a second of it another key is asked for, once a second", () => {
  const { packets, push, pushed, state } = open();
  const sender = new SrtpSender(MASTER);
  push("video", sender.protect(rtp(1)));
  sender.setMaster(NEXT);
  for (state.nowMs = 10; state.nowMs <= 2500; state.nowMs += 10) push("video", sender.protect(rtp(2 + state.nowMs / 10)));
  assert.deepEqual([pushed.length, state.asked], [1, 2]);
  packets.tell({ masters: [NEXT], rollovers: ROLLOVERS });
  push("video", sender.protect(rtp(500)));
  assert.deepEqual(pushed[1], ["video", rtp(500)]);
  assert.equal(state.asked, 2);
});

test("of a stream that has gone on by more than half a round without this host nothing opens, until it is asked where it is", () => {
  const { packets, push, pushed, state } = open();
  const sender = new SrtpSender(MASTER);
  const send = (sequence: number, ssrc: number): void => push("video", sender.protect(rtp(sequence & 0xffff, ssrc)));
  const skip = (from: number, to: number): void => {
    for (let sequence = from; sequence < to; sequence += 0x400) sender.protect(rtp(sequence & 0xffff));
  };
  sender.protect(rtp(0, SOUND_SSRC));
  skip(0, 0x1_0100);
  send(0x1_0100, SSRC);
  skip(0x1_0101, 0x1_9100);
  const before = pushed.length;
  for (state.nowMs = 10; state.nowMs <= 1500; state.nowMs += 10) {
    send(0x1_9101 + state.nowMs / 10, SSRC);
    send(state.nowMs / 10, SOUND_SSRC);
  }
  // The sound goes on opening: it is of the first round still.
  assert.deepEqual([pushed.length - before, state.asked], [150, 1]);
  packets.tell({ masters: [MASTER], rollovers: new Map([[SSRC, sender.rolloverOf(SSRC)]]) });
  send(0x1_9301, SSRC);
  assert.deepEqual(pushed.at(-1), ["video", rtp(0x9301)]);
});

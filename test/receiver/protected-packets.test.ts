import assert from "node:assert/strict";
import { test } from "node:test";
import { ProtectedPackets } from "../../receiver/join/protected-packets.ts";
import type { StreamOf } from "../../receiver/receiver.ts";
import { RTP_HEADER_BYTES, writeRtpHeader } from "../../wire/rtp.ts";
import { SrtpSender } from "../../wire/srtp/index.ts";

const MASTER = new Uint8Array(30).fill(1);
const NEXT = new Uint8Array(30).fill(2);
const SSRC = 7;

function rtp(sequence: number): Uint8Array {
  const packet = new Uint8Array(RTP_HEADER_BYTES + 8).fill(5);
  writeRtpHeader(packet, 0, { payloadType: 26, marker: false, sequence, rtpTs: 1, ssrc: SSRC });
  return packet;
}

/** A receiver that knows the first key, and how often it asked for others. */
function open() {
  const pushed: [StreamOf, Uint8Array][] = [];
  const state = { nowMs: 0, asked: 0 };
  const packets = new ProtectedPackets({ masters: [MASTER], rollovers: new Map([[SSRC, 0]]) });
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
  packets.setMasters([NEXT]);
  push("video", sender.protect(rtp(500)));
  assert.deepEqual(pushed[1], ["video", rtp(500)]);
  assert.equal(state.asked, 2);
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { RTP_HEADER_BYTES, writeRtpHeader } from "../../wire/rtp.ts";
import { SRTP_OVERHEAD_BYTES, SrtpReceiver, SrtpSender } from "../../wire/srtp/index.ts";
import { nearestIndex } from "../../wire/srtp/packet-index.ts";
import { deriveKey, deriveSessionKeys } from "../../wire/srtp/session-keys.ts";

/** The master key of RFC 3711, appendix B.3, which is that of libsrtp's own validation as well. */
const MASTER = bytes("e1f97a0d3e018be0d64fa32c06de4139 0ec675ad498afeebb6960b3aabe6");
const OTHER = new Uint8Array(30).fill(7);
const SSRC = 0xcafebabe;
const ROLLOVERS = new Map([[SSRC, 0]]);

describe("SRTP", () => {
  test("session keys are those of RFC 3711, appendix B.3", () => {
    const derived = (label: number, length: number): string => Buffer.from(deriveKey(MASTER, label, length)).toString("hex");
    assert.equal(derived(0, 16), "c61e7a93744f39ee10734afe3ff7a087");
    assert.equal(derived(1, 20), "cebe321f6ff7716b6fd4ab49af256a156d38baa4");
    assert.equal(derived(2, 14), "30cbbc08863d8c85d49db34a9ae1");
  });

  test("a key of another length is refused", () => assert.throws(() => deriveSessionKeys(new Uint8Array(16)), RangeError));

  test("an RTP packet is sealed as libsrtp seals it", () => {
    const packet = bytes("800f1234decafbadcafebabe abababababababababababababababab");
    const sealed = bytes("800f1234decafbadcafebabe 4e55dc4ce79978d88ca4d215949d2402 b78d6acc99ea179b8dbb");
    assert.deepEqual(new SrtpSender(MASTER).protect(packet), sealed);
    assert.deepEqual(receiver().unprotect(sealed), packet);
  });

  test("an RTCP packet is sealed as libsrtp seals it", () => {
    const packet = bytes("81c8000bcafebabe abababababababababababababababab");
    const sealed = bytes("81c8000bcafebabe 7128035be487b9bdbef89041f977a5a8 80000001 993e08cd54d6c1230798");
    assert.deepEqual(new SrtpSender(MASTER).protectRtcp(packet), sealed);
    assert.deepEqual(receiver().unprotectRtcp(sealed), packet);
  });

  test("any packet comes back as it was, its header in clear", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.nat(0xffff), (payload, sequence) => {
        const packet = rtp(sequence, payload);
        const sealed = new SrtpSender(MASTER).protect(packet);
        assert.equal(sealed.length, packet.length + SRTP_OVERHEAD_BYTES);
        assert.deepEqual(sealed.subarray(0, RTP_HEADER_BYTES), packet.subarray(0, RTP_HEADER_BYTES));
        assert.deepEqual(receiver().unprotect(sealed), packet);
      }),
    );
  });

  test("the sources of a header and its extension stay in clear", () => {
    const packet = bytes("910f1234decafbadcafebabe 00000001 bede0001 10aa0000 0102030405");
    const sealed = new SrtpSender(MASTER).protect(packet);
    assert.deepEqual(sealed.subarray(0, 24), packet.subarray(0, 24));
    assert.notDeepEqual(sealed.subarray(24, 29), packet.subarray(24));
    assert.deepEqual(receiver().unprotect(sealed), packet);
  });

  test("what is opened stays as it came: Node's buffers share their memory", () => {
    const sealed = Buffer.from(new SrtpSender(MASTER).protect(rtp(7)));
    const before = String(sealed);
    assert.ok(receiver().unprotect(sealed) !== null);
    assert.equal(String(sealed), before);
  });

  test("a packet that was changed anywhere is not opened", () => {
    const sealed = new SrtpSender(MASTER).protect(rtp(7));
    const control = new SrtpSender(MASTER).protectRtcp(bytes("81c8000bcafebabe ababab"));
    for (let at = 0; at < sealed.length; at++) assert.equal(receiver().unprotect(changed(sealed, at)), null, `byte ${at}`);
    for (let at = 0; at < control.length; at++) assert.equal(receiver().unprotectRtcp(changed(control, at)), null, `byte ${at}`);
  });

  test("sequence numbers begin again, and packets around that come in any order", () => {
    const sender = new SrtpSender(MASTER);
    const sealed = Array.from({ length: 40 }, (_, step) => sender.protect(rtp(0xffff - 20 + step)));
    assert.equal(sender.rolloverOf(SSRC), 1);
    const opening = receiver();
    const order = sealed.map((_, at) => (at % 2 === 0 ? Math.min(at + 3, 39) : at));
    for (const at of order) assert.deepEqual(opening.unprotect(sealed[at] ?? new Uint8Array()), rtp(0xffff - 20 + at));
  });

  test("who joins late is told how often they have begun again, and may be told it a moment too early or too late", () => {
    const sender = new SrtpSender(MASTER);
    for (let sequence = 0; sequence < 3 * 0x10000; sequence += 0x4000) sender.protect(rtp(sequence));
    assert.equal(sender.rolloverOf(SSRC), 2);
    const sealed = sender.protect(rtp(3 * 0x10000 - 1));
    for (const told of [1, 2, 3]) assert.deepEqual(receiver(new Map([[SSRC, told]])).unprotect(sealed), rtp(0xffff), `told ${told}`);
    for (const told of [0, 4]) assert.equal(receiver(new Map([[SSRC, told]])).unprotect(sealed), null, `told ${told}`);
  });

  test("after a gap of more than half a round packets open again once the receiver is told in which round they are", () => {
    const sender = new SrtpSender(MASTER);
    const opening = receiver(new Map([[SSRC, 1]]));
    const pass = (from: number, to: number): void => {
      for (let sequence = from; sequence <= to; sequence += 0x400) sender.protect(rtp(sequence));
    };
    pass(0, 0x1_0000);
    assert.deepEqual(opening.unprotect(sender.protect(rtp(0x1_0001))), rtp(1));
    pass(0x1_0002, 0x1_b000);
    assert.equal(opening.unprotect(sender.protect(rtp(0x1_b001))), null);
    opening.tell([MASTER], new Map([[SSRC, sender.rolloverOf(SSRC)]]));
    assert.deepEqual(opening.unprotect(sender.protect(rtp(0x1_b002))), rtp(0xb002));
    pass(0x1_b003, 0x9_0003);
    opening.tell([MASTER], new Map([[SSRC, sender.rolloverOf(SSRC)]]));
    assert.deepEqual(opening.unprotect(sender.protect(rtp(0x9_0004))), rtp(4));
  });

  test("another key takes effect from one packet on, for who knows both; indexes go on", () => {
    const sender = new SrtpSender(MASTER);
    const before = sender.protect(rtp(1));
    sender.setMaster(OTHER);
    const after = sender.protect(rtp(2));
    const opening = receiver();
    assert.equal(opening.unprotect(after), null);
    opening.tell([MASTER, OTHER], ROLLOVERS);
    for (const [sealed, sequence] of [
      [before, 1],
      [after, 2],
      [before, 1],
    ] as const)
      assert.deepEqual(opening.unprotect(sealed), rtp(sequence));
    opening.tell([OTHER], ROLLOVERS);
    assert.equal(opening.unprotect(before), null);
    assert.deepEqual(opening.unprotect(sender.protect(rtp(3))), rtp(3));
  });

  test("what was recorded is not opened when it is sent again later, but for a packet that was asked for", () => {
    const sender = new SrtpSender(MASTER);
    const opening = receiver();
    const sealed = Array.from({ length: 1200 }, (_, sequence) => sender.protect(rtp(sequence)));
    for (const packet of sealed) assert.ok(opening.unprotect(packet) !== null);
    assert.equal(opening.unprotect(sealed[190] ?? new Uint8Array()), null);
    assert.deepEqual(opening.unprotect(sealed[190] ?? new Uint8Array(), true), rtp(190));
    assert.deepEqual(opening.unprotect(sealed[210] ?? new Uint8Array()), rtp(210));
    opening.tell([MASTER], ROLLOVERS);
    assert.equal(opening.unprotect(sealed[190] ?? new Uint8Array()), null);
  });

  test("a report is opened once, and none that is older than another", () => {
    const sender = new SrtpSender(MASTER);
    const report = bytes("81c8000bcafebabe abababab");
    const [first, second, third] = [1, 2, 3].map(() => sender.protectRtcp(report));
    const opening = receiver();
    assert.deepEqual(opening.unprotectRtcp(second ?? report), report);
    for (const recorded of [first, second]) assert.equal(opening.unprotectRtcp(recorded ?? report), null);
    assert.deepEqual(opening.unprotectRtcp(third ?? report), report);
  });

  test("a key is good for nothing new once another has taken its place, whoever knows it", () => {
    const [sender, former] = [new SrtpSender(MASTER), new SrtpSender(MASTER)];
    const opening = receiver();
    const [last, late] = [sender.protect(rtp(10)), sender.protect(rtp(11))];
    assert.ok(opening.unprotect(last) !== null);
    sender.setMaster(OTHER);
    opening.tell([MASTER, OTHER], ROLLOVERS);
    assert.ok(opening.unprotect(sender.protect(rtp(12))) !== null);
    const report = bytes("81c8000bcafebabe abababab");
    assert.ok(opening.unprotectRtcp(sender.protectRtcp(report)) !== null);
    for (const sequence of [12, 13, 2000]) assert.equal(opening.unprotect(former.protect(rtp(sequence))), null);
    for (let count = 0; count < 3; count++) assert.equal(opening.unprotectRtcp(former.protectRtcp(report)), null);
    assert.deepEqual(opening.unprotect(late), rtp(11));
  });

  test("where the holder of a key that is over has led astray, the next key begins anew", () => {
    const [sender, former] = [new SrtpSender(MASTER), new SrtpSender(MASTER)];
    const opening = receiver();
    for (let sequence = 0; sequence < 0x2_4000; sequence += 0x2000) {
      former.protect(rtp(sequence));
      assert.ok(opening.unprotect(former.protect(rtp(sequence + 1))) !== null);
    }
    sender.protect(rtp(3));
    sender.setMaster(OTHER);
    opening.tell([MASTER, OTHER], ROLLOVERS);
    assert.deepEqual(opening.unprotect(sender.protect(rtp(4))), rtp(4));
    assert.deepEqual(opening.unprotect(sender.protect(rtp(5))), rtp(5));
  });

  test("two packets never have the same keystream", () => {
    const sender = new SrtpSender(MASTER);
    const streams = [0, 1, 0xfffe, 0xffff, 0, 1].map((sequence) => String(sender.protect(rtp(sequence)).subarray(RTP_HEADER_BYTES, -10)));
    assert.equal(new Set(streams).size, streams.length);
  });

  test("an index is the nearest one of its sequence number", () => {
    assert.equal(nearestIndex(5, 0x1_fff0), 0x2_0005);
    assert.equal(nearestIndex(0xfff0, 0x2_0005), 0x1_fff0);
    assert.equal(nearestIndex(0xfff0, 3), 0xfff0);
    assert.equal(nearestIndex(9, 9), 9);
  });
});

function receiver(rollovers: ReadonlyMap<number, number> = ROLLOVERS): SrtpReceiver {
  return new SrtpReceiver([MASTER], rollovers);
}

/** `sequence`: its lower 16 bits count. */
function rtp(sequence: number, payload: Uint8Array = new Uint8Array(20)): Uint8Array {
  const packet = new Uint8Array(RTP_HEADER_BYTES + payload.length);
  writeRtpHeader(packet, 0, { payloadType: 26, marker: false, sequence: sequence & 0xffff, rtpTs: 1, ssrc: SSRC });
  packet.set(payload, RTP_HEADER_BYTES);
  return packet;
}

function changed(packet: Uint8Array, at: number): Uint8Array {
  return packet.map((byte, index) => (index === at ? byte ^ 0x40 : byte));
}

function bytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex"));
}

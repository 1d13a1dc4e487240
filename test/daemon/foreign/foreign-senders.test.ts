import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ForeignSenders, SILENT_MS } from "../../../daemon/foreign/foreign-senders.ts";
import { buildCompound } from "../../../wire/rtcp/index.ts";
import type { OwnRtcpPacket } from "../../../wire/rtcp/index.ts";
import { writeRtpHeader } from "../../../wire/rtp.ts";

const OWN = 0x1111_1111;
const STRANGER = 0x2222_2222;
const HOST = "10.77.0.2";

function rtp(ssrc: number, sequence: number): Uint8Array {
  const packet = new Uint8Array(100);
  writeRtpHeader(packet, 0, { payloadType: 26, marker: false, sequence, rtpTs: 0, ssrc });
  return packet;
}

const senderReport = (ssrc: number): OwnRtcpPacket => ({
  kind: "sender-report",
  ssrc,
  ntp: { seconds: 1, fraction: 0 },
  rtpTs: 0,
  packetCount: 1,
  octetCount: 1,
  reports: [],
});
const receiverReport = (ssrc: number): OwnRtcpPacket => ({ kind: "receiver-report", ssrc, reports: [] });

/** The hosts after these datagrams, all from `HOST` at time 0. */
function hostsAfter(...datagrams: readonly Uint8Array[]): readonly string[] {
  const senders = new ForeignSenders(new Set([OWN]));
  for (const datagram of datagrams) senders.note(datagram, HOST, 0);
  return senders.hosts(0);
}

const cases: readonly (readonly [string, readonly Uint8Array[], readonly string[]])[] = [
  ["two RTP packets in sequence are a sender", [rtp(STRANGER, 65_535), rtp(STRANGER, 0)], [HOST]],
  ["some may be lost between them", [rtp(STRANGER, 7), rtp(STRANGER, 60)], [HOST]],
  ["one packet may be chance", [rtp(STRANGER, 7)], []],
  ["the same packet twice is no sequence", [rtp(STRANGER, 7), rtp(STRANGER, 7)], []],
  ["nor are two far apart", [rtp(STRANGER, 7), rtp(STRANGER, 5000)], []],
  ["our own packets come back to us", [rtp(OWN, 7), rtp(OWN, 8), buildCompound([senderReport(OWN)])], []],
  ["a sender report is a sender", [buildCompound([senderReport(STRANGER)])], [HOST]],
  ["a receiver report is none", [buildCompound([receiverReport(STRANGER)]), buildCompound([receiverReport(STRANGER)])], []],
  [
    "who says goodbye is gone",
    [
      buildCompound([senderReport(STRANGER)]),
      buildCompound([receiverReport(STRANGER), { kind: "goodbye", ssrcs: [STRANGER], reason: null }]),
    ],
    [],
  ],
  ["a JPEG in a datagram is no RTP", [Uint8Array.of(0xff, 0xd8, 0xff, 0xdb, ...new Uint8Array(60))], []],
  ["nor is an empty datagram", [new Uint8Array(0)], []],
];

for (const [name, datagrams, hosts] of cases) test(name, () => assert.deepEqual(hostsAfter(...datagrams), hosts));

test("a sender that has been silent for 30 s is gone, and is back with its next packet in sequence", () => {
  const senders = new ForeignSenders(new Set());
  senders.note(buildCompound([senderReport(STRANGER)]), HOST, 1000);
  assert.deepEqual(senders.hosts(1000 + SILENT_MS), [HOST]);
  assert.deepEqual(senders.hosts(1001 + SILENT_MS), []);
  senders.note(rtp(STRANGER, 1), HOST, 1002 + SILENT_MS);
  senders.note(rtp(STRANGER, 2), HOST, 1002 + SILENT_MS);
  assert.deepEqual(senders.hosts(1002 + SILENT_MS), [HOST]);
});

test("two streams of one host are one host, and hosts are listed in order", () => {
  const senders = new ForeignSenders(new Set());
  for (const [ssrc, host] of [
    [1, "10.77.0.3"],
    [2, "10.77.0.3"],
    [3, "10.77.0.2"],
  ] as const)
    senders.note(buildCompound([senderReport(ssrc)]), host, 0);
  assert.deepEqual(senders.hosts(0), ["10.77.0.2", "10.77.0.3"]);
});

test("of a flood of senders sixteen are remembered", () => {
  const senders = new ForeignSenders(new Set());
  for (let ssrc = 1; ssrc <= 1000; ssrc++) {
    senders.note(buildCompound([senderReport(ssrc)]), `10.0.0.${ssrc % 250}`, 0);
    senders.note(rtp(1000 + ssrc, 1), "10.0.0.1", 0);
  }
  assert.equal(senders.hosts(0).length, 16);
});

test("noise is never a sender and never an exception", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 50 }), (datagrams) => {
      const senders = new ForeignSenders(new Set());
      for (const datagram of datagrams) {
        // A sender report by chance would be one.
        if (datagram[1] === 200) datagram[1] = 201;
        senders.note(datagram, HOST, 0);
        senders.hosts(0);
      }
    }),
  );
});

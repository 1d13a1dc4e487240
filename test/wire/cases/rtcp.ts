import type { RtcpPacket } from "../../../wire/rtcp/index.ts";
import { hex } from "./bytes.ts";
import type { BadCase } from "./bytes.ts";

const block = {
  ssrc: 7,
  fractionLost: 64,
  cumulativeLost: -2,
  highestSequence: 0x0001fffe,
  jitterRtpTs: 90,
  lastSenderReport: 0x12345678,
  delaySinceLastSenderReport: 65536,
};
const BLOCK = "00000007 40 fffffe 0001fffe 0000005a 12345678 00010000";
const SENDER = "80c8 0006 00000001 eeab4983 80000000 0000000a 0000000b 0000000c";
const sender: RtcpPacket = {
  kind: "sender-report",
  ssrc: 1,
  ntp: { seconds: 0xeeab4983, fraction: 0x80000000 },
  rtpTs: 10,
  packetCount: 11,
  octetCount: 12,
  reports: [],
};

export const rtcpCases: readonly {
  readonly title: string;
  readonly bytes: Uint8Array;
  readonly packets: readonly RtcpPacket[];
  readonly isOurForm: boolean;
}[] = [
  { title: "a sender report", bytes: hex(SENDER), packets: [sender], isOurForm: true },
  {
    title: "a sender report with a block on another source",
    bytes: hex(`81c8 000c ${SENDER.slice(10)} ${BLOCK}`),
    packets: [{ ...sender, reports: [block] }],
    isOurForm: true,
  },
  {
    title: "an empty receiver report",
    bytes: hex("80c9 0001 00000001"),
    packets: [{ kind: "receiver-report", ssrc: 1, reports: [] }],
    isOurForm: true,
  },
  {
    title: "a receiver report with a block",
    bytes: hex(`81c9 0007 00000001 ${BLOCK}`),
    packets: [{ kind: "receiver-report", ssrc: 1, reports: [block] }],
    isOurForm: true,
  },
  {
    title: "a description that ends on a word",
    bytes: hex(`${SENDER} 81ca 0003 00000001 01 05 6d61696e40 00`),
    packets: [sender, { kind: "source-description", chunks: [{ ssrc: 1, cname: "main@" }] }],
    isOurForm: true,
  },
  {
    title: "a description that needs a whole word of zeros",
    bytes: hex(`${SENDER} 81ca 0004 00000001 01 06 6d61696e4068 00000000`),
    packets: [sender, { kind: "source-description", chunks: [{ ssrc: 1, cname: "main@h" }] }],
    isOurForm: true,
  },
  {
    title: "a description of two sources, one without a name",
    bytes: hex(`${SENDER} 82ca 0004 00000001 01 00 00 00 00000002 00000000`),
    packets: [
      sender,
      {
        kind: "source-description",
        chunks: [
          { ssrc: 1, cname: "" },
          { ssrc: 2, cname: null },
        ],
      },
    ],
    isOurForm: true,
  },
  {
    title: "items other than the name",
    bytes: hex(`${SENDER} 81ca 0003 00000001 06 02 6162 01 01 6d 00`),
    packets: [sender, { kind: "source-description", chunks: [{ ssrc: 1, cname: "m" }] }],
    isOurForm: false,
  },
  {
    title: "BYE",
    bytes: hex(`${SENDER} 81cb 0001 00000001`),
    packets: [sender, { kind: "goodbye", ssrcs: [1], reason: null }],
    isOurForm: true,
  },
  {
    title: "BYE of two with a reason",
    bytes: hex(`${SENDER} 82cb 0003 00000001 00000002 03 656e64`),
    packets: [sender, { kind: "goodbye", ssrcs: [1, 2], reason: "end" }],
    isOurForm: true,
  },
  {
    title: "an application's packet, padded at the end",
    bytes: hex(`${SENDER} a0cc 0003 00000001 61626364 00000004`),
    packets: [sender, { kind: "other", packetType: 204 }],
    isOurForm: false,
  },
];

export const badRtcpCases: readonly BadCase[] = [
  { title: "nothing", bytes: hex(""), reason: "RTCP: empty" },
  { title: "three bytes", bytes: hex("80c900"), reason: "RTCP: shorter than a header" },
  { title: "version 1", bytes: hex("40c9 0001 00000001"), reason: "RTCP: version is not 2" },
  { title: "a length past the end", bytes: hex("80c9 0002 00000001"), reason: "RTCP: cut off" },
  {
    title: "bytes after the last packet",
    bytes: hex("80c9 0001 00000001 80"),
    reason: "RTCP: shorter than a header",
  },
  {
    title: "a description first",
    bytes: hex("80ca 0000"),
    reason: "RTCP: does not begin with a report",
  },
  {
    title: "a sender report without its information",
    bytes: hex("80c8 0001 00000001"),
    reason: "RTCP: sender report cut off",
  },
  {
    title: "blocks that are not there",
    bytes: hex("9fc9 0001 00000001"),
    reason: "RTCP: receiver report cut off",
  },
  {
    title: "padding in the middle",
    bytes: hex("a0c9 0002 00000001 00000004 80c9 0001 00000001"),
    reason: "RTCP: padding before the last packet",
  },
  {
    title: "padding of no whole words",
    bytes: hex("a0c9 0002 00000001 00000003"),
    reason: "RTCP: impossible padding",
  },
  {
    title: "padding over the header",
    bytes: hex("a0c9 0001 00000008"),
    reason: "RTCP: impossible padding",
  },
  {
    title: "a name past the end",
    bytes: hex(`${SENDER} 81ca 0002 00000001 01ff 6d6d`),
    reason: "RTCP: source description cut off",
  },
  {
    title: "items without an end",
    bytes: hex(`${SENDER} 81ca 0002 00000001 0102 6d6d`),
    reason: "RTCP: source description cut off",
  },
  {
    title: "a chunk too few",
    bytes: hex(`${SENDER} 82ca 0002 00000001 00000000`),
    reason: "RTCP: source description cut off",
  },
  {
    title: "BYE of more sources than there are",
    bytes: hex(`${SENDER} 82cb 0001 00000001`),
    reason: "RTCP: BYE cut off",
  },
  {
    title: "a reason past the end",
    bytes: hex(`${SENDER} 81cb 0002 00000001 ff000000`),
    reason: "RTCP: BYE cut off",
  },
  {
    title: "hundreds of packets",
    bytes: hex("80c9 0001 00000001".repeat(300)),
    reason: "RTCP: too many packets in a compound",
  },
];

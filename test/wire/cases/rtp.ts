import type { RtpPacket } from "../../../wire/rtp.ts";
import { hex } from "./bytes.ts";
import type { BadCase } from "./bytes.ts";

const plain = {
  payloadType: 26,
  marker: true,
  sequence: 0x1234,
  rtpTs: 0xdeadbeef,
  ssrc: 0x01020304,
  csrcs: [],
  extension: null,
};

export const rtpCases: readonly {
  readonly title: string;
  readonly bytes: Uint8Array;
  readonly packet: RtpPacket;
  readonly isOurForm: boolean;
}[] = [
  {
    title: "a header and a payload",
    bytes: hex("80 9a 1234 deadbeef 01020304 aabb"),
    packet: { ...plain, payload: hex("aabb") },
    isOurForm: true,
  },
  {
    title: "the largest numbers",
    bytes: hex("80 7f ffff ffffffff ffffffff"),
    packet: {
      ...plain,
      payloadType: 127,
      marker: false,
      sequence: 0xffff,
      rtpTs: 0xffffffff,
      ssrc: 0xffffffff,
      payload: hex(""),
    },
    isOurForm: true,
  },
  {
    title: "contributing sources",
    bytes: hex("82 9a 1234 deadbeef 01020304 00000001 fffffffe cc"),
    packet: { ...plain, csrcs: [1, 0xfffffffe], payload: hex("cc") },
    isOurForm: false,
  },
  {
    title: "a header extension",
    bytes: hex("90 9a 1234 deadbeef 01020304 bede 0001 10aa0000 cc"),
    packet: { ...plain, extension: { profile: 0xbede, data: hex("10aa0000") }, payload: hex("cc") },
    isOurForm: false,
  },
  {
    title: "an empty header extension",
    bytes: hex("90 9a 1234 deadbeef 01020304 bede 0000"),
    packet: { ...plain, extension: { profile: 0xbede, data: hex("") }, payload: hex("") },
    isOurForm: false,
  },
  {
    title: "padding",
    bytes: hex("a0 9a 1234 deadbeef 01020304 cc 000003"),
    packet: { ...plain, payload: hex("cc") },
    isOurForm: false,
  },
  {
    title: "nothing but padding",
    bytes: hex("a0 9a 1234 deadbeef 01020304 01"),
    packet: { ...plain, payload: hex("") },
    isOurForm: false,
  },
];

export const badRtpCases: readonly BadCase[] = [
  { title: "nothing", bytes: hex(""), reason: "RTP: shorter than a header" },
  {
    title: "eleven bytes",
    bytes: hex("80 9a 1234 deadbeef 010203"),
    reason: "RTP: shorter than a header",
  },
  {
    title: "version 1",
    bytes: hex("40 9a 1234 deadbeef 01020304"),
    reason: "RTP: version is not 2",
  },
  {
    title: "a CSRC too few",
    bytes: hex("82 9a 1234 deadbeef 01020304 00000001"),
    reason: "RTP: cut off in the CSRC list",
  },
  {
    title: "half an extension header",
    bytes: hex("90 9a 1234 deadbeef 01020304 bede"),
    reason: "RTP: cut off in the header extension",
  },
  {
    title: "an extension that goes on past the end",
    bytes: hex("90 9a 1234 deadbeef 01020304 bede ffff 00"),
    reason: "RTP: cut off in the header extension",
  },
  {
    title: "padding of zero bytes",
    bytes: hex("a0 9a 1234 deadbeef 01020304 cc00"),
    reason: "RTP: impossible padding",
  },
  {
    title: "padding over the header",
    bytes: hex("a0 9a 1234 deadbeef 01020304 cc03"),
    reason: "RTP: impossible padding",
  },
  {
    title: "padding without a byte for it",
    bytes: hex("a0 9a 1234 deadbeef 01020304"),
    reason: "RTP: impossible padding",
  },
];

import type { SapPacket } from "../../../wire/sap.ts";
import { hex } from "./bytes.ts";
import type { BadCase } from "./bytes.ts";

const type = "6170706c69636174696f6e2f736470 00";

export const sapCases: readonly {
  readonly title: string;
  readonly bytes: Uint8Array;
  readonly packet: SapPacket;
  readonly isOurForm: boolean;
}[] = [
  {
    title: "an announcement",
    bytes: hex(`20 00 1234 0a4d0001 ${type} 763d300d0a`),
    packet: { kind: "announcement", hash: 0x1234, origin: "10.77.0.1", payload: "v=0\r\n" },
    isOurForm: true,
  },
  {
    title: "a deletion",
    bytes: hex(`24 00 ffff ffffffff ${type} 763d300d0a`),
    packet: { kind: "deletion", hash: 0xffff, origin: "255.255.255.255", payload: "v=0\r\n" },
    isOurForm: true,
  },
  {
    title: "an old announcement, without a payload type",
    bytes: hex("20 00 0000 0a4d0001 763d300d0a"),
    packet: { kind: "announcement", hash: 0, origin: "10.77.0.1", payload: "v=0\r\n" },
    isOurForm: false,
  },
  {
    title: "a deletion that names the origin only",
    bytes: hex("24 00 0001 0a4d0001 6f3d2d"),
    packet: { kind: "deletion", hash: 1, origin: "10.77.0.1", payload: "o=-" },
    isOurForm: false,
  },
  {
    title: "authentication data and the reserved bit are passed over",
    bytes: hex("28 01 0001 0a4d0001 deadbeef 763d30"),
    packet: { kind: "announcement", hash: 1, origin: "10.77.0.1", payload: "v=0" },
    isOurForm: false,
  },
];

export const badSapCases: readonly BadCase[] = [
  { title: "nothing", bytes: hex(""), reason: "SAP: shorter than its header" },
  { title: "seven bytes", bytes: hex("20 00 0001 0a4d00"), reason: "SAP: shorter than its header" },
  { title: "version 0", bytes: hex("00 00 0001 0a4d0001 763d30"), reason: "SAP: not version 1" },
  { title: "an IPv6 origin", bytes: hex("30 00 0001 0a4d0001 763d30"), reason: "SAP: announced from IPv6" },
  { title: "an encrypted payload", bytes: hex("22 00 0001 0a4d0001 763d30"), reason: "SAP: encrypted" },
  { title: "a compressed payload", bytes: hex("21 00 0001 0a4d0001 763d30"), reason: "SAP: compressed" },
  { title: "authentication data beyond the end", bytes: hex("20 ff 0001 0a4d0001 763d30"), reason: "SAP: authentication data cut off" },
  {
    title: "another payload type",
    bytes: hex("20 00 0001 0a4d0001 74657874 00 763d30"),
    reason: "SAP: the payload is no session description",
  },
  { title: "no payload", bytes: hex("20 00 0001 0a4d0001"), reason: "SAP: the payload is no session description" },
  { title: "a novel", bytes: new Uint8Array(4097).fill(0x20), reason: "SAP: over 4 KiB" },
];

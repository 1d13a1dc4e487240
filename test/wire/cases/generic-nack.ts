import type { GenericNack } from "../../../wire/rtcp/index.ts";
import { hex } from "./bytes.ts";
import type { BadCase } from "./bytes.ts";

const HEAD = "00000001 00000002";

export const genericNackCases: readonly { readonly title: string; readonly bytes: Uint8Array; readonly nack: GenericNack }[] = [
  { title: "one packet", bytes: hex(`81cd 0003 ${HEAD} 0007 0000`), nack: { ssrc: 1, mediaSsrc: 2, sequences: [7] } },
  { title: "seventeen in a row", bytes: hex(`81cd 0003 ${HEAD} 0007 ffff`), nack: { ssrc: 1, mediaSsrc: 2, sequences: range(7, 17) } },
  {
    title: "one further than the bits reach",
    bytes: hex(`81cd 0004 ${HEAD} 0007 0000 0018 0000`),
    nack: { ssrc: 1, mediaSsrc: 2, sequences: [7, 24] },
  },
  { title: "over the wrap", bytes: hex(`81cd 0003 ${HEAD} fffe 000a`), nack: { ssrc: 1, mediaSsrc: 2, sequences: [0xfffe, 0, 2] } },
];

export const badGenericNackCases: readonly BadCase[] = [
  { title: "nothing", bytes: hex(""), reason: "RTCP: shorter than a header" },
  { title: "a receiver report", bytes: hex("80c9 0001 00000001"), reason: "RTCP: no generic NACK" },
  { title: "feedback of another kind", bytes: hex(`8fcd 0003 ${HEAD} 0007 0000`), reason: "RTCP: no generic NACK" },
  { title: "no packet named", bytes: hex(`81cd 0002 ${HEAD}`), reason: "RTCP: generic NACK cut off" },
  { title: "half of it", bytes: hex(`81cd 0003 ${HEAD}`), reason: "RTCP: cut off" },
  { title: "padding that is no whole entry", bytes: hex(`a1cd 0003 ${HEAD} 0007 0004`), reason: "RTCP: generic NACK cut off" },
  {
    title: "something behind it",
    bytes: hex(`81cd 0003 ${HEAD} 0007 0000 80c9 0001 00000001`),
    reason: "RTCP: something follows the generic NACK",
  },
];

function range(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

import { quantizationTables } from "../../../wire/jpeg/index.ts";
import type { JpegPayload } from "../../../wire/jpeg/index.ts";
import { hex, join } from "./bytes.ts";
import type { BadCase } from "./bytes.ts";

const TABLES = quantizationTables(80);
const ONE_TABLE = TABLES.subarray(0, 64);
const plain = {
  typeSpecific: 0,
  fragmentOffset: 0,
  type: 1,
  hasRestartHeader: false,
  q: 80,
  width: 504,
  height: 288,
  restart: null,
  tables: null,
  scan: hex("aabb"),
} as const;

export const jpegPayloadCases: readonly {
  readonly title: string;
  readonly bytes: Uint8Array;
  readonly payload: JpegPayload;
}[] = [
  { title: "computed tables", bytes: hex("00 000000 01 50 3f 24 aabb"), payload: plain },
  {
    title: "a later fragment",
    bytes: hex("00 012345 01 50 3f 24 aabb"),
    payload: { ...plain, fragmentOffset: 0x012345 },
  },
  {
    title: "4:2:2 at the largest size",
    bytes: hex("00 000000 00 63 ff ff aabb"),
    payload: { ...plain, type: 0, q: 99, width: 2040, height: 2040 },
  },
  {
    title: "restart markers",
    bytes: hex("00 000000 41 50 3f 24 0020 ffff aabb"),
    payload: {
      ...plain,
      hasRestartHeader: true,
      restart: { interval: 32, isFirst: true, isLast: true, count: 0x3fff },
    },
  },
  {
    title: "fragments that align to restart intervals",
    bytes: hex("00 000100 40 50 3f 24 0001 4002 aabb"),
    payload: {
      ...plain,
      fragmentOffset: 256,
      type: 0,
      hasRestartHeader: true,
      restart: { interval: 1, isFirst: false, isLast: true, count: 2 },
    },
  },
  {
    title: "tables in band",
    bytes: join(hex("00 000000 01 ff 3f 24 00 00 0080"), TABLES, hex("aabb")),
    payload: { ...plain, q: 255, tables: TABLES },
  },
  {
    title: "one table for luma and chroma",
    bytes: join(hex("00 000000 01 ff 3f 24 00 00 0040"), ONE_TABLE, hex("aabb")),
    payload: { ...plain, q: 255, tables: join(ONE_TABLE, ONE_TABLE) },
  },
  {
    title: "tables that were sent before",
    bytes: hex("00 000000 01 80 3f 24 00 00 0000 aabb"),
    payload: { ...plain, q: 128 },
  },
  {
    title: "no table header in a later fragment",
    bytes: hex("00 000001 01 ff 3f 24 aabb"),
    payload: { ...plain, q: 255, fragmentOffset: 1 },
  },
];

export const badJpegPayloadCases: readonly BadCase[] = [
  { title: "nothing", bytes: hex(""), reason: "RTP/JPEG: shorter than the main header" },
  {
    title: "seven bytes",
    bytes: hex("00 000000 01 50 3f"),
    reason: "RTP/JPEG: shorter than the main header",
  },
  {
    title: "an unknown type",
    bytes: hex("00 000000 02 50 3f 24 aabb"),
    reason: "RTP/JPEG: unknown type",
  },
  {
    title: "a dynamic type",
    bytes: hex("00 000000 80 50 3f 24 aabb"),
    reason: "RTP/JPEG: unknown type",
  },
  { title: "Q 0", bytes: hex("00 000000 01 00 3f 24 aabb"), reason: "RTP/JPEG: reserved Q" },
  { title: "Q 100", bytes: hex("00 000000 01 64 3f 24 aabb"), reason: "RTP/JPEG: reserved Q" },
  { title: "Q 127", bytes: hex("00 000000 01 7f 3f 24 aabb"), reason: "RTP/JPEG: reserved Q" },
  {
    title: "width 0",
    bytes: hex("00 000000 01 50 00 24 aabb"),
    reason: "RTP/JPEG: width or height 0",
  },
  {
    title: "height 0",
    bytes: hex("00 000000 01 50 3f 00 aabb"),
    reason: "RTP/JPEG: width or height 0",
  },
  { title: "headers alone", bytes: hex("00 000000 01 50 3f 24"), reason: "RTP/JPEG: no scan data" },
  {
    title: "half a restart header",
    bytes: hex("00 000000 41 50 3f 24 0020"),
    reason: "RTP/JPEG: cut off in the restart marker header",
  },
  {
    title: "an interval of 0",
    bytes: hex("00 000000 41 50 3f 24 0000 ffff aa"),
    reason: "RTP/JPEG: restart interval 0",
  },
  {
    title: "half a table header",
    bytes: hex("00 000000 01 ff 3f 24 0000"),
    reason: "RTP/JPEG: cut off in the quantization table header",
  },
  {
    title: "no tables with Q 255",
    bytes: hex("00 000000 01 ff 3f 24 00 00 0000 aa"),
    reason: "RTP/JPEG: Q 255 without tables",
  },
  {
    title: "16-bit tables",
    bytes: hex("00 000000 01 ff 3f 24 00 01 00c0 aa"),
    reason: "RTP/JPEG: 16-bit quantization tables",
  },
  {
    title: "a table and a half",
    bytes: hex("00 000000 01 ff 3f 24 00 00 0060 aa"),
    reason: "RTP/JPEG: neither one nor two quantization tables",
  },
  {
    title: "tables past the end",
    bytes: hex("00 000000 01 ff 3f 24 00 00 0080 aa"),
    reason: "RTP/JPEG: cut off in the quantization tables",
  },
  {
    title: "a step of 0",
    bytes: join(hex("00 000000 01 ff 3f 24 00 00 0040"), new Uint8Array(64), hex("aa")),
    reason: "RTP/JPEG: a quantization step of 0",
  },
];

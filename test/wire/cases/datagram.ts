import { WAV_HEADER_BYTES, buildPictureDatagram, writeWavHeader } from "../../../wire/datagram/index.ts";
import type { PictureEncoding } from "../../../wire/datagram/index.ts";
import { hex, join } from "./bytes.ts";
import type { BadCase } from "./bytes.ts";

export const stamp = { sequence: 0xfedcba98, mediaUs: 0x1122334455667, senderUs: 0x6a1b2c3d4e5f7 };
const stampHex = "534d4431 fedcba98 0001122334455667 0006a1b2c3d4e5f7";

/** No picture that anybody would show, but a start, a segment and an end. */
export const jpeg = hex("ffd8 ffdb 0004 0102 ffd9");

export const stampedJpeg = hex(`ffd8 fffe 001a ${stampHex} ffdb 0004 0102 ffd9`);

/** The same with the segment that JFIF wants to be the first. */
export const jfif = hex("ffd8 ffe0 0004 4a46 ffdb 0004 0102 ffd9");
export const stampedJfif = hex(`ffd8 ffe0 0004 4a46 fffe 001a ${stampHex} ffdb 0004 0102 ffd9`);

export const stampedWav = hex(
  `52494646 48000000 57415645 666d7420 10000000 0100 0200 44ac0000 10b10200 0400 1000 7374726d 18000000 ${stampHex} 64617461 04000000 0100feff`,
);

function build(encoding: PictureEncoding): Uint8Array {
  const built = buildPictureDatagram(jpeg, stamp, encoding);
  if (!built.ok) throw new Error(built.reason);
  return built.value;
}

export const pictureDatagrams: readonly Uint8Array[] = [build("raw"), build("base64"), jpeg, stampedJfif];

export const soundDatagrams: readonly Uint8Array[] = [stampedWav, silence()];

function silence(): Uint8Array {
  const wav = new Uint8Array(WAV_HEADER_BYTES + 3528);
  writeWavHeader(wav, { sampleRateHz: 44_100, channels: 2 }, stamp);
  return wav;
}

export const badDatagramCases: readonly (BadCase & { readonly as: "picture" | "sound" })[] = [
  { as: "picture", title: "nothing", bytes: hex(""), reason: "datagram: no JPEG" },
  { as: "picture", title: "a WAV", bytes: stampedWav, reason: "datagram: no JPEG" },
  { as: "picture", title: "base64 of something else", bytes: new TextEncoder().encode("aGVsbG8="), reason: "datagram: no JPEG" },
  { as: "picture", title: "base64 with a hole", bytes: new TextEncoder().encode("/9j/ 4AAQ"), reason: "datagram: no JPEG" },
  { as: "picture", title: "a JPEG without its end", bytes: jpeg.subarray(0, -1), reason: "datagram: JPEG cut off" },
  { as: "sound", title: "nothing", bytes: hex(""), reason: "datagram: no WAV" },
  { as: "sound", title: "a JPEG", bytes: stampedJpeg, reason: "datagram: no WAV" },
  { as: "sound", title: "a WAV without its last sample", bytes: stampedWav.subarray(0, -1), reason: "datagram: WAV cut off" },
  { as: "sound", title: "a WAV without samples", bytes: stampedWav.subarray(0, 68), reason: "datagram: WAV without samples" },
  {
    as: "sound",
    title: "samples before their format",
    bytes: join(stampedWav.subarray(0, 12), stampedWav.subarray(68)),
    reason: "datagram: WAV without a format",
  },
  {
    as: "sound",
    title: "floating point",
    bytes: join(stampedWav.subarray(0, 20), hex("0300"), stampedWav.subarray(22)),
    reason: "datagram: WAV is not PCM of 16 bit",
  },
];

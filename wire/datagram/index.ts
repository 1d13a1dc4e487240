/** Profile `datagram`: one datagram is one file. */

export { buildPictureDatagram, mostJpegBytes, parsePictureDatagram } from "./jpeg.ts";
export type { PictureDatagram, PictureEncoding } from "./jpeg.ts";
export { WAV_HEADER_BYTES, parseSoundDatagram, writeWavHeader } from "./wav.ts";
export type { SoundDatagram } from "./wav.ts";
export { STAMP_BYTES } from "./stamp.ts";
export type { DatagramStamp } from "./stamp.ts";

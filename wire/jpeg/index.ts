/** RTP/JPEG (RFC 2435): JPEG files into packets and back. */

export { buildJpegFile } from "./build-jpeg.ts";
export { JPEG_PAYLOAD_TYPE, MIN_JPEG_PACKET_BYTES, fragmentFrame } from "./fragment.ts";
export type { FragmentOptions } from "./fragment.ts";
export type { JpegHeader, JpegPicture } from "./jpeg-picture.ts";
export { MAX_SIDE, PER_FRAME_Q } from "./main-header.ts";
export type { JpegType, MainHeader } from "./main-header.ts";
export { createJpegParser, parseJpeg } from "./parse-jpeg.ts";
export { parseJpegPayload } from "./payload.ts";
export type { JpegPayload } from "./payload.ts";
export { TABLES_BYTES, quantizationTables, rtpQuality } from "./quantization-tables.ts";
export type { RestartHeader } from "./restart-header.ts";
export { WHOLE_FRAME_COUNT } from "./restart-header.ts";

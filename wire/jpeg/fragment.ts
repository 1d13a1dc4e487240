/**
 * A picture becomes the RTP packets that carry it (RFC 2435, section 3.1). Width and height are rounded up to blocks of 8: the scan has the
 * MCUs of the larger size, whose extra columns are the encoder's own padding; rounding down would shear the picture.
 */

import { RTP_HEADER_BYTES, writeRtpHeader } from "../rtp.ts";
import { addU16 } from "../sequence.ts";
import type { JpegPicture } from "./jpeg-picture.ts";
import { MAIN_HEADER_BYTES, PER_FRAME_Q, writeMainHeader } from "./main-header.ts";
import { QUANTIZATION_HEADER_BYTES, writeQuantizationHeader } from "./quantization-header.ts";
import { rtpQuality } from "./quantization-tables.ts";
import { RESTART_HEADER_BYTES, WHOLE_FRAME_COUNT, writeRestartHeader } from "./restart-header.ts";

/** RFC 3551, table 5. */
export const JPEG_PAYLOAD_TYPE = 26;
/** All headers, and 8 bytes of scan. */
export const MIN_JPEG_PACKET_BYTES = RTP_HEADER_BYTES + MAIN_HEADER_BYTES + RESTART_HEADER_BYTES + QUANTIZATION_HEADER_BYTES + 8;

export type FragmentOptions = {
  /** Of UDP payload. Less than `MIN_JPEG_PACKET_BYTES` counts as that. */
  readonly maxPacketBytes: number;
  readonly payloadType: number;
  readonly ssrc: number;
  /** 90 kHz. */
  readonly rtpTs: number;
  /** Of the first packet; the others follow, wrapping around. */
  readonly firstSeq: number;
};

/** Complete packets, views of one buffer that belongs to this frame alone; the marker is on the last. */
export function fragmentFrame(picture: JpegPicture, options: FragmentOptions): Uint8Array[] {
  const { scan, restartInterval } = picture;
  const q = rtpQuality(picture.tables);
  const hasRestarts = restartInterval > 0;
  const headerBytes = RTP_HEADER_BYTES + MAIN_HEADER_BYTES + (hasRestarts ? RESTART_HEADER_BYTES : 0);
  const tableBytes = q === PER_FRAME_Q ? QUANTIZATION_HEADER_BYTES : 0;
  const roomBytes = Math.max(options.maxPacketBytes, MIN_JPEG_PACKET_BYTES) - headerBytes;
  const count = Math.max(1, Math.ceil((scan.length + tableBytes) / roomBytes));

  const slab = new Uint8Array(count * headerBytes + tableBytes + scan.length);
  const packets: Uint8Array[] = [];
  const main = {
    typeSpecific: 0,
    fragmentOffset: 0,
    type: picture.type,
    hasRestartHeader: hasRestarts,
    q,
    width: picture.width,
    height: picture.height,
  };
  const rtp = {
    payloadType: options.payloadType,
    marker: false,
    sequence: options.firstSeq,
    rtpTs: options.rtpTs,
    ssrc: options.ssrc,
  };
  const restart = {
    interval: restartInterval,
    isFirst: true,
    isLast: true,
    count: WHOLE_FRAME_COUNT,
  };
  let start = 0;
  for (let index = 0; index < count; index++) {
    rtp.sequence = addU16(options.firstSeq, index);
    rtp.marker = index === count - 1;
    let at = start;
    writeRtpHeader(slab, at, rtp);
    at += RTP_HEADER_BYTES;
    writeMainHeader(slab, at, main);
    at += MAIN_HEADER_BYTES;
    if (hasRestarts) {
      writeRestartHeader(slab, at, restart);
      at += RESTART_HEADER_BYTES;
    }
    if (index === 0 && tableBytes > 0) {
      writeQuantizationHeader(slab, at, picture.tables);
      at += tableBytes;
    }
    const sliceEnd = Math.min(main.fragmentOffset + start + headerBytes + roomBytes - at, scan.length);
    const slice = scan.subarray(main.fragmentOffset, sliceEnd);
    slab.set(slice, at);
    at += slice.length;
    packets.push(slab.subarray(start, at));
    main.fragmentOffset = sliceEnd;
    start = at;
  }
  return packets;
}

/**
 * RTP and RTCP packets on a stream (RFC 4571): two bytes of length, then the packet. Writing, and reading chunk by chunk.
 */

import { readU16, writeU16 } from "./big-endian.ts";

export const FRAME_HEADER_BYTES = 2;
/** What two bytes of length can tell. */
const MAX_PACKET_BYTES = 65_535;

/** Packets one behind the other, each with its length before it. Packets of more than 65,535 bytes are left out: no datagram holds them. */
export function framePackets(packets: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const fitting = packets.filter(({ length }) => length <= MAX_PACKET_BYTES);
  const framed = new Uint8Array(fitting.reduce((sum, { length }) => sum + FRAME_HEADER_BYTES + length, 0));
  let at = 0;
  for (const packet of fitting) {
    writeU16(framed, at, packet.length);
    framed.set(packet, at + FRAME_HEADER_BYTES);
    at += FRAME_HEADER_BYTES + packet.length;
  }
  return framed;
}

/** Whole packets of a framed chunk that holds nothing but whole ones, each with its length before it. Views of the chunk. */
export function splitFramed(chunk: Uint8Array): readonly Uint8Array[] {
  const framed: Uint8Array[] = [];
  for (let at = 0; at + FRAME_HEADER_BYTES <= chunk.length;) {
    const end = at + FRAME_HEADER_BYTES + readU16(chunk, at);
    framed.push(chunk.subarray(at, end));
    at = end;
  }
  return framed;
}

/** Reads what comes from a stream, in whatever pieces. Keeps at most one packet. */
export class FramedReader {
  #kept: Uint8Array = new Uint8Array(0);

  /** The packets that this chunk completes, without their lengths. They may be views of the chunk. */
  push(chunk: Uint8Array): readonly Uint8Array[] {
    const bytes = this.#kept.length === 0 ? chunk : joined(this.#kept, chunk);
    const packets: Uint8Array[] = [];
    let at = 0;
    while (bytes.length - at >= FRAME_HEADER_BYTES) {
      const end = at + FRAME_HEADER_BYTES + readU16(bytes, at);
      if (end > bytes.length) break;
      packets.push(bytes.subarray(at + FRAME_HEADER_BYTES, end));
      at = end;
    }
    this.#kept = at === bytes.length ? new Uint8Array(0) : Uint8Array.from(bytes.subarray(at));
    return packets;
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

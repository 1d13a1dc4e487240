/** The sender's side of SRTP (RFC 3711): each packet protected once, in the order in which packets leave. Pure. */

import { readU16, readU32 } from "../big-endian.ts";
import { protectRtcp, protectRtp } from "./packet.ts";
import { nearestIndex, rolloverOf } from "./packet-index.ts";
import { deriveSessionKeys } from "./session-keys.ts";

const RTCP_INDEXES = 2 ** 31;

export class SrtpSender {
  #keys: ReturnType<typeof deriveSessionKeys>;
  /** By SSRC: of the last packet. */
  readonly #indexes = new Map<number, number>();
  #rtcpIndex = 0;

  /** `master`: 30 bytes, key and salt. */
  constructor(master: Uint8Array) {
    this.#keys = deriveSessionKeys(master);
  }

  /** From the next packet on. Indexes go on, so that nobody has to be told them anew. */
  setMaster(master: Uint8Array): void {
    this.#keys = deriveSessionKeys(master);
  }

  /** An RTP packet, the next of its source. */
  protect(packet: Uint8Array): Uint8Array {
    const ssrc = readU32(packet, 8);
    const sequence = readU16(packet, 2);
    const index = nearestIndex(sequence, this.#indexes.get(ssrc) ?? sequence);
    this.#indexes.set(ssrc, index);
    return protectRtp(this.#keys.rtp, packet, index);
  }

  protectRtcp(packet: Uint8Array): Uint8Array {
    this.#rtcpIndex = (this.#rtcpIndex + 1) % RTCP_INDEXES;
    return protectRtcp(this.#keys.rtcp, packet, this.#rtcpIndex);
  }

  /** How often a source's sequence numbers have begun again from 0. */
  rolloverOf(ssrc: number): number {
    return rolloverOf(this.#indexes.get(ssrc) ?? 0);
  }
}

/**
 * When a decoder that begins with a key picture of H.264 has a whole one: at once with most; where a film is refreshed by a stripe that wanders through the
 * picture instead (x264's intra-refresh), so many reference pictures later as the recovery point SEI says (ITU-T H.264, D.1.8 and 7.3.2.3). Pure.
 */

import { AV_CODEC_ID_H264 } from "node-av/constants";
import type { CodecParameters, Packet } from "node-av/lib";

const NAL_SLICE = 1;
const NAL_SLICE_OF_IDR = 5;
const NAL_SEI = 6;
const RECOVERY_POINT = 6;
/** frame_num has 16 bits at the most. */
const MOST_FRAMES = 65_535;

/** How far a decoder is that begins with a packet. */
export class Recovery {
  readonly #extradata: Uint8Array | null;
  #toCome: number;
  #isFirst: boolean;

  constructor(first: Packet, { codecId, extradata }: CodecParameters) {
    this.#extradata = extradata;
    this.#toCome = codecId === AV_CODEC_ID_H264 ? this.#referencesAfter(first) : 0;
    this.#isFirst = this.#toCome > 0;
  }

  get isWhole(): boolean {
    return this.#toCome <= 0;
  }

  /** Each packet of the picture that follows. */
  note(packet: Packet): void {
    if (this.isWhole) return;
    if (!this.#isFirst) {
      if (packet.data !== null && isReference(packet.data, this.#extradata)) this.#toCome--;
    } else if (packet.isKeyframe) {
      // FFmpeg refuses slices that refer to pictures that were never there, and with them the first stripe: the next one is whole.
      this.#isFirst = false;
      this.#toCome = this.#referencesAfter(packet);
    }
  }

  #referencesAfter({ data }: Packet): number {
    return data === null ? 0 : referencesToRecovery(data, this.#extradata);
  }
}

/** Of what comes after this packet. `extradata`: of the stream; in MP4 and Matroska it says how the length of a unit is written that stands before it (ISO 14496-15, 5.3.3.1). */
export function referencesToRecovery(packet: Uint8Array, extradata: Uint8Array | null): number {
  for (const unit of unitsOf(packet, extradata)) {
    if (isSlice(unit)) return 0;
    const found = kindOf(unit) === NAL_SEI ? readMessages(withoutEmulation(unit.subarray(1))) : null;
    if (found !== null) return found;
  }
  return 0;
}

/** Whether other pictures refer to the one of this packet: only those count. */
export function isReference(packet: Uint8Array, extradata: Uint8Array | null): boolean {
  const slice = unitsOf(packet, extradata).find(isSlice);
  return slice !== undefined && ((slice[0] ?? 0) & 0x60) !== 0;
}

function kindOf(unit: Uint8Array): number {
  return (unit[0] ?? 0) & 0x1f;
}

function isSlice(unit: Uint8Array): boolean {
  return kindOf(unit) === NAL_SLICE || kindOf(unit) === NAL_SLICE_OF_IDR;
}

/** Those up to the first slice. */
function unitsOf(packet: Uint8Array, extradata: Uint8Array | null): readonly Uint8Array[] {
  const lengthBytes = extradata?.[0] === 1 ? ((extradata[4] ?? 3) & 3) + 1 : null;
  const units: Uint8Array[] = [];
  for (let at = 0; at < packet.length;) {
    const { from, to } = lengthBytes === null ? unitAfterStartCode(packet, at) : unitOfLength(packet, at, lengthBytes);
    const unit = packet.subarray(from, to);
    units.push(unit);
    if (isSlice(unit)) break;
    at = to;
  }
  return units;
}

type Unit = { readonly from: number; readonly to: number };

function unitOfLength(packet: Uint8Array, at: number, lengthBytes: number): Unit {
  const length = packet.subarray(at, at + lengthBytes).reduce((sum, byte) => sum * 256 + byte, 0);
  return { from: at + lengthBytes, to: at + lengthBytes + length };
}

function unitAfterStartCode(packet: Uint8Array, at: number): Unit {
  const from = startCode(packet, at) + 3;
  return { from, to: startCode(packet, from) };
}

function startCode(packet: Uint8Array, from: number): number {
  for (let at = from; at + 2 < packet.length; at++) if (packet[at] === 0 && packet[at + 1] === 0 && packet[at + 2] === 1) return at;
  return packet.length;
}

/** A 3 after two zeros only keeps the bytes from looking like a start code. */
function withoutEmulation(bytes: Uint8Array): Uint8Array {
  return bytes.filter((byte, at) => byte !== 3 || bytes[at - 1] !== 0 || bytes[at - 2] !== 0);
}

/** Null: none of them tells a recovery point. */
function readMessages(bytes: Uint8Array): number | null {
  let at = 0;
  const readNumber = (): number => {
    let sum = 0;
    for (; bytes[at] === 0xff; at++) sum += 0xff;
    return sum + (bytes[at++] ?? 0);
  };
  while (at + 2 < bytes.length) {
    const kind = readNumber();
    const length = readNumber();
    if (kind === RECOVERY_POINT) return readExpGolomb(bytes.subarray(at, at + length));
    at += length;
  }
  return null;
}

function readExpGolomb(bytes: Uint8Array): number {
  const bit = (index: number): number => ((bytes[index >> 3] ?? 0xff) >> (7 - (index & 7))) & 1;
  let zeros = 0;
  while (bit(zeros) === 0) zeros++;
  let value = 0;
  for (let index = zeros; index <= 2 * zeros; index++) value = value * 2 + bit(index);
  return Math.min(value - 1, MOST_FRAMES);
}

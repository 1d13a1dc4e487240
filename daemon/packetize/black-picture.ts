/**
 * A black 16:9 JPEG, for a channel that has no picture yet or has sound only. Written code by code, since the daemon holds no encoder:
 * ITU-T T.81 baseline, 4:2:0, the standard Huffman tables (Annex K.3), one DC difference and then end-of-block everywhere.
 */

import { buildJpegFile, quantizationTables } from "../../wire/jpeg/index.ts";

/** Code of the luma DC category 8 (K.3.1) and its length; the category of black's level at quality 80. */
const LUMA_DC_CODES = [
  [0b00, 2],
  [0b010, 3],
  [0b011, 3],
  [0b100, 3],
  [0b101, 3],
  [0b110, 3],
  [0b1110, 4],
  [0b11110, 5],
  [0b111110, 6],
  [0b1111110, 7],
  [0b11111110, 8],
  [0b111111110, 9],
] as const;
const LUMA_END_OF_BLOCK = [0b1010, 4] as const;
/** No difference from the block before, and then its end: a luma block, and both chroma blocks. */
const SAME_LUMA = [0b00_1010, 6] as const;
const SAME_CHROMA = [0b0000_0000, 8] as const;
/** Black is 128 below the middle; the DC coefficient of an 8×8 block is 8 times its mean. */
const BLACK_DC = -1024;

/** `width` in pixels, rounded up to even; the height follows from 16:9. `quality`: IJG, 1 to 99. */
export function blackPicture(width: number, quality: number): Uint8Array {
  const height = Math.max(2, Math.round((width * 9) / 16));
  const tables = quantizationTables(quality);
  const macroblocks = Math.ceil(width / 16) * Math.ceil(height / 16);
  const scan = blackScan(macroblocks, Math.round(BLACK_DC / (tables[0] ?? 1)));
  return buildJpegFile({ type: 1, width, height, tables, restartInterval: 0 }, [scan]);
}

function blackScan(macroblocks: number, level: number): Uint8Array {
  const bits = new BitWriter();
  for (let macroblock = 0; macroblock < macroblocks; macroblock++) {
    for (let block = 0; block < 4; block++) {
      if (macroblock > 0 || block > 0) bits.write(...SAME_LUMA);
      else {
        writeLumaDc(bits, level);
        bits.write(...LUMA_END_OF_BLOCK);
      }
    }
    bits.write(...SAME_CHROMA);
  }
  return bits.finish();
}

/** T.81 F.1.2.1: the category's code, then as many bits of the value, one's complement if it is negative. */
function writeLumaDc(bits: BitWriter, difference: number): void {
  const category = 32 - Math.clz32(Math.abs(difference));
  const [code, length] = LUMA_DC_CODES[category] ?? LUMA_DC_CODES[11];
  bits.write(code, length);
  if (category > 0) bits.write(difference < 0 ? difference + (1 << category) - 1 : difference, category);
}

class BitWriter {
  readonly #bytes: number[] = [];
  #held = 0;
  #heldBits = 0;

  /** At most 24 bits at once. */
  write(value: number, length: number): void {
    this.#held = (this.#held << length) | value;
    this.#heldBits += length;
    while (this.#heldBits >= 8) {
      this.#heldBits -= 8;
      const byte = this.#held >>> this.#heldBits;
      this.#bytes.push(byte);
      if (byte === 0xff) this.#bytes.push(0);
      this.#held -= byte << this.#heldBits;
    }
  }

  /** Fills the last byte with ones (T.81 F.1.2.3). */
  finish(): Uint8Array {
    const missing = -this.#heldBits & 7;
    this.write((1 << missing) - 1, missing);
    return Uint8Array.from(this.#bytes);
  }
}

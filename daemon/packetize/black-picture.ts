/**
 * A black 16:9 JPEG, for a channel that has no picture yet or has sound only. Made bit by bit, since the daemon holds no encoder:
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
const CHROMA_DC_ZERO = [0b00, 2] as const;
const CHROMA_END_OF_BLOCK = [0b00, 2] as const;
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
      writeLumaDc(bits, macroblock === 0 && block === 0 ? level : 0);
      bits.write(...LUMA_END_OF_BLOCK);
    }
    for (let block = 0; block < 2; block++) {
      bits.write(...CHROMA_DC_ZERO);
      bits.write(...CHROMA_END_OF_BLOCK);
    }
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

  write(value: number, length: number): void {
    for (let bit = length - 1; bit >= 0; bit--) {
      this.#held = (this.#held << 1) | ((value >> bit) & 1);
      if (++this.#heldBits === 8) this.#flush();
    }
  }

  /** Fills the last byte with ones (T.81 F.1.2.3). */
  finish(): Uint8Array {
    while (this.#heldBits > 0) this.write(1, 1);
    return Uint8Array.from(this.#bytes);
  }

  #flush(): void {
    this.#bytes.push(this.#held);
    if (this.#held === 0xff) this.#bytes.push(0);
    this.#held = 0;
    this.#heldBits = 0;
  }
}

/**
 * The standard Huffman tables (ITU-T T.81, Annex K.3), which every RTP/JPEG scan is coded with (RFC 2435, section 3.1.9 and Appendix B):
 * they do not travel, the receiver puts them back. Each is 16 counts of codes by length, then the values, as in a DHT segment.
 */

/** Table K.3. */
const LUMA_DC = bytesOf(`
  00010501010101010100000000000000
  000102030405060708090a0b
`);
/** Table K.4. */
const CHROMA_DC = bytesOf(`
  00030101010101010101010000000000
  000102030405060708090a0b
`);
/** Table K.5. */
const LUMA_AC = bytesOf(`
  0002010303020403050504040000017d
  01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728
  292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a83848586878889
  8a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2
  e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa
`);
/** Table K.6. */
const CHROMA_AC = bytesOf(`
  00020102040403040705040400010277
  000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f11718191a26
  2728292a35363738393a434445464748494a535455565758595a636465666768696a737475767778797a828384858687
  88898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9da
  e2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa
`);

/** DC and AC. */
export type HuffmanClass = 0 | 1;
export type HuffmanUse = "luma" | "chroma";

/** The order in which a file is written: `destination` is the table's number, 0 for luma and 1 for chroma. */
export const STANDARD_HUFFMAN_TABLES = [
  { class: 0, destination: 0, use: "luma", table: LUMA_DC },
  { class: 1, destination: 0, use: "luma", table: LUMA_AC },
  { class: 0, destination: 1, use: "chroma", table: CHROMA_DC },
  { class: 1, destination: 1, use: "chroma", table: CHROMA_AC },
] as const;

/** Which of the standard tables `table` is; null for a table of the encoder's own ("optimised"). */
export function standardHuffmanUse(huffmanClass: HuffmanClass, table: Uint8Array): HuffmanUse | null {
  for (const standard of STANDARD_HUFFMAN_TABLES) {
    if (standard.class === huffmanClass && areEqual(standard.table, table)) return standard.use;
  }
  return null;
}

function areEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/[0-9a-f]{2}/g) ?? [], (pair) => Number.parseInt(pair, 16));
}

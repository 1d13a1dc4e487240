/** Values → EBML elements (RFC 8794): an id, a size and the content. Pure. */

/** Ids as they stand in RFC 9559, marker bits included. */
export type ElementId = number;

/** Sizes have eight bytes where they are filled in later, or where it does not matter; the marker is the leading 1. */
const LONG_SIZE_BYTES = 8;
/** A size of so many bytes holds 7 bits in each; all ones means "unknown". */
const MAX_SHORT_SIZE = 0x7e;

export function element(id: ElementId, ...content: readonly Uint8Array[]): Uint8Array {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([elementHead(id, length), ...content]);
}

/** What stands before a content of so many bytes. */
export function elementHead(id: ElementId, length: number): Uint8Array {
  return Buffer.concat([idBytes(id), length <= MAX_SHORT_SIZE ? Uint8Array.of(0x80 | length) : longSize(length)]);
}

/** As above, in the same number of bytes whatever the length. */
export function fixedHead(id: ElementId, length: number): Uint8Array {
  return Buffer.concat([idBytes(id), longSize(length)]);
}

/** What stands before a content whose end nobody knows. */
export function unknownHead(id: ElementId): Uint8Array {
  return Buffer.concat([idBytes(id), Uint8Array.of(0x01), new Uint8Array(LONG_SIZE_BYTES - 1).fill(0xff)]);
}

export function unsigned(id: ElementId, value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; rest > 0 || bytes.length === 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return element(id, Uint8Array.from(bytes));
}

export function float(id: ElementId, value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return element(id, bytes);
}

export function text(id: ElementId, value: string): Uint8Array {
  return element(id, new TextEncoder().encode(value));
}

export function binary(id: ElementId, value: Uint8Array): Uint8Array {
  return element(id, value);
}

function idBytes(id: ElementId): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(id);
  return bytes.subarray(bytes.findIndex((byte) => byte !== 0));
}

function longSize(length: number): Uint8Array {
  const bytes = Buffer.alloc(LONG_SIZE_BYTES);
  bytes.writeBigUInt64BE(BigInt(length));
  bytes[0] = 0x01;
  return bytes;
}

/**
 * Unsigned integers in network byte order. What lies past the end reads as 0 and is not written: a caller that forgot
 * to compare lengths gets a wrong number, never an exception.
 */

export function readU16(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
}

export function readU24(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 16) | readU16(bytes, offset + 1);
}

export function readU32(bytes: Uint8Array, offset: number): number {
  return ((readU16(bytes, offset) << 16) | readU16(bytes, offset + 2)) >>> 0;
}

export function writeU16(target: Uint8Array, offset: number, value: number): void {
  target[offset] = value >>> 8;
  target[offset + 1] = value;
}

export function writeU24(target: Uint8Array, offset: number, value: number): void {
  target[offset] = value >>> 16;
  writeU16(target, offset + 1, value);
}

export function writeU32(target: Uint8Array, offset: number, value: number): void {
  writeU16(target, offset, value >>> 16);
  writeU16(target, offset + 2, value);
}

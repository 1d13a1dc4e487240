/** Whether a file ends before its container does: a copy or a download that broke off. What the container says of its length is of no use then. */

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { ELEMENT } from "../../wire/matroska.ts";

/** Beside the media there are few others; a film in thousands of fragments says its length by them. */
const MOST_BOXES = 64;
/** "FLV" and the only version there is. */
const FLV = 0x464c5601;
const FLV_TAG_HEAD = 11;

/** False for what is neither Matroska (RFC 8794) nor MP4 (ISO 14496-12) nor FLV: other demuxers go by what is there. */
export function isCutOff(path: string): boolean {
  let file: number | null = null;
  try {
    file = openSync(path, "r");
    return endsEarly(file);
  } catch {
    // It has vanished or shrunk since it was opened, which whoever reads it will be told.
    return false;
  } finally {
    if (file !== null) closeSync(file);
  }
}

function endsEarly(file: number): boolean {
  const head = Buffer.alloc(16);
  const readHead = (at: number): Buffer => head.subarray(0, readSync(file, head, 0, head.length, at));
  const { size } = fstatSync(file);
  const kind = readHead(0).length >= 4 ? head.readUInt32BE(0) : 0;
  if (kind === FLV) return !endsWithTag(readHead, size);
  const next = kind === ELEMENT.ebml ? afterElement : afterBox;
  let at: number | null = 0;
  for (let count = 0; count < MOST_BOXES && at !== null && at < size; count++) at = next(readHead(at), at);
  return at !== null && at > size;
}

/** Behind each tag stands how long it is. */
function endsWithTag(readHead: (at: number) => Buffer, size: number): boolean {
  const bytes = readHead(size - 4).readUInt32BE(0);
  if (bytes < FLV_TAG_HEAD || bytes + 4 > size) return false;
  return readHead(size - 4 - bytes).readUIntBE(1, 3) === bytes - FLV_TAG_HEAD;
}

/** Where what follows it begins; null if it says nothing of that, or is not known. */
function afterBox(head: Buffer, at: number): number | null {
  if (head.length < 16 || !/^[a-z]{4}$/.test(head.toString("latin1", 4, 8))) return null;
  const bytes = head.readUInt32BE(0);
  if (bytes === 1) return at + Number(head.readBigUInt64BE(8));
  return bytes === 0 ? null : at + bytes;
}

function afterElement(head: Buffer, at: number): number | null {
  if (head.length < 5) return null;
  const id = head.readUInt32BE(0);
  const lengthBytes = Math.clz32(head[4] ?? 0) - 23;
  if ((id !== ELEMENT.ebml && id !== ELEMENT.segment) || lengthBytes > 8 || head.length < 4 + lengthBytes) return null;
  const marker = 0x100 >> lengthBytes;
  const bytes = head.subarray(4, 4 + lengthBytes).reduce((sum, byte, index) => sum * 256 + (index === 0 ? byte - marker : byte), 0);
  // All ones: it was written while nobody knew how long it would be.
  return bytes === 2 ** (7 * lengthBytes) - 1 ? null : at + 4 + lengthBytes + bytes;
}

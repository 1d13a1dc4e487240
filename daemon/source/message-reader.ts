/**
 * Binary messages of fd 3 → values. Pure, and without the media engine, since the daemon reads with it. They are written by message-stage.ts.
 * `u32 length of what follows | u8 type | fields | payload`, little-endian.
 */

import * as v from "valibot";
import { itemErrorSchema, itemInfoSchema } from "./message-schemas.ts";
import type { SourceMessage } from "./messages.ts";

/** A JPEG is at most 64 KiB by default and a piece of sound 40 ms; anything near this is no message of ours. */
export const MAX_MESSAGE_BYTES = 1 << 20;

export const LENGTH_BYTES = 4;
/** Length and type. */
export const PREFIX_BYTES = LENGTH_BYTES + 1;

/** Wire number and size of the fixed fields of each kind. */
export const LAYOUT = {
  item: { type: 1, fieldBytes: 0 },
  frame: { type: 2, fieldBytes: 19 },
  audio: { type: 3, fieldBytes: 12 },
  end: { type: 4, fieldBytes: 12 },
  "item-error": { type: 5, fieldBytes: 0 },
} as const;

type Kind = keyof typeof LAYOUT;
const KIND_OF_TYPE: ReadonlyMap<number, Kind> = new Map([
  [LAYOUT.item.type, "item"],
  [LAYOUT.frame.type, "frame"],
  [LAYOUT.audio.type, "audio"],
  [LAYOUT.end.type, "end"],
  [LAYOUT["item-error"].type, "item-error"],
]);

export type ReadMessages = {
  readonly messages: readonly SourceMessage[];
  /** Why the stream can be read no further; null while it can. */
  readonly error: MessageError | null;
};
export type MessageError = "too long" | "unknown type" | "malformed";

/**
 * Takes bytes as they arrive, in pieces of any size. Nothing is copied of what came whole: those payloads are views of the piece that was pushed. One that came in several pieces
 * has a buffer of its own. After an error it reads nothing more and repeats the error.
 */
export class MessageReader {
  /** What has come of a message whose end has not: as long as it will be, or its prefix where that is not whole either. */
  #begun: Uint8Array | null = null;
  #begunBytes = 0;
  #error: MessageError | null = null;

  push(chunk: Uint8Array): ReadMessages {
    const messages: SourceMessage[] = [];
    for (let at = 0; at < chunk.length && this.#error === null;)
      at += this.#begun === null ? this.#begin(chunk, at, messages) : this.#complete(this.#begun, chunk, at, messages);
    return { messages, error: this.#error };
  }

  /** Takes a message that begins at `at`, or the part of it that is there. Returns what was taken of the chunk. */
  #begin(chunk: Uint8Array, at: number, into: SourceMessage[]): number {
    const left = chunk.length - at;
    const bytes = left < PREFIX_BYTES ? PREFIX_BYTES : this.#sizeOf(chunk, at);
    if (bytes > left) {
      this.#begun = new Uint8Array(bytes);
      this.#begun.set(chunk.subarray(at));
      this.#begunBytes = left;
      return left;
    }
    this.#read(chunk, at, bytes, into);
    return bytes;
  }

  /** The same for one that has begun before. */
  #complete(begun: Uint8Array, chunk: Uint8Array, at: number, into: SourceMessage[]): number {
    const taken = Math.min(begun.length - this.#begunBytes, chunk.length - at);
    begun.set(chunk.subarray(at, at + taken), this.#begunBytes);
    this.#begunBytes += taken;
    if (this.#begunBytes < begun.length) return taken;
    const bytes = this.#sizeOf(begun, 0);
    if (bytes === begun.length) {
      this.#begun = null;
      this.#read(begun, 0, bytes, into);
    } else if (this.#error === null) {
      this.#begun = new Uint8Array(bytes);
      this.#begun.set(begun);
    }
    return taken;
  }

  /** The length of the whole message, of which the prefix is there; of a bad one only that. */
  #sizeOf(bytes: Uint8Array, at: number): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, PREFIX_BYTES);
    const length = view.getUint32(0, true);
    const kind = KIND_OF_TYPE.get(view.getUint8(LENGTH_BYTES));
    if (length > MAX_MESSAGE_BYTES) this.#error = "too long";
    else if (kind === undefined) this.#error = "unknown type";
    else if (length < 1 + LAYOUT[kind].fieldBytes) this.#error = "malformed";
    return this.#error === null ? LENGTH_BYTES + length : PREFIX_BYTES;
  }

  #read(bytes: Uint8Array, at: number, length: number, into: SourceMessage[]): void {
    if (this.#error !== null) return;
    const kind = KIND_OF_TYPE.get(bytes[at + LENGTH_BYTES] ?? 0);
    const message = kind === undefined ? null : toMessage(kind, bytes, at + PREFIX_BYTES, at + length);
    if (message === null) this.#error = "malformed";
    else into.push(message);
  }
}

/** `from` … `to`: its fields and its payload. */
function toMessage(kind: Kind, bytes: Uint8Array, from: number, to: number): SourceMessage | null {
  const { fieldBytes } = LAYOUT[kind];
  const fields = new DataView(bytes.buffer, bytes.byteOffset + from, fieldBytes);
  const payload = new Uint8Array(bytes.buffer, bytes.byteOffset + from + fieldBytes, to - from - fieldBytes);
  switch (kind) {
    case "frame": {
      const timelineUs = fields.getFloat64(4, true);
      if (!Number.isFinite(timelineUs)) return null;
      const [quality, width, height] = [fields.getUint16(12, true), fields.getUint16(14, true), fields.getUint16(16, true)];
      const isReduced = fields.getUint8(18) === 1;
      return { kind, generation: fields.getUint32(0, true), timelineUs, quality, isReduced, width, height, jpeg: payload };
    }
    case "audio": {
      const timelineSample = fields.getFloat64(4, true);
      if (!Number.isSafeInteger(timelineSample)) return null;
      return { kind, generation: fields.getUint32(0, true), timelineSample, pcm: payload };
    }
    case "end": {
      const timelineUs = fields.getFloat64(4, true);
      return Number.isFinite(timelineUs) ? { kind, generation: fields.getUint32(0, true), timelineUs } : null;
    }
    case "item": {
      const parsed = v.safeParse(itemInfoSchema, fromJson(payload));
      return parsed.success ? { kind, info: parsed.output } : null;
    }
    case "item-error": {
      const parsed = v.safeParse(itemErrorSchema, fromJson(payload));
      return parsed.success ? parsed.output : null;
    }
  }
}

function fromJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

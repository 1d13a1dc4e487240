/**
 * Binary messages of fd 3 ↔ values. Pure, and without the media engine, since the daemon reads with it.
 * `u32 length of what follows | u8 type | fields | payload`, little-endian. Payloads are not copied on the way in, and have a buffer of their own on the way out.
 */

import * as v from "valibot";
import { itemErrorSchema, itemInfoSchema } from "./message-schemas.ts";
import type { SourceMessage } from "./messages.ts";

/** A JPEG is at most 64 KiB by default and a piece of sound 40 ms; anything near this is no message of ours. */
export const MAX_MESSAGE_BYTES = 1 << 20;

const LENGTH_BYTES = 4;
const PREFIX_BYTES = LENGTH_BYTES + 1;

/** Wire number and size of the fixed fields of each kind. */
const LAYOUT = {
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

/** The message as chunks to write one after the other; the payload is the caller's own array. Throws RangeError over MAX_MESSAGE_BYTES. */
export function encodeMessage(message: SourceMessage): readonly Uint8Array[] {
  switch (message.kind) {
    case "item":
      return frameUp("item", new TextEncoder().encode(JSON.stringify(message.info))).chunks;
    case "item-error":
      return frameUp("item-error", new TextEncoder().encode(JSON.stringify(message))).chunks;
    case "frame": {
      const { chunks, fields } = frameUp("frame", message.jpeg);
      fields.setUint32(0, message.generation, true);
      fields.setFloat64(4, message.timelineUs, true);
      fields.setUint16(12, message.quality, true);
      fields.setUint16(14, message.width, true);
      fields.setUint16(16, message.height, true);
      fields.setUint8(18, message.isReduced ? 1 : 0);
      return chunks;
    }
    case "audio": {
      const { chunks, fields } = frameUp("audio", message.pcm);
      fields.setUint32(0, message.generation, true);
      fields.setFloat64(4, message.timelineSample, true);
      return chunks;
    }
    case "end": {
      const { chunks, fields } = frameUp("end", new Uint8Array(0));
      fields.setUint32(0, message.generation, true);
      fields.setFloat64(4, message.timelineUs, true);
      return chunks;
    }
  }
}

export type ReadMessages = {
  readonly messages: readonly SourceMessage[];
  /** Why the stream can be read no further; null while it can. */
  readonly error: MessageError | null;
};
export type MessageError = "too long" | "unknown type" | "malformed";

/** Takes bytes as they arrive, in pieces of any size. After an error it reads nothing more and repeats the error. */
export class MessageReader {
  #head = new Uint8Array(PREFIX_BYTES);
  #headLength = 0;
  #kind: Kind | null = null;
  #payload: Uint8Array | null = null;
  #payloadLength = 0;
  #error: MessageError | null = null;

  push(chunk: Uint8Array): ReadMessages {
    const messages: SourceMessage[] = [];
    let at = 0;
    while (this.#error === null && (at < chunk.length || this.#isComplete())) {
      if (this.#payload === null) {
        const taken = Math.min(this.#head.length - this.#headLength, chunk.length - at);
        this.#head.set(chunk.subarray(at, at + taken), this.#headLength);
        this.#headLength += taken;
        at += taken;
        if (this.#headLength === this.#head.length) this.#readHead();
        continue;
      }
      const taken = Math.min(this.#payload.length - this.#payloadLength, chunk.length - at);
      this.#payload.set(chunk.subarray(at, at + taken), this.#payloadLength);
      this.#payloadLength += taken;
      at += taken;
      if (this.#isComplete()) this.#finish(messages);
    }
    return { messages, error: this.#error };
  }

  #isComplete(): boolean {
    return this.#payload !== null && this.#payloadLength === this.#payload.length;
  }

  #readHead(): void {
    const view = new DataView(this.#head.buffer);
    const length = view.getUint32(0, true);
    if (this.#kind === null) {
      if (length > MAX_MESSAGE_BYTES) return this.#fail("too long");
      const kind = KIND_OF_TYPE.get(view.getUint8(LENGTH_BYTES));
      if (kind === undefined) return this.#fail("unknown type");
      if (length < 1 + LAYOUT[kind].fieldBytes) return this.#fail("malformed");
      this.#kind = kind;
      const head = new Uint8Array(PREFIX_BYTES + LAYOUT[kind].fieldBytes);
      head.set(this.#head);
      this.#head = head;
      if (this.#headLength < head.length) return;
    }
    this.#payload = new Uint8Array(length - 1 - LAYOUT[this.#kind].fieldBytes);
    this.#payloadLength = 0;
  }

  #finish(into: SourceMessage[]): void {
    const { length } = this.#head;
    const fields = new DataView(this.#head.buffer, PREFIX_BYTES, length - PREFIX_BYTES);
    const message = this.#kind === null || this.#payload === null ? null : toMessage(this.#kind, fields, this.#payload);
    if (message === null) return this.#fail("malformed");
    into.push(message);
    this.#head = new Uint8Array(PREFIX_BYTES);
    this.#headLength = 0;
    this.#kind = null;
    this.#payload = null;
  }

  #fail(error: MessageError): void {
    this.#error = error;
  }
}

function toMessage(kind: Kind, fields: DataView, payload: Uint8Array): SourceMessage | null {
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

function frameUp(kind: Kind, payload: Uint8Array): { readonly chunks: readonly Uint8Array[]; readonly fields: DataView } {
  const { type, fieldBytes } = LAYOUT[kind];
  const length = 1 + fieldBytes + payload.length;
  if (length > MAX_MESSAGE_BYTES) throw new RangeError(`a ${kind} message of ${length} bytes is too long`);
  const head = new Uint8Array(PREFIX_BYTES + fieldBytes);
  const view = new DataView(head.buffer);
  view.setUint32(0, length, true);
  view.setUint8(LENGTH_BYTES, type);
  return { chunks: payload.length === 0 ? [head] : [head, payload], fields: new DataView(head.buffer, PREFIX_BYTES) };
}

/**
 * Messages as they go to the daemon, one behind the other in memory that stays: one piece to write, for which nothing is allocated. Read by message-reader.ts, which has the layout. Pure.
 */

import { LAYOUT, LENGTH_BYTES, MAX_MESSAGE_BYTES, PREFIX_BYTES } from "./message-reader.ts";
import type { SourceMessage } from "./messages.ts";

/** What is written at once as a rule, with the picture that goes beyond it. */
const FIRST_BYTES = 128 << 10;

export class MessageStage {
  #bytes = new Uint8Array(FIRST_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Behind the others. Throws RangeError over MAX_MESSAGE_BYTES. */
  put(message: SourceMessage): void {
    const payload = payloadOf(message);
    const { type, fieldBytes } = LAYOUT[message.kind];
    const length = 1 + fieldBytes + payload.length;
    if (length > MAX_MESSAGE_BYTES) throw new RangeError(`a message of ${length} bytes (${message.kind}) is too long`);
    const at = this.#makeRoom(LENGTH_BYTES + length);
    this.#view.setUint32(at, length, true);
    this.#view.setUint8(at + LENGTH_BYTES, type);
    this.#putFields(message, at + PREFIX_BYTES);
    this.#bytes.set(payload, at + PREFIX_BYTES + fieldBytes);
  }

  /** All that was put, good until the next `put`. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return taken;
  }

  #putFields(message: SourceMessage, at: number): void {
    const view = this.#view;
    if (message.kind === "item" || message.kind === "item-error") return;
    view.setUint32(at, message.generation, true);
    if (message.kind === "audio") return view.setFloat64(at + 4, message.timelineSample, true);
    view.setFloat64(at + 4, message.timelineUs, true);
    if (message.kind === "end") return;
    view.setUint16(at + 12, message.quality, true);
    view.setUint16(at + 14, message.width, true);
    view.setUint16(at + 16, message.height, true);
    view.setUint8(at + 18, message.isReduced ? 1 : 0);
  }

  /** Returns where it begins. */
  #makeRoom(bytes: number): number {
    const at = this.#length;
    this.#length += bytes;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}

const NOTHING = new Uint8Array(0);

function payloadOf(message: SourceMessage): Uint8Array {
  switch (message.kind) {
    case "frame":
      return message.jpeg;
    case "audio":
      return message.pcm;
    case "item":
      return new TextEncoder().encode(JSON.stringify(message.info));
    case "item-error":
      return new TextEncoder().encode(JSON.stringify(message));
    case "end":
      return NOTHING;
  }
}

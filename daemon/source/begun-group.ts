/** The packets of a picture stream since its last key picture: what a decoder that begins anew needs to go on. Of a long group nothing is kept. */

import type { Packet } from "node-av/lib";

/** Where pictures stand long there are few of them; others come soon enough. */
const MOST_PACKETS = 16;

export class BegunGroup {
  #packets: Packet[] = [];
  #isWhole = false;

  add(packet: Packet): void {
    if (packet.isKeyframe) {
      this.close();
      this.#isWhole = true;
    }
    if (!this.#isWhole) return;
    const copy = this.#packets.length < MOST_PACKETS ? packet.clone() : null;
    if (copy === null) this.close();
    else this.#packets.push(copy);
  }

  /** Null: there are too many of them, or the key picture is not known. */
  packets(): readonly Packet[] | null {
    return this.#isWhole ? this.#packets : null;
  }

  close(): void {
    for (const packet of this.#packets) packet.free();
    this.#packets = [];
    this.#isWhole = false;
  }
}

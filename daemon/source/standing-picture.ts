/**
 * After a seek: of the pictures up to the wanted position the last one is held back. How long it stands is known when the next one comes, whatever it says
 * itself. In and out: pictures in the order in which they are shown.
 */

import type { ItemSink } from "./item-reader.ts";

export type PictureHandling<Picture> = {
  readonly show: (picture: Picture, positionUs: number, endUs: number, sink: ItemSink) => void;
  /** It outlives the call: what is to be held of it. */
  readonly keep: (picture: Picture) => Picture;
  /** What was kept is not needed any more. */
  readonly drop: (kept: Picture) => void;
};

export class StandingPicture<Picture> {
  readonly #handling: PictureHandling<Picture>;
  #stands: { readonly picture: Picture; readonly positionUs: number; readonly endUs: number } | null = null;
  #neededFromUs = -Infinity;

  constructor(handling: PictureHandling<Picture>) {
    this.#handling = handling;
  }

  get neededFromUs(): number {
    return this.#neededFromUs;
  }

  /** Where the picture that is held back begins; null if none is. */
  get positionUs(): number | null {
    return this.#stands?.positionUs ?? null;
  }

  passOver(positionUs: number): void {
    this.#neededFromUs = Math.max(this.#neededFromUs, positionUs);
  }

  /** True: it was kept. */
  take(picture: Picture, positionUs: number, endUs: number, sink: ItemSink): boolean {
    this.release(positionUs, sink);
    const isKept = positionUs <= this.#neededFromUs;
    if (isKept) this.#stands = { picture: this.#handling.keep(picture), positionUs, endUs };
    else this.#handling.show(picture, positionUs, endUs, sink);
    return isKept;
  }

  /** What stands is shown: until then. */
  release(endUs: number, sink: ItemSink): void {
    if (this.#stands === null) return;
    const { picture, positionUs } = this.#stands;
    this.#handling.show(picture, positionUs, endUs, sink);
    this.close();
  }

  /** No other one will come up to `positionUs`: what stands is shown, without waiting for the next one. */
  settle(positionUs: number, sink: ItemSink): void {
    if (this.#stands === null) return;
    const { endUs } = this.#stands;
    this.release(endUs > this.#neededFromUs ? endUs : positionUs, sink);
  }

  close(): void {
    if (this.#stands !== null) this.#handling.drop(this.#stands.picture);
    this.#stands = null;
  }
}

/** The keys of a channel that is encrypted: the one in effect, and while it changes the next one, each with those who have been told it. Pure. */

type Key = {
  readonly master: Uint8Array;
  /** Ids of the passes whose holders know it. */
  readonly told: Set<string>;
};

export class ChannelKey {
  readonly #makeMaster: () => Uint8Array;
  #current: Key;
  #next: Key | null = null;
  /** Somebody knows the next one who may not watch any more. */
  #isNextSpoilt = false;

  /** `makeMaster`: 30 bytes at random. */
  constructor(master: Uint8Array, makeMaster: () => Uint8Array) {
    this.#current = { master, told: new Set() };
    this.#makeMaster = makeMaster;
  }

  /** What opens packets now, and what will open them once the change under way is over. `passId`: whose holder is told; null: an operator. */
  tell(passId: string | null): readonly Uint8Array[] {
    const keys = this.#next === null ? [this.#current] : [this.#current, this.#next];
    for (const { told } of keys) if (passId !== null) told.add(passId);
    return keys.map(({ master }) => master);
  }

  /** Holders of this pass may not watch any more. True: a change has to begin. */
  forbid(passId: string): boolean {
    if (this.#next === null) return this.#current.told.has(passId);
    this.#isNextSpoilt ||= this.#next.told.has(passId);
    return false;
  }

  /** A change begins: there is a next key. */
  beginChange(): void {
    this.#next = { master: this.#makeMaster(), told: new Set() };
  }

  /** The next key takes effect. `isSpoilt`: it has to be changed at once again. */
  endChange(): { readonly master: Uint8Array; readonly isSpoilt: boolean } {
    const isSpoilt = this.#isNextSpoilt;
    this.#current = this.#next ?? this.#current;
    this.#next = null;
    this.#isNextSpoilt = false;
    return { master: this.#current.master, isSpoilt };
  }
}

/** The passes that there are: made, found, listed, ended. Pure. */

import type { Pass } from "../../control/pass.ts";

export type StoredPass = Pass & {
  readonly name: string | null;
  /** Null: every channel. */
  readonly channels: readonly string[] | null;
  /** Addresses at a time. */
  readonly hosts: number;
  /** ms since 1970 UTC, as the next one. */
  readonly createdMs: number;
  /** Null: until it is revoked. */
  readonly untilMs: number | null;
};

/** One whose time has passed is listed for so long, so that one can see what became of it. */
const REMEMBERED_MS = 7 * 86_400_000;
/** Each is some 200 bytes of a file that is written whole. */
export const MOST_PASSES = 10_000;

export class PassTable {
  readonly #passes = new Map<string, StoredPass>();
  /** Those whose end has been told. */
  #ended: ReadonlySet<string> = new Set();

  constructor(found: readonly StoredPass[]) {
    for (const pass of found) this.add(pass);
  }

  /** False where its id is taken. */
  add(pass: StoredPass): boolean {
    if (this.#passes.has(pass.id)) return false;
    this.#passes.set(pass.id, pass);
    return true;
  }

  find(id: string): StoredPass | null {
    return this.#passes.get(id) ?? null;
  }

  /** False if there is none. */
  remove(id: string): boolean {
    return this.#passes.delete(id);
  }

  /** Ids of those that have ended since this was asked last, by a clock that may have been set back; what ended long ago is forgotten. `hasForgotten`: the table is another one now. */
  takeEnded(nowMs: number): { readonly ended: readonly string[]; readonly hasForgotten: boolean } {
    const over = this.all.flatMap((pass) => (isOver(pass, nowMs) ? [pass.id] : []));
    const ended = over.filter((id) => !this.#ended.has(id));
    this.#ended = new Set(over);
    const old = this.all.filter(({ untilMs }) => untilMs !== null && nowMs > untilMs + REMEMBERED_MS);
    for (const { id } of old) this.remove(id);
    return { ended, hasForgotten: old.length > 0 };
  }

  /** In the order in which they were made. */
  get all(): readonly StoredPass[] {
    return [...this.#passes.values()];
  }
}

export function isOver(pass: Pick<StoredPass, "untilMs"> | undefined, nowMs: number): boolean {
  return pass === undefined || (pass.untilMs !== null && nowMs >= pass.untilMs);
}

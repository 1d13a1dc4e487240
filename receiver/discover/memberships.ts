/** A socket's memberships in some groups on interfaces that come, go and are made anew. The kernel gives a socket twenty, and forgets none by itself. */

import type { Socket } from "dgram-as-promised";

type Member = Pick<Socket, "addMembership" | "dropMembership">;

export class Memberships {
  readonly #socket: Member;
  readonly #groups: readonly string[];
  readonly #joined = new Set<string>();

  constructor(socket: Member, groups: readonly string[]) {
    this.#socket = socket;
    this.#groups = groups;
  }

  /** `addresses`: of all interfaces that there are now. */
  update(addresses: readonly string[]): void {
    for (const address of this.#joined) if (!addresses.includes(address)) this.#leave(address);
    for (const address of addresses) {
      const isNew = this.#join(address);
      if (isNew && this.#joined.has(address)) {
        // The interface was made anew: the membership on the old one is there still.
        this.#leave(address);
        this.#join(address);
      }
      this.#joined.add(address);
    }
  }

  /** Whether it was not a member already. */
  #join(address: string): boolean {
    return this.#groups.map((group) => attempt(() => this.#socket.addMembership(group, address))).includes(true);
  }

  #leave(address: string): void {
    this.#joined.delete(address);
    for (const group of this.#groups) while (attempt(() => this.#socket.dropMembership(group, address)));
  }
}

/** What fails is there already, or gone; or the interface takes no groups: the others do. */
function attempt(act: () => void): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}

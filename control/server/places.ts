// PURE. How many connections of which kind there may be; operators have places of their own.
import type { ControlLimits } from "./limits.ts";

/** `doorstep`: every client's place is taken, and the connection may only become an operator's. */
export type Place = "client" | "operator" | "doorstep";

export type Places = {
  /** A place for a new connection, or null if there is none. */
  admit(byUnixSocket: boolean): Place | null;
  /** Moves a connection to an operator's place; false if there is none. */
  promote(from: Place): boolean;
  release(place: Place): void;
};

/** `hasToken`: without one nobody on the doorstep could become an operator, and there is no doorstep. */
export function createPlaces(limits: ControlLimits, hasToken: boolean): Places {
  const max = { client: limits.maxClients, operator: limits.maxOperators, doorstep: hasToken ? limits.maxDoorstep : 0 };
  const taken = { client: 0, operator: 0, doorstep: 0 };

  function take(place: Place): boolean {
    if (taken[place] >= max[place]) return false;
    taken[place] += 1;
    return true;
  }

  return {
    admit(byUnixSocket) {
      if (byUnixSocket) return take("operator") ? "operator" : null;
      if (take("client")) return "client";
      return take("doorstep") ? "doorstep" : null;
    },
    promote(from) {
      if (from === "operator") return true;
      if (!take("operator")) return false;
      taken[from] -= 1;
      return true;
    },
    release(place) {
      taken[place] -= 1;
    },
  };
}

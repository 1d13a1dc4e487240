/** Where a group is joined: by which addresses of this host, as they are now. */

import { networkInterfaces } from "node:os";
import { RefusedError } from "../../control/client-error.ts";
import { ownAddresses } from "../own-addresses.ts";

/**
 * On the interface that was asked for (its name, or an address of it), or where the daemon is reached, by `ownAddress`. Empty while the interface
 * is away, or has no address: looked up anew each time, since interfaces come and go, and their addresses change.
 */
export function membershipAddresses(ownAddress: string | null, wanted: string | null): readonly string[] {
  const own = ownAddresses();
  if (wanted !== null)
    return own
      .filter(({ name, address }) => name === wanted || address === wanted)
      .map(({ address }) => address)
      .slice(0, 1);
  const all = own.map(({ address }) => address);
  // The daemon is on this host, or is reached by an address that takes no groups: it may send on any interface.
  return ownAddress !== null && all.includes(ownAddress) && !ownAddress.startsWith("127.") ? [ownAddress] : all;
}

/** For what a person has typed. Throws a RefusedError that names the interfaces that there are. */
export function refuseUnknownInterface(wanted: string | null): void {
  if (wanted === null || membershipAddresses(null, wanted).length > 0) return;
  throw new RefusedError(0, `--interface ${wanted}: this host has ${Object.keys(networkInterfaces()).join(", ")}`, null);
}

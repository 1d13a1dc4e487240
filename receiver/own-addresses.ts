/** Every IPv4 address of this host, as it is now, and the interface that has it. */

import { networkInterfaces } from "node:os";

export function ownAddresses(): readonly { readonly name: string; readonly address: string }[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses.filter(({ family }) => family === "IPv4").map(({ address }) => ({ name, address })),
  );
}

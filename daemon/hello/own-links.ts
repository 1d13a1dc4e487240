/** Whether an address is on one of this host's own links. Pure. */

export type Link = { readonly address: string; readonly netmask: string };

/** IPv4, dotted. A host's own addresses are on its links. */
export function isOnLink(address: string, links: readonly Link[]): boolean {
  const value = toNumber(address);
  return links.some((link) => {
    const mask = toNumber(link.netmask);
    return mask !== 0 && (value & mask) >>> 0 === (toNumber(link.address) & mask) >>> 0;
  });
}

function toNumber(address: string): number {
  return address.split(".").reduce((value, part) => ((value << 8) | Number(part)) >>> 0, 0);
}

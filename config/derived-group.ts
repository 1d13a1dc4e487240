/** The multicast group of a channel that names none: from its name, in 239.255.1.1 to 239.255.254.254 (RFC 2365 local scope). */

/** 239.255.0.x and .255.x are left to others, and so are last bytes that old equipment takes for broadcasts. */
const FIRST = 1;
const LAST = 254;
const VALUES = LAST - FIRST + 1;

/** Stable for a name; moves on to the next group that is not `taken`. */
export function deriveGroup(name: string, taken: ReadonlySet<string>): string {
  const start = fnv1a(new TextEncoder().encode(name)) % (VALUES * VALUES);
  for (let step = 0; step <= taken.size; step++) {
    const group = groupAt((start + step) % (VALUES * VALUES));
    if (!taken.has(group)) return group;
  }
  // Unreachable: one of size + 1 different groups is not in `taken`.
  return groupAt(start);
}

function groupAt(index: number): string {
  return `239.255.${FIRST + Math.floor(index / VALUES)}.${FIRST + (index % VALUES)}`;
}

/** FNV-1a, 32 bit. */
export function fnv1a(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/**
 * The multicast group of a channel that names none: from the machine and the channel's name, in 239.255.1.1 to 239.255.254.254 (RFC 2365
 * local scope). Nobody can tell the machine from it: 16 bits of a hash are all that is left.
 */

/** 239.255.0.x and .255.x are left to others, and so are last bytes that old equipment takes for broadcasts. */
const FIRST = 1;
const LAST = 254;
const VALUES = LAST - FIRST + 1;
const GROUPS = VALUES * VALUES;

/** Stable for a machine and a name; moves on to the next group that is not `taken`. */
export function deriveGroup(machine: string, name: string, taken: ReadonlySet<string>): string {
  return firstFree(fnv1a(new TextEncoder().encode(`${machine} ${name}`)) % GROUPS, taken);
}

/** Where a derived group moves on to when somebody else is on it. */
export function nextGroup(group: string, taken: ReadonlySet<string>): string {
  return firstFree(indexOf(group) + 1, taken);
}

function firstFree(start: number, taken: ReadonlySet<string>): string {
  for (let step = 0; step <= taken.size; step++) {
    const group = groupAt((start + step) % GROUPS);
    if (!taken.has(group)) return group;
  }
  // Unreachable: one of size + 1 different groups is not in `taken`.
  return groupAt(start % GROUPS);
}

function groupAt(index: number): string {
  return `239.255.${FIRST + Math.floor(index / VALUES)}.${FIRST + (index % VALUES)}`;
}

function indexOf(group: string): number {
  const [, , third = FIRST, fourth = FIRST] = group.split(".").map(Number);
  return (third - FIRST) * VALUES + (fourth - FIRST);
}

/** FNV-1a, 32 bit. */
export function fnv1a(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

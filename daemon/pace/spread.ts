/**
 * When the packets of one picture leave: in small groups over a part of the frame interval, because small switches and
 * Wi-Fi access points drop the tail of a burst.
 */

export type Spread = {
  /** Packets that leave together. */
  readonly groupPackets: number;
  /** From one group to the next, in ms. */
  readonly groupIntervalMs: number;
};

/** Groups this far apart: fewer wake-ups than one a packet (docs/decisions/cost.md), and a group is still only five or six packets of a usual picture. */
const WANTED_GROUP_INTERVAL_MS = 8;
/** Groups never come closer than this, so that two of them do not fall into one millisecond. */
const LEAST_GROUP_INTERVAL_MS = 1.15;
/** The most packets that leave in any millisecond (8085: be gentle to queues on the way). */
const MOST_GROUP_PACKETS = 8;

/**
 * A picture is spread over so long at most, however slow the film: longer does queues no more good, and who shows it waits for its end. A page gets each picture 80 ms after it is due, and what
 * is lost of it is to be asked for before, twice.
 */
const LONGEST_WINDOW_MS = 30;
const UNKNOWN_INTERVAL_MS = 1000 / 30;

/** Over which time a picture's packets leave: a `share` of the interval between pictures, of the source's or of the rate that is asked for. */
export function spreadWindowMs(share: number, sourceIntervalMs: number | null, fps: number | null): number {
  const wantedMs = fps === null ? 0 : 1000 / fps;
  const intervalMs = Math.max(sourceIntervalMs ?? 0, wantedMs) || UNKNOWN_INTERVAL_MS;
  return Math.min(share * intervalMs, LONGEST_WINDOW_MS);
}

/** `windowMs`: the part of the frame interval over which the picture may be spread. */
export function planSpread(packets: number, windowMs: number): Spread {
  const wantedGroups = Math.max(1, Math.floor(windowMs / WANTED_GROUP_INTERVAL_MS) + 1);
  const leastGroups = Math.ceil(packets / MOST_GROUP_PACKETS);
  const groups = Math.min(Math.max(packets, 1), Math.max(wantedGroups, leastGroups));
  const groupPackets = Math.ceil(packets / groups);
  const used = Math.ceil(packets / groupPackets);
  return { groupPackets, groupIntervalMs: Math.max(LEAST_GROUP_INTERVAL_MS, used > 1 ? windowMs / (used - 1) : windowMs) };
}

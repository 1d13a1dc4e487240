/** What several receivers have received, one after the other, as one: the stream was another one after its daemon had been away. Pure. */

import type { ReceiverTotals } from "./receiver.ts";

export function sumTotals(one: ReceiverTotals, other: ReceiverTotals): ReceiverTotals {
  return {
    pictures: sum(one.pictures, other.pictures),
    sound: sum(one.sound, other.sound),
    packets: sum(one.packets, other.packets),
    jumps: one.jumps + other.jumps,
  };
}

function sum<Counts extends Readonly<Record<string, number>>>(one: Counts, other: Counts): Counts {
  const entries = Object.entries(one).map(([name, count]) => [name, count + (other[name] ?? 0)]);
  return { ...one, ...Object.fromEntries(entries) };
}

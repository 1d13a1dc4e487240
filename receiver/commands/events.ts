/** What `record`, `watch` and `play` tell a program, with --json: a line for each thing that happens. Fields have the names that they have in the lines of `stats --json`. */

import type { ReceiveIo } from "../../control/receive-request.ts";
import type { Joined } from "../join/packet-path.ts";
import type { ReceiverTotals } from "../receiver.ts";

/** Once the channel is joined, and each time that it is joined in another way. */
export function tellJoined(io: ReceiveIo, { channel, place, transport, group: { group, ...ports } }: Joined): void {
  tell(io, { event: "joined", channel, daemon: place, transport, group, ports });
}

/** Each time that the page has another address: a link that was used is good for nobody else. */
export function tellPage(io: ReceiveIo, url: string): void {
  tell(io, { event: "page", url });
}

/** The last line. `reason`: why it ended, where nobody asked for that; `more`: of the command, and goes before what was received. */
export function tellEnd(
  io: ReceiveIo,
  totals: ReceiverTotals | null,
  reason: string | null,
  more: Readonly<Record<string, unknown>>,
): void {
  if (totals === null) return;
  const { pictures, sound, packets } = totals;
  const { lost, expected, repaired, late } = packets;
  const received = {
    pictures: pictures.shown,
    sound: { samples: sound.played, lostSamples: sound.concealed },
    lost,
    expected,
    repaired,
    late,
  };
  tell(io, { event: "ended", reason, ...received, ...more });
}

function tell(io: ReceiveIo, event: Readonly<Record<string, unknown>>): void {
  if (io.json) io.out(`${JSON.stringify(event)}\n`);
}

/** Another form of the picture is wanted in the middle of a film: what is read ahead far enough is made anew. Pure. */

import type { SourceFormat } from "./messages.ts";
import type { Player } from "./player.ts";
import type { ReadAhead } from "./read-ahead.ts";

/** What is read ahead for so long is still sent as it is: time to begin anew behind it. */
const KEPT_MS = 1000;
/** Less than any interval between pictures. */
const ROUNDING_US = 1000;

/** Leaves no gap in picture or sound, and no picture comes twice; some sound may. */
export function reformat(format: SourceFormat, queue: ReadAhead, player: Pick<Player, "reformat">): void {
  const droppedFromUs = queue.dropAfter(KEPT_MS);
  const lastPictureUs = queue.lastPictureUs();
  // The last picture that stays does not come again, the first one behind it does, however their times are rounded.
  player.reformat(format, droppedFromUs ?? queue.reachedUs() ?? 0, lastPictureUs === null ? null : lastPictureUs + ROUNDING_US);
}

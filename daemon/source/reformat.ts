/** Another form of the picture is wanted in the middle of a film: pictures that are read ahead far enough are made anew. Pure. */

import type { SourceFormat } from "./messages.ts";
import type { Player } from "./player.ts";
import { type ReadAhead, ROUNDING_US } from "./read-ahead.ts";

/** What is read ahead for so long is still sent as it is: time to begin anew behind it. Where that takes longer, as in a film with few key frames, what follows is sent as it is until then. */
const KEPT_MS = 1000;

/** Leaves no gap in picture or sound, and no picture comes twice; some sound may. */
export function reformat(format: SourceFormat, queue: ReadAhead, player: Pick<Player, "reformat">): void {
  const fromUs = queue.replaceAfter(KEPT_MS) ?? queue.reachedUs() ?? 0;
  const lastPictureUs = queue.lastPictureUs();
  const stands = lastPictureUs !== null && fromUs - lastPictureUs > KEPT_MS * 1000;
  // The next picture may be minutes away.
  if (stands) return player.reformat(format, fromUs, { fromUs: fromUs + ROUNDING_US, isStandingShown: true });
  // The last picture that stays does not come again, the first one behind it does, however their times are rounded.
  player.reformat(format, fromUs, lastPictureUs === null ? null : { fromUs: lastPictureUs + ROUNDING_US, isStandingShown: false });
}

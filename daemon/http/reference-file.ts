/** What a channel's sound can be compared with: the one WAV file that it plays, where that may be fetched. */

import type { Channel } from "../channel/channel.ts";

/** Its path; null for none. */
export function referenceFile({ media, config }: Channel): string | null {
  const [item, ...others] = media.playlist;
  const isWav = item?.kind === "file" && others.length === 0 && item.path.toLowerCase().endsWith(".wav");
  return config.audio.reference && isWav ? item.path : null;
}

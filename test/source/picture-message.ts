import type { SourceMessage } from "../../daemon/source/messages.ts";

/** A picture as it goes to the daemon, of which nothing counts but its bytes and whose they are. */
export function pictureMessage(jpeg: Uint8Array, isOwn?: boolean): SourceMessage {
  return {
    kind: "frame",
    generation: 1,
    timelineUs: 0,
    quality: 80,
    isReduced: false,
    width: 1,
    height: 1,
    jpeg,
    ...(isOwn === undefined ? {} : { isOwn }),
  };
}

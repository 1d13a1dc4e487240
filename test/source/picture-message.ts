import type { SourceMessage } from "../../daemon/source/messages.ts";

/** A picture as it goes to the daemon, of which nothing counts but its bytes and whose they are. */
export function pictureMessage(jpeg: Uint8Array, isOwn?: boolean): SourceMessage {
  const size = { width: 1, height: 1 };
  return {
    kind: "frame",
    generation: 1,
    timelineUs: 0,
    quality: 80,
    isReduced: false,
    ...size,
    jpeg,
    ...(isOwn === undefined ? {} : { isOwn }),
  };
}

/** Session descriptions (RFC 8866): a channel's text for any player, and back. */

export { buildSdp } from "./sdp/build.ts";
export { withKeyLines } from "./sdp/key-lines.ts";
export { parseSdp } from "./sdp/parse.ts";
export type { AudioDescription, ReceivedSession, SessionDescription, VideoDescription } from "./sdp/session-description.ts";

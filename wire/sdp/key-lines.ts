/** A session description with the key that opens its packets, for a player that knows SDES (RFC 4568, section 4). Pure. */

import { SRTP_SUITE } from "../srtp/index.ts";

/** `master`: 30 bytes, key and salt. The same for picture and sound. */
export function withKeyLines(sdp: string, master: Uint8Array): string {
  const line = `a=crypto:1 ${SRTP_SUITE} inline:${Buffer.from(master).toString("base64")}\r\n`;
  const [session = "", ...media] = sdp.split(/^(?=m=)/m);
  return session + media.map((section) => section + line).join("");
}

/** Secure RTP (RFC 3711) with AES_CM_128_HMAC_SHA1_80, which every implementation of it has. */

export { SRTP_OVERHEAD_BYTES } from "./packet.ts";
export { SrtpReceiver } from "./receiver.ts";
export { SrtpSender } from "./sender.ts";
export { MASTER_BYTES, SRTP_SUITE } from "./session-keys.ts";

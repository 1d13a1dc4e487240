// The operator's proof, as both sides compute it: HMAC-SHA256 (RFC 2104) of a nonce, so that the token never crosses the network.
import { createHmac } from "node:crypto";

/** In hex: the key is the token, the message is the nonce as text (`printf %s NONCE | openssl dgst -sha256 -hmac TOKEN`). */
export function proofOf(token: string, nonce: string): string {
  return createHmac("sha256", token).update(nonce).digest("hex");
}

// The operator's proof, as both sides compute it: HMAC-SHA256 (RFC 2104) of a nonce, so that the token never crosses the network; and what other proofs need as well.
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** In hex: the key is the token, the message is the nonce as text (`printf %s NONCE | openssl dgst -sha256 -hmac TOKEN`). */
export function proofOf(token: string, nonce: string): string {
  return createHmac("sha256", token).update(nonce).digest("hex");
}

/** 32 hex digits, good for one attempt. */
export function freshNonce(): string {
  return randomBytes(16).toString("hex");
}

/** Of two texts in hex of one length, in constant time. */
export function isSameProof(given: string, wanted: string): boolean {
  return timingSafeEqual(Buffer.from(given, "hex"), Buffer.from(wanted, "hex"));
}

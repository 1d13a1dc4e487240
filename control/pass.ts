// A pass, as both sides know it: what a person types, how it is proved without being sent (HMAC-SHA256, RFC 2104), and how what only its holder may read is
// encrypted for it (AES-256-GCM under a key by HKDF-SHA256, RFC 5869).
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";

/** `id`: 5 characters that anybody may see; `secret`: 20, a hundred bits, that nobody else may. */
export type Pass = { readonly id: string; readonly secret: string };

/** Without those that are taken for others (Crockford's base 32). */
const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUP = 5;
const GROUPS = 5;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** At random. */
export function makePass(): Pass {
  const digits = [...randomBytes(GROUP * GROUPS)].map((byte) => DIGITS[byte % DIGITS.length]).join("");
  return { id: digits.slice(0, GROUP), secret: digits.slice(GROUP) };
}

/** `K7QXM-3HWPD-9ZTB4-D0F2A-6YQ1C` */
export function passText({ id, secret }: Pass): string {
  return [id, ...(secret.match(/.{5}/g) ?? [])].join("-");
}

/** As a person types it: small letters, other separators, and letters that look like digits are forgiven. Null: it is none. */
export function parsePass(text: string): Pass | null {
  const digits = digitsOf(text);
  if (digits.length !== GROUP * GROUPS || !isOfDigits(digits)) return null;
  return { id: digits.slice(0, GROUP), secret: digits.slice(GROUP) };
}

/** What a pass begins with, typed likewise; what follows does not matter. Null: it is none. */
export function parsePassId(text: string): string | null {
  const id = digitsOf(text).slice(0, GROUP);
  return id.length === GROUP && isOfDigits(id) ? id : null;
}

function isOfDigits(text: string): boolean {
  return new RegExp(`^[${DIGITS}]*$`).test(text);
}

function digitsOf(text: string): string {
  return text.toUpperCase().replaceAll(/[\s-]/g, "").replaceAll("O", "0").replaceAll(/[IL]/g, "1");
}

/** What both sides have made up for one joining, so that neither can be answered with what was recorded: the daemon's nonce of the connection, and the client's own. */
export function noncesOf(daemons: string, clients: string): string {
  return `${daemons} ${clients}`;
}

/** In hex, for one channel: the key is the secret, the message is `join CHANNEL NONCE CLIENTNONCE`. */
export function passProof({ secret }: Pass, channel: string, nonces: string): string {
  return createHmac("sha256", secret).update(`join ${channel} ${nonces}`).digest("hex");
}

/** For the holder of the pass alone, in base64: 12 bytes of IV, what was encrypted, 16 of tag. */
export function encryptFor({ secret }: Pass, nonces: string, plain: Uint8Array): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", keyOf(secret, nonces), iv);
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString("base64");
}

/** Null: it was not encrypted for this pass and these nonces. */
export function decryptWith({ secret }: Pass, nonces: string, text: string): Uint8Array | null {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length < IV_BYTES + TAG_BYTES) return null;
  const decipher = createDecipheriv("aes-256-gcm", keyOf(secret, nonces), bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return Uint8Array.from(Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]));
  } catch {
    return null;
  }
}

function keyOf(secret: string, nonces: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, nonces, "streamerd srtp key", KEY_BYTES));
}

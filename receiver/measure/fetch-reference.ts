/** The reference of a measurement from a web server. In: its address. Out: its bytes, which are those that its hash is of (RFC 9530), if the server tells one. */

import { createHash } from "node:crypto";
import { RefusedError } from "../../control/client-error.ts";
import { messageOf, systemCode } from "../../control/system-error.ts";

const MOST_BYTES = 256 << 20;
/** A line of 240 kbit/s takes long for a film's sound, but not for the next piece of it. */
const SILENT_MS = 10_000;

/** `signal`: Ctrl-C. Throws a RefusedError. `silentMs`: how long nothing may come. */
export async function fetchReference(url: string, signal: AbortSignal, silentMs: number = SILENT_MS): Promise<Uint8Array> {
  const refuse = (reason: string): RefusedError => new RefusedError(0, `--reference ${url}: ${reason}`, null);
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), silentMs);
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, silence.signal]) });
    timer.refresh();
    if (!response.ok) throw refuse(`the server answers ${response.status}: ${(await response.text()).split("\n", 1)[0] ?? ""}`);
    const bytes = await readAll(response, () => void timer.refresh());
    if (bytes === null) throw refuse("it is too large");
    const told = /sha-256=:([A-Za-z0-9+/=]+):/.exec(response.headers.get("repr-digest") ?? "")?.[1];
    if (told !== undefined && told !== createHash("sha256").update(bytes).digest("base64"))
      throw refuse("it came other than it was sent (its hash does not fit)");
    return bytes;
  } catch (error) {
    if (error instanceof RefusedError) throw error;
    if (signal.aborted) throw refuse("interrupted");
    throw refuse(silence.signal.aborted ? `nothing came for ${silentMs / 1000} s` : `cannot be fetched: ${fetchProblem(error)}`);
  } finally {
    clearTimeout(timer);
  }
}

/** Null: it is too large. `onPiece`: some of it has come. */
async function readAll({ headers, body }: Response, onPiece: () => void): Promise<Uint8Array | null> {
  if (Number(headers.get("content-length")) > MOST_BYTES) return null;
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body ?? []) {
    onPiece();
    pieces.push(piece);
    length += piece.byteLength;
    if (length > MOST_BYTES) return null;
  }
  return Buffer.concat(pieces);
}

/** The message is the same for everything: what was the matter is its cause, which has no words where several addresses were tried. */
function fetchProblem(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return messageOf(cause) || systemCode(cause);
}

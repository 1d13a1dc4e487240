/** The sound that a channel sends, as the file that it is: what `streamctl measure` compares with. Only where `audio.reference` is on, and for a WAV file. */

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";

/** A clip; ten minutes of CD sound are 106 MB. */
const MOST_BYTES = 256 << 20;

/** Answers with the file and its hash (RFC 9530), or with 404 and one line. */
export async function sendReference(response: ServerResponse, path: string): Promise<void> {
  try {
    const { size } = await stat(path);
    if (size > MOST_BYTES) return refuse(response, "the reference is too large to be fetched; copy it");
    const hash = createHash("sha256");
    await pipeline(createReadStream(path), hash);
    response.writeHead(200, {
      "Content-Type": "audio/wav",
      "Content-Length": size,
      "Repr-Digest": `sha-256=:${hash.digest("base64")}:`,
      "Cache-Control": "no-cache",
      "X-Content-Type-Options": "nosniff",
    });
    if (response.req.method === "HEAD") response.end();
    else await pipeline(createReadStream(path, { end: size - 1 }), response);
  } catch {
    // Gone while it was read, or the client has gone.
    if (response.headersSent) response.destroy();
    else refuse(response, "the file cannot be read any more");
  }
}

function refuse(response: ServerResponse, reason: string): void {
  response.writeHead(404, { "Content-Type": "text/plain; charset=utf-8" });
  response.end(`${reason}\n`);
}

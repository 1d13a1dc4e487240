/** The HTTP server: the page for people, and the session description of each channel under `/CHANNEL.sdp`. It tells how to watch, and nothing else. */

import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { sendReference } from "./reference.ts";
import { CONTENT_SECURITY_POLICY } from "./page.ts";

export type HttpSite = {
  readonly channelNames: () => readonly string[];
  /** `host`: the address that the client has reached us by. Null: the channel has none. */
  readonly sdp: (channel: string, host: string) => string | null;
  /** `authority`: HOST:PORT that the client has reached us by. */
  readonly page: (host: string, authority: string) => string;
  /** The WAV file that the channel plays, if it is to be served. */
  readonly reference: (channel: string) => string | null;
};

/** A LAN's worth of players that ask at the same moment; each asks once. */
const MOST_CONNECTIONS = 256;
const REQUEST_TIMEOUT_MS = 5000;
const REFERENCE_PATH = /^\/([a-z0-9-]{1,32})\.wav$/;
const SDP_PATH = /^\/([a-z0-9-]{1,32})\.sdp$/;

/** Rejects with the system's error when the address cannot be bound. */
export async function startHttpServer(listen: { readonly host: string; readonly port: number }, site: HttpSite): Promise<Server> {
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: 1000 },
    (request, response) => answer(request, response, site),
  );
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(listen, () => {
      server.off("error", reject);
      resolve();
    });
  });
  server.on("error", () => {});
  return server;
}

export async function closeHttpServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

function answer(request: IncomingMessage, response: ServerResponse, site: HttpSite): void {
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("Allow", "GET, HEAD");
    return send(response, 405, "text/plain; charset=utf-8", "only GET and HEAD\n");
  }
  const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
  const name = SDP_PATH.exec(path)?.[1];
  if (name !== undefined && site.channelNames().includes(name)) {
    const sdp = site.sdp(name, localAddress(request));
    if (sdp !== null) return send(response, 200, "application/sdp", sdp);
    return send(
      response,
      404,
      "text/plain; charset=utf-8",
      `${name} has the profile datagram, which no session description can describe; examples/receive.py reads it, and / says where it is sent\n`,
    );
  }
  const reference = REFERENCE_PATH.exec(path)?.[1];
  const file = reference === undefined || !site.channelNames().includes(reference) ? null : site.reference(reference);
  if (file !== null) return void sendReference(response, file);
  if (path === "/") {
    response.setHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY);
    response.setHeader("Referrer-Policy", "no-referrer");
    const address = localAddress(request);
    return send(response, 200, "text/html; charset=utf-8", site.page(address, `${address}:${request.socket.localPort ?? 80}`));
  }
  const list = ["/", ...site.channelNames().map((channel) => `/${channel}.sdp`)];
  send(response, 404, "text/plain; charset=utf-8", `not here; there is\n${list.join("\n")}\n`);
}

/** The address that the client took is one that it can reach: the best origin to name to it. */
function localAddress(request: IncomingMessage): string {
  return (request.socket.localAddress ?? "127.0.0.1").replace(/^::ffff:/, "");
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    "Content-Type": type,
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
  });
  response.end(response.req.method === "HEAD" ? undefined : body);
}

/** The HTTP(S) server of the viewer: a fixed set of files, the link that is good once, and the WebSocket at /stream. */

import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import { listeningProblem, systemCode } from "../../../control/system-error.ts";
import { ENTRANCE } from "./access.ts";
import type { Access } from "./access.ts";
import { headersFor } from "./page-headers.ts";
import { readPageFiles } from "./page-files.ts";
import type { PageFile } from "./page-files.ts";
import { ViewerError } from "./viewer-error.ts";

/** As `https.createServer` takes them: PEM. */
export type TlsFiles = { readonly key: string | Buffer; readonly cert: string | Buffer };

export type PageServerOptions = {
  readonly listen: { readonly host: string; readonly port: number };
  readonly tls: TlsFiles | null;
  readonly access: Access;
  readonly onSocket: (socket: WebSocket) => void;
  readonly isFull: () => boolean;
};

/** Sixteen pages, each with the connections that a browser makes for its files. */
const MOST_CONNECTIONS = 128;
const REQUEST_TIMEOUT_MS = 5000;
/** The page's own messages are below 200 bytes. */
const MOST_MESSAGE_BYTES = 1024;
const TEXT = "text/plain; charset=utf-8";
const HTML = "text/html; charset=utf-8";
const STREAM = "/stream";
const FULL = "too many pages are open: close one";

/** Throws a ViewerError. */
export async function startPageServer({ listen, tls, access, onSocket, isFull }: PageServerOptions): Promise<Server> {
  const files = await readPageFiles();
  const options = { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: 1000 };
  const server = createAnyServer(options, tls);
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MOST_MESSAGE_BYTES,
    clientTracking: false,
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.on("request", (request, response) => answer(request, response, { access, files, isFull }));
  server.on("upgrade", (request, socket, head) => {
    // Gone before it was answered.
    socket.on("error", () => undefined);
    const refusal = request.url === STREAM ? access.refuseSocket(request) : "the stream is at /stream";
    if (refusal !== null) return refuseUpgrade(socket, "403 Forbidden", refusal);
    if (isFull()) return refuseUpgrade(socket, "503 Service Unavailable", FULL);
    sockets.handleUpgrade(request, socket, head, onSocket);
  });
  await bind(server, listen);
  server.on("error", () => undefined);
  return server;
}

export async function closePageServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

function createAnyServer(options: object, tls: TlsFiles | null): Server {
  if (tls === null) return createServer(options);
  try {
    return createTlsServer({ ...options, ...tls });
  } catch (error) {
    throw new ViewerError("BAD_TLS", "the viewer's certificate or key cannot be read: both are PEM, and belong together", error);
  }
}

async function bind(server: Server, { host, port }: PageServerOptions["listen"]): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host, port }, () => {
        server.off("error", reject);
        resolve();
      });
    });
  } catch (error) {
    const reason = systemCode(error);
    if (reason === "EADDRINUSE") {
      throw new ViewerError("PORT_IN_USE", `${host}:${port} is in use: let the viewer listen on another port, or on 0 for any`, error);
    }
    if (reason === "EAI_AGAIN" || reason === "ENOTFOUND") {
      const text = `the viewer cannot listen there: the name ${host} cannot be looked up; give an address of this host`;
      throw new ViewerError("CANNOT_LISTEN", text, error);
    }
    throw new ViewerError(
      "CANNOT_LISTEN",
      `the viewer cannot listen on ${host}:${port} (${listeningProblem(error)}): give an address of this host`,
      error,
    );
  }
}

type Site = Pick<PageServerOptions, "access" | "isFull"> & { readonly files: ReadonlyMap<string, PageFile> };

function answer(request: IncomingMessage, response: ServerResponse, { access, files, isFull }: Site): void {
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("Allow", "GET, HEAD");
    return send(response, 405, TEXT, "only GET and HEAD\n");
  }
  const cookie = access.enter(request);
  if (cookie !== null) {
    response.setHeader("Set-Cookie", cookie);
    // No redirect: a browser that came by a link on another site would follow it without its SameSite cookie.
    return send(response, 200, HTML, ENTERED);
  }
  const refusal = access.refuse(request);
  if (refusal !== null) return send(response, 403, TEXT, `${refusal}\n`);
  // A page whose WebSocket was refused asks here why.
  if (request.url === STREAM)
    return isFull() ? send(response, 503, TEXT, `${FULL}\n`) : send(response, 200, TEXT, "a WebSocket gets the stream\n");
  // By the history or a bookmark, and in already.
  if (request.url?.startsWith(ENTRANCE) === true) return send(response, 200, HTML, ENTERED);
  const file = files.get((request.url ?? "/").split("?", 1)[0] ?? "/");
  if (file === undefined) return send(response, 404, TEXT, "not here; the page is at /\n");
  send(response, 200, file.type, file.body);
}

const ENTERED = `<!doctype html><html lang="en"><meta charset="utf-8"><title>RECEIVING VIDEO</title><link rel="icon" href="/icon.svg"><meta http-equiv="refresh" content="0;url=/"><p><a href="/">Go on</a></p></html>\n`;

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  const { req: request } = response;
  const scheme = "encrypted" in request.socket ? "wss" : "ws";
  response.writeHead(status, {
    // Only a good name may stand in a header of ours.
    ...headersFor(status === 200 ? `${scheme}://${request.headers.host ?? ""}` : null),
    "Content-Type": type,
    "Content-Length": Buffer.byteLength(body),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

function refuseUpgrade(socket: Duplex, status: string, reason: string): void {
  const head = [`HTTP/1.1 ${status}`, "Connection: close", `Content-Type: ${TEXT}`, `Content-Length: ${reason.length + 1}`, "", ""];
  // Not one of the server's any more, which would see to its end: whoever keeps the other side open would hold a place for ever.
  socket.end(`${head.join("\r\n")}${reason}\n`, () => socket.destroy());
}

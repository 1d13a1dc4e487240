/** What both HTTP servers have in common: bounds on who connects and for how long, a way to answer, and a way to end. */

import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { listeningProblem, systemCode } from "../../control/system-error.ts";
import { authorityOf } from "./authority.ts";

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const REQUEST_TIMEOUT_MS = 5000;
/** A browser's headers are a tenth of it. */
const MOST_HEADER_BYTES = 16_384;

/**
 * Of a connection on which nothing moves, in or out: whoever has stopped reading a long answer gives the place back. Long enough for the
 * hash of the longest one, which a slow disk gives out before anything is written.
 */
const STALLED_MS = 60_000;

export type Listen = { readonly host: string; readonly port: number };

/** Answers GET and HEAD. Rejects with the system's error when the address cannot be bound. */
export async function startBoundedServer(listen: Listen, mostConnections: number, answer: Answer, stalledMs = STALLED_MS): Promise<Server> {
  const bounds = {
    requestTimeout: REQUEST_TIMEOUT_MS,
    headersTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: 1000,
    maxHeaderSize: MOST_HEADER_BYTES,
  };
  const server = createServer(bounds, (request, response) => {
    if (request.method === "GET" || request.method === "HEAD") return answer(request, response);
    response.setHeader("Allow", "GET, HEAD");
    send(response, 405, "text/plain; charset=utf-8", "only GET and HEAD\n");
  });
  server.maxConnections = mostConnections;
  server.timeout = stalledMs;
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

export function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    "Content-Type": type,
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
  });
  response.end(response.req.method === "HEAD" ? undefined : body);
}

/** The path that is asked for, without what follows a question mark. */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? "/").split("?", 1)[0] ?? "/";
}

/** Why an address could not be bound, and what to do, in one line. */
export function listenProblem(key: string, { host, port }: Listen, error: unknown): string {
  const why =
    systemCode(error) === "EADDRINUSE"
      ? "is in use: stop the program that has it (another streamerd?)"
      : `cannot be listened on (${listeningProblem(error)}): correct it`;
  return `${key}: ${authorityOf(host, port)} ${why} or set ${key} to another one`;
}

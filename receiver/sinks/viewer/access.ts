/**
 * Who may see the page. By default only this host reaches it, and only under its own names; from another address whoever watches enters by an
 * unguessable link, once, and gets a cookie for it. Another site's page gets nothing in either case.
 */

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isLoopback, isOwnName } from "./own-names.ts";

export type Access = {
  /** The path that lets somebody in: "/", or the link that is good once. */
  readonly entrance: () => string;
  /** Null: may be served. Otherwise one line on why not. */
  readonly refuse: (request: IncomingMessage) => string | null;
  /** Null: may connect. A WebSocket says from which site it was opened, and it must be ours. */
  readonly refuseSocket: (request: IncomingMessage) => string | null;
  /** The path is the good link: it is used up, and this is the cookie for it. Null: it is not. */
  readonly enter: (request: IncomingMessage) => string | null;
};

export type AccessOptions = {
  readonly scheme: "http" | "https";
  readonly host: string;
  readonly onLinkUsed: (address: string) => void;
};

/** 256 bits: nobody guesses it. */
const TOKEN_BYTES = 32;
/** Browsers that were let in; the oldest must enter anew beyond that. */
const MOST_SESSIONS = 16;
/** Links begin so. */
export const ENTRANCE = "/enter/";

export function createAccess({ scheme, host, onLinkUsed }: AccessOptions): Access {
  const isOpen = isLoopback(host);
  let link = newToken();
  let sessions: readonly string[] = [];

  function hasSession(request: IncomingMessage): boolean {
    const cookie = cookieOf(request);
    return cookie !== null && sessions.some((session) => isSame(session, cookie));
  }

  function refuse(request: IncomingMessage): string | null {
    if (!isForUs(request, host)) return "not by this name: open the address that streamctl has printed";
    const { origin } = request.headers;
    if (origin !== undefined && origin !== ownOrigin(request, scheme)) return "not for other sites";
    if (isFromElsewhere(request)) return "not for other sites";
    return isOpen || hasSession(request) ? null : "this needs the link that streamctl has printed; each is good once";
  }

  return {
    entrance: () => (isOpen ? "/" : `${ENTRANCE}${link}`),
    refuse,
    refuseSocket: (request) => (request.headers.origin === undefined ? "not without an Origin header" : refuse(request)),
    enter: (request) => {
      const { method, url = "", headers } = request;
      // A browser that only looks ahead must not use the link up.
      if (isOpen || method !== "GET" || headers["sec-purpose"] !== undefined || !isForUs(request, host)) return null;
      if (!isSame(url, `${ENTRANCE}${link}`)) return null;
      link = newToken();
      const session = newToken();
      sessions = [...sessions.slice(1 - MOST_SESSIONS), session];
      onLinkUsed((request.socket.remoteAddress ?? "gone").replace(/^::ffff:/, ""));
      const secure = scheme === "https" ? "; Secure" : "";
      return `${cookieName(request)}=${session}; HttpOnly; SameSite=Strict; Path=/${secure}`;
    },
  };
}

function isForUs({ headers, socket }: IncomingMessage, listenHost: string): boolean {
  const { name, port } = splitAuthority(headers.host ?? "");
  const defaultPort = "encrypted" in socket ? 443 : 80;
  return (port ?? defaultPort) === socket.localPort && isOwnName(name, listenHost, socket.localAddress ?? "");
}

/** A link on another site may open the page; what belongs to the page is asked for by the page alone. */
function isFromElsewhere({ headers }: IncomingMessage): boolean {
  const site = headers["sec-fetch-site"];
  return site !== undefined && site !== "same-origin" && site !== "none" && headers["sec-fetch-dest"] !== "document";
}

function ownOrigin({ headers }: IncomingMessage, scheme: string): string {
  return `${scheme}://${headers.host ?? ""}`;
}

function splitAuthority(authority: string): { readonly name: string; readonly port: number | null } {
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/i.exec(authority);
  return { name: match?.[1] ?? "", port: match?.[2] === undefined ? null : Number(match[2]) };
}

/** Cookies do not know ports: two viewers on one host must not overwrite each other's. */
function cookieName({ socket }: IncomingMessage): string {
  return `streamerd-viewer-${socket.localPort ?? 0}`;
}

function cookieOf(request: IncomingMessage): string | null {
  const wanted = `${cookieName(request)}=`;
  const pair = (request.headers.cookie ?? "").split("; ").find((part) => part.startsWith(wanted));
  return pair === undefined ? null : pair.slice(wanted.length);
}

function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

/** In a time that tells nothing about where they differ. */
function isSame(one: string, other: string): boolean {
  const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}

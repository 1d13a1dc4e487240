/** What FFmpeg's codes mean for whoever wrote the URL: one line with the remedy. Pure. */

import {
  AVERROR_EOF,
  AVERROR_HTTP_BAD_REQUEST,
  AVERROR_HTTP_FORBIDDEN,
  AVERROR_HTTP_NOT_FOUND,
  AVERROR_HTTP_OTHER_4XX,
  AVERROR_HTTP_SERVER_ERROR,
  AVERROR_HTTP_UNAUTHORIZED,
  AVERROR_INVALIDDATA,
  AVERROR_PROTOCOL_NOT_FOUND,
} from "node-av/constants";

const EIO = -5;
const ECONNRESET = -104;

/** What reading gives when whoever has pushed leaves. */
const HAS_GONE: ReadonlySet<number> = new Set([EIO, ECONNRESET, AVERROR_EOF]);

const REASONS: ReadonlyMap<number, string> = new Map<number, string>([
  [-111, "the connection was refused; check address and port, and that the server runs"],
  [-110, "no answer within 5 s; check the address, and that the other end sends"],
  [-11, "no answer within 5 s; check the address, and that the other end sends"],
  [-113, "the host cannot be reached; check the address and the network"],
  [-101, "the network cannot be reached; check the address and the routes"],
  [AVERROR_EOF, "the stream has ended"],
  [ECONNRESET, "the other end closed the connection"],
  [-98, "the port is in use by another program; name another one"],
  [-99, "the address is none of this host; listen on 0.0.0.0, or on one of its own"],
  [-13, "no permission for it; check the address, or use a port from 1024 on"],
  [-22, "it cannot be opened in this form; check the URL and its options"],
  [AVERROR_HTTP_UNAUTHORIZED, "user and password are wanted, or are wrong (401); write them as SCHEME://USER:PASSWORD@HOST/…"],
  [AVERROR_HTTP_FORBIDDEN, "the server forbids it (403); check the rights of the user"],
  [AVERROR_HTTP_NOT_FOUND, "there is nothing at this path (404); check it"],
  [AVERROR_HTTP_BAD_REQUEST, "the server does not understand the request (400); check the URL"],
  [AVERROR_HTTP_OTHER_4XX, "the server refuses the request; check the URL"],
  [AVERROR_HTTP_SERVER_ERROR, "the server has an error of its own (5xx); look at its log"],
  [AVERROR_PROTOCOL_NOT_FOUND, "leads to another protocol than it may; name the stream itself"],
  [AVERROR_INVALIDDATA, "what comes from there is no media that can be received; check that it is a stream and not a page"],
]);

export function explainOpening(name: string, code: number): string {
  return code === EIO ? `${name}: ${unreadable(name)}` : explain(name, code, "opening");
}

function unreadable(name: string): string {
  if (/^srt:/i.test(name)) return "nobody answers there; check address and port, and that the other end listens";
  if (/^udp:/i.test(name)) return "nothing has come for 5 s; check that the other end sends";
  return `it cannot be read; check the path${/^https?:/i.test(name) ? ", and that it does not lead round in a circle" : ""}`;
}

/** `isListener`: it waits for a client that pushes its stream. */
export function explainLoss(name: string, code: number, isListener: boolean): string {
  if (isListener && HAS_GONE.has(code)) return `${name}: the other end has gone; it waits for the next one`;
  return code === EIO ? `${name}: the other end has gone` : explain(name, code, "reading");
}

/** Of a film on a server that told its length: its index was read, and what lies before that is not to be had again. */
export function explainNoBeginning(name: string, code: number): string {
  if (code !== EIO) return explain(name, code, "reading");
  return `${name}: its index is at its end, and the server knows no ranges; move it to the beginning: ffmpeg -i FILM -c copy -movflags +faststart NEW.mp4`;
}

function explain(name: string, code: number, during: "opening" | "reading"): string {
  return `${name}: ${REASONS.get(code) ?? `${during} it failed (FFmpeg's code ${code}); check the URL`}`;
}

// Who is at the other end of a connection, as the methods see it.
import type { Role } from "../contract/contract.ts";
import type { Place } from "./places.ts";

/** What a handler is told of the one who calls. */
export type Caller = {
  readonly role: Role;
  /** IP address, or `unix` for the Unix socket. */
  readonly address: string;
  /** For the next proof on this connection; null before `server.hello`. */
  readonly nonce: string | null;
};

/** What the server itself keeps for a connection. Role, place and nonce change with `session.auth` and `server.hello`. */
export type Peer = Caller & {
  role: Role;
  place: Place;
  nonce: string | null;
  /** Sender clock when the bytes came that are being worked on. */
  receivedMs: number;
  /** Sends a line that nobody asked for; a peer that does not read is let go. */
  send: (line: string) => void;
  /** The connection is closed or closing: nothing may be kept for it. */
  gone: boolean;
  /** The session whose media the connection is to carry once the answer has been sent; null for connections that carry calls. */
  attached: { readonly sessionId: string; readonly channel: string } | null;
};

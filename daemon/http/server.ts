/** The HTTP server: the page for people, and the session description of each channel under `/CHANNEL.sdp`. It tells how to watch, and nothing else. */

import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { plainAddress } from "../../control/plain-address.ts";
import { authorityOf } from "./authority.ts";
import type { Listen } from "./bounded-server.ts";
import { pathOf, send, startBoundedServer } from "./bounded-server.ts";
import { sendReference } from "./reference.ts";
import { CONTENT_SECURITY_POLICY } from "./page.ts";

export type HttpSite = {
  readonly channelNames: () => readonly string[];
  /** `host`: the address that the client has reached us by. Null: the channel has none. */
  readonly sdp: (channel: string, host: string) => string | null;
  /** Whether its session description would be of no use: the key is not in it. */
  readonly isEncrypted: (channel: string) => boolean;
  /** `authority`: HOST:PORT that the client has reached us by. */
  readonly page: (host: string, authority: string) => Promise<string>;
  /** The WAV file that the channel plays, if it is to be served. */
  readonly reference: (channel: string) => string | null;
};

/** A LAN's worth of players that ask at the same moment; each asks once. */
const MOST_CONNECTIONS = 256;
const REFERENCE_PATH = /^\/([a-z0-9-]{1,32})\.wav$/;
const SDP_PATH = /^\/([a-z0-9-]{1,32})\.sdp$/;

/** Rejects with the system's error when the address cannot be bound. */
export function startHttpServer(listen: Listen, site: HttpSite): Promise<Server> {
  return startBoundedServer(listen, MOST_CONNECTIONS, (request, response) => answer(request, response, site));
}

function answer(request: IncomingMessage, response: ServerResponse, site: HttpSite): void {
  const path = pathOf(request);
  const name = SDP_PATH.exec(path)?.[1];
  if (name !== undefined && site.channelNames().includes(name)) {
    if (site.isEncrypted(name)) {
      const line = `${name} is encrypted, for who has a pass: streamctl watch ${name} --pass PASS, and streamctl sdp ${name} --pass PASS for a player\n`;
      return send(response, 403, "text/plain; charset=utf-8", line);
    }
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
  if (reference !== undefined && site.channelNames().includes(reference)) {
    const file = site.reference(reference);
    if (file !== null) return void sendReference(response, file);
    return send(
      response,
      404,
      "text/plain; charset=utf-8",
      `the sound of ${reference} is not served: that takes audio.reference: true, and a channel that plays one WAV file\n`,
    );
  }
  if (path === "/") return void answerPage(request, response, site);
  const list = ["/", ...site.channelNames().map((channel) => `/${channel}.sdp`)];
  send(response, 404, "text/plain; charset=utf-8", `not here; there is\n${list.join("\n")}\n`);
}

async function answerPage(request: IncomingMessage, response: ServerResponse, site: HttpSite): Promise<void> {
  const address = localAddress(request);
  const page = await site.page(address, authorityOf(address, request.socket.localPort ?? 80));
  response.setHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY);
  response.setHeader("Referrer-Policy", "no-referrer");
  send(response, 200, "text/html; charset=utf-8", page);
}

/** The address that the client took is one that it can reach: the best origin to name to it. */
function localAddress(request: IncomingMessage): string {
  return plainAddress(request.socket.localAddress ?? "127.0.0.1");
}

/** Listens for session announcements on every interface of this host, and tells what is found, changes and goes. */

import { DgramAsPromised } from "dgram-as-promised";
import { RefusedError } from "../../control/client-error.ts";
import { messageOf } from "../../control/system-error.ts";
import { SAP_GLOBAL_ADDRESS, SAP_LOCAL_ADDRESS, SAP_PORT } from "../../wire/sap.ts";
import { ownAddresses } from "../own-addresses.ts";
import { Memberships } from "./memberships.ts";
import { SessionTable } from "./session-table.ts";
import type { SessionNews } from "./session-table.ts";

/** Announcements that are looked at in a second; a flood beyond that is thrown away unread. */
const MOST_PACKETS_PER_SECOND = 2000;
const TICK_MS = 1000;

/** Until the signal. Rejects with a RefusedError when the port cannot be listened on. */
export async function listenForSessions(onNews: (news: SessionNews) => void, signal: AbortSignal): Promise<void> {
  const table = new SessionTable();
  const socket = DgramAsPromised.createSocket({ type: "udp4", reuseAddr: true });
  let room = MOST_PACKETS_PER_SECOND;
  socket.socket.on("message", (packet, { address }) => {
    if (room-- <= 0) return;
    const news = table.hear(packet, address, performance.now());
    if (news !== null) onNews(news);
  });
  await socket.bind({ port: SAP_PORT, address: "0.0.0.0" }).catch(async (error: unknown) => {
    await socket.close();
    throw cannotListen(error);
  });
  // An error later on ends nothing: the next interface, or the next announcement, may do.
  socket.socket.on("error", () => {});
  const memberships = new Memberships(socket.socket, [SAP_LOCAL_ADDRESS, SAP_GLOBAL_ADDRESS]);
  const tick = (): void => {
    room = MOST_PACKETS_PER_SECOND;
    memberships.update(ownAddresses().map(({ address }) => address));
    table.expire(performance.now()).forEach(onNews);
  };
  tick();
  const timer = setInterval(tick, TICK_MS);
  await new Promise<void>((resolve) => (signal.aborted ? resolve() : signal.addEventListener("abort", () => resolve(), { once: true })));
  clearInterval(timer);
  await socket.close();
}

function cannotListen(error: unknown): RefusedError {
  return new RefusedError(
    0,
    `cannot listen for announcements on UDP port ${SAP_PORT}: ${messageOf(error)}; end what holds it, or name the daemon's host with --host`,
    null,
  );
}

/**
 * Whether addresses can be listened on, found out by listening for a moment: what listens for good takes longer to load. On every address of the host at
 * once, since to name one would load Node's resolver and its pattern for IPv6 addresses, 9 ms that the first packet waits for.
 */

import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import type { Config } from "../config/schema.ts";
import type { Listen } from "./http/bounded-server.ts";

/** Where the daemon is going to listen, but for what the service manager listens on already (`inherited`: its sockets). */
export function listenAddresses({ control, http }: Config, inherited: readonly number[]): readonly Listen[] {
  const { listen, operatorListen } = http;
  return [...(inherited.length > 0 ? [] : [control.listen]), listen, ...(operatorListen === null ? [] : [operatorListen])];
}

/**
 * False also for what is no interface's address (a name, too), and for a port that somebody has on another address: whoever listens there for good finds
 * out, and the first packet waits for it.
 */
export function areFree(addresses: readonly Listen[]): boolean {
  return addresses.every(({ host, port }) => isOwn(host) && isFree(port));
}

function isOwn(host: string): boolean {
  if (host === "0.0.0.0" || host === "::" || host.startsWith("127.")) return true;
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === host));
}

function isFree(port: number): boolean {
  const server = createServer();
  server.on("error", () => {});
  server.listen({ port });
  const isListening = server.address() !== null;
  server.close();
  return isListening;
}

/** The names and addresses by which a browser can rightly reach this host. */

import { hostname, networkInterfaces } from "node:os";
import { isIPv6 } from "node:net";

/** Addresses that stand for all of a host's. */
const EVERY_ADDRESS: ReadonlySet<string> = new Set(["0.0.0.0", "::", ""]);
const LOCAL_NAMES = ["localhost", "127.0.0.1", "[::1]"] as const;

/** Only this host reaches it. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** How a URL names it: an address in the place of "all", and IPv6 in brackets. */
export function urlHost(host: string): string {
  return bracketed(EVERY_ADDRESS.has(host) ? (firstLanAddress() ?? "127.0.0.1") : host);
}

/**
 * Whether `name`, from a Host header without its port, is this host by the address that the connection has really reached. A name that
 * somebody else's DNS points at us is not (DNS rebinding).
 */
export function isOwnName(name: string, listenHost: string, reachedAddress: string): boolean {
  const wanted = name.toLowerCase();
  const reached = reachedAddress.replace(/^::ffff:/, "");
  if (wanted === bracketed(reached) || wanted === bracketed(listenHost.toLowerCase())) return true;
  if (isLoopback(reached) && LOCAL_NAMES.some((local) => local === wanted)) return true;
  // Anybody on the LAN may answer for a .local name: where no link is asked for, it is not enough.
  if (isLoopback(listenHost)) return false;
  const own = hostname().toLowerCase();
  return wanted === own || wanted === `${own}.local`;
}

function bracketed(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}

function firstLanAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address;
}

import { isIPv6 } from "node:net";

/** HOST:PORT as URLs take it: an IPv6 address stands in brackets (RFC 3986, 3.2.2). */
export function authorityOf(host: string, port: number): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

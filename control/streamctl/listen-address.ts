// Where a page is to be served: what --listen says.
import { UsageError } from "../usage-error.ts";

const LOOPBACK = "127.0.0.1";

export type ListenAddress = { readonly host: string; /** 0: any. */ readonly port: number };

/** `ADDRESS`, `ADDRESS:PORT`, `[IPV6]:PORT`, or `PORT` on this host alone. */
export function parseListen(text: string): ListenAddress {
  const match = /^(?:(?<lonely>\d{1,5})|(?:(?<host>[^:]+|\[[^\]]+\])(?::(?<port>\d{1,5}))?))$/.exec(text);
  const { lonely, host = LOOPBACK, port = lonely ?? "0" } = match?.groups ?? {};
  if (match === null || Number(port) > 65535 || /^\d+$/.test(host))
    throw new UsageError(`--listen ${text} is no ADDRESS, ADDRESS:PORT or PORT; write 127.0.0.1:8090 or 0.0.0.0:8090 for instance`);
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}

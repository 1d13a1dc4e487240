/** Types of keys that hold network addresses: a multicast group, an address to listen on, interfaces. Nothing is looked up. */
import type { Parsed, ValueType, Written } from "../key.ts";
import { showValue } from "../show.ts";
import { refuse } from "./plain.ts";

/** The four bytes of a dotted address (no leading zeros), or null. */
export function parseIpv4(text: string): readonly [number, number, number, number] | null {
  const match = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/.exec(text);
  if (match === null) return null;
  const [a, b, c, d] = [Number(match[1]), Number(match[2]), Number(match[3]), Number(match[4])];
  return Math.max(a, b, c, d) <= 255 ? [a, b, c, d] : null;
}

/** An IPv4 multicast group that may carry media; null lets the channel derive one. */
export function multicastGroup(): ValueType<string | null> {
  const expects = "a multicast address (224.0.0.0/4), or null for a derived one";
  const remedy = "use one in 239.255.0.0/16";
  const parse = (written: Written): Parsed<string | null> => {
    if (written === null) return { ok: true, value: null };
    const bytes = typeof written === "string" ? parseIpv4(written) : null;
    if (typeof written !== "string" || bytes === null || bytes[0] < 224 || bytes[0] > 239)
      return {
        ok: false,
        reason: `${showValue(written)} is no multicast address (224.0.0.0/4); ${remedy}`,
      };
    const [a, b, c] = bytes;
    if (a === 224 && b === 0 && c === 0)
      return {
        ok: false,
        reason: `${written} is reserved for routing protocols (224.0.0.0/24); ${remedy}`,
      };
    if (a === 239 && b === 255 && c === 255)
      return {
        ok: false,
        reason: `${written} is reserved for announcements (239.255.255.0/24); ${remedy}, below 239.255.255.0`,
      };
    return { ok: true, value: written };
  };
  return { expects, parse };
}

export type ListenAddress = { readonly host: string; readonly port: number };

/** `HOST:PORT`: an IPv4 address, an IPv6 address in brackets, or a host's name; port 1 to 65535. `example`: for who writes something else. */
export function listenAddress(example: string): ValueType<ListenAddress> {
  const expects = "HOST:PORT with a port from 1 to 65535";
  const parse = (written: Written): Parsed<ListenAddress> => {
    const match = typeof written === "string" ? /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(written) : null;
    if (match === null) return refused(written, expects, example);
    const [, ipv6, name, digits] = match;
    const port = Number(digits);
    const host = ipv6 ?? name ?? "";
    if (port < 1 || port > 65_535) return refused(written, expects, example);
    const good = ipv6 === undefined ? isHost(host) : URL.canParse(`http://[${ipv6}]/`);
    return good
      ? { ok: true, value: { host, port } }
      : {
          ok: false,
          reason: `${showValue(host)} is no address to listen on; give ${expects}, for example 0.0.0.0:${port}`,
        };
  };
  return { expects, parse };
}

/** The same, or null (also written `off`) for none. */
export function optionalListenAddress(example: string): ValueType<ListenAddress | null> {
  const { parse } = listenAddress(example);
  return {
    expects: "HOST:PORT with a port from 1 to 65535, or off",
    // YAML 1.2 has no word for false but false; other YAML writers take `off` for one.
    parse: (written, resolvePath) =>
      written === null || written === "off" || written === false ? { ok: true, value: null } : parse(written, resolvePath),
  };
}

function refused(written: Written, expects: string, example: string): Parsed<never> {
  return {
    ok: false,
    reason: `${written === null ? "no value" : `${showValue(written)} is not ${expects}`}; for example ${example}`,
  };
}

/** An address, or a host's name (RFC 1123); a name whose last label is a number is a mistyped address. */
function isHost(text: string): boolean {
  if (parseIpv4(text) !== null) return true;
  const labels = text.split(".");
  return (
    text.length <= 253 && labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(label)) && !/^\d+$/.test(labels.at(-1) ?? "")
  );
}

export type Interfaces = { readonly kind: "auto" } | { readonly kind: "listed"; readonly namesOrAddresses: readonly string[] };

/** One socket each; more interfaces than this in one machine is a mistake. */
const MAX_INTERFACES = 16;

/** `auto` alone, or names and IPv4 addresses of interfaces; one alone needs no list. Whether they exist shows at run time. */
export function interfaces(): ValueType<Interfaces> {
  const expects = `a list of interface names or their IPv4 addresses (up to ${MAX_INTERFACES}), or auto`;
  const parse = (written: Written): Parsed<Interfaces> => {
    const items = written !== null && typeof written === "object" ? written : [written];
    if (written === null || items.length === 0 || items.length > MAX_INTERFACES)
      return refuse(items.length > MAX_INTERFACES ? `${items.length} interfaces` : null, expects);
    const names: string[] = [];
    for (const item of items) {
      if (typeof item !== "string" || !isInterface(item))
        return {
          ok: false,
          reason: `${showValue(item)} is no interface name or IPv4 address of an interface`,
        };
      if (names.includes(item)) return { ok: false, reason: `${showValue(item)} is listed twice; keep one` };
      names.push(item);
    }
    if (!names.includes("auto")) return { ok: true, value: { kind: "listed", namesOrAddresses: names } };
    return names.length === 1
      ? { ok: true, value: { kind: "auto" } }
      : { ok: false, reason: "auto stands alone; remove it or the other interfaces" };
  };
  return { expects, parse };
}

/** Linux: 1 to 15 bytes without a slash, a colon or white space. What looks like an address must be one of a host. */
function isInterface(text: string): boolean {
  if (/^[\d.]+$/.test(text)) {
    const bytes = parseIpv4(text);
    return bytes !== null && bytes[0] >= 1 && bytes[0] < 224;
  }
  return /^[!-~]{1,15}$/.test(text) && !/[/:,"']/.test(text);
}

// PURE. A comparison of nftables, as its JSON has it → whether it holds for a packet.

import * as v from "valibot";
import { not, yesIf, type Condition, type Match, type Packet } from "./ruleset.ts";
import { isInPrefix, isInRange, isInterface } from "./values.ts";

const payload = v.object({ payload: v.object({ protocol: v.string(), field: v.string() }) });
const meta = v.object({ meta: v.object({ key: v.string() }) });
const tracked = v.object({ ct: v.object({ key: v.literal("state") }) });
const prefix = v.object({ prefix: v.object({ addr: v.string(), len: v.number() }) });
const range = v.object({ range: v.tuple([v.union([v.string(), v.number()]), v.union([v.string(), v.number()])]) });
const set = v.object({ set: v.array(v.unknown()) });

/** How a value that a rule names compares with the packet's. */
type Compare = (value: unknown) => Match;

/** As `nft list ruleset` writes it. */
export function nftValueText(value: unknown): string {
  if (v.is(prefix, value)) return `${value.prefix.addr}/${value.prefix.len}`;
  if (v.is(range, value)) return value.range.join("-");
  if (v.is(set, value)) return `{ ${value.set.map(nftValueText).join(", ")} }`;
  if (Array.isArray(value)) return value.map(nftValueText).join(",");
  return typeof value === "string" ? value : JSON.stringify(value);
}

const PROTOCOL_NUMBERS = { igmp: 2, udp: 17, tcp: 6 } as const;

export function nftCondition(op: string, left: unknown, right: unknown): Condition {
  if (op !== "==" && op !== "in" && op !== "!=") return () => "unknown";
  return (packet) => {
    const compare = comparison(left, packet);
    if (typeof compare === "string") return compare;
    const match = anyOf(right, compare);
    return op === "!=" ? not(match) : match;
  };
}

/** A match that no value changes (a field that the packet does not have), or how to compare. */
function comparison(left: unknown, packet: Packet): Compare | Match {
  if (v.is(tracked, left)) return (value) => yesIf(value === "new");
  if (v.is(meta, left)) return compareMeta(left.meta.key, packet);
  if (!v.is(payload, left)) return "unknown";
  const { protocol, field } = left.payload;
  if (protocol === "ip") {
    if (field === "protocol") return (value) => isProtocol(value, packet);
    return field === "daddr" ? (value) => compareAddress(value, packet.destination) : "unknown";
  }
  if (protocol === "th" || protocol === "udp" || protocol === "tcp") {
    if (packet.port === null || (protocol !== "th" && protocol !== packet.protocol)) return "no";
    const { port } = packet;
    return field === "dport" ? (value) => comparePort(value, port) : "unknown";
  }
  return protocol === packet.protocol ? "unknown" : "no";
}

function compareMeta(key: string, packet: Packet): Compare | Match {
  const isIn = packet.hook === "input";
  switch (key) {
    case "l4proto":
      return (value) => isProtocol(value, packet);
    case "iifname":
    case "iif":
      return isIn ? (value) => isInterfaceValue(value, packet.interface) : "no";
    case "oifname":
    case "oif":
      return isIn ? "no" : (value) => isInterfaceValue(value, packet.interface);
    case "pkttype":
      return (value) => yesIf(value === (isInPrefix(packet.destination, "224.0.0.0/4") ? "multicast" : "host"));
    case "nfproto":
      return (value) => yesIf(value === "ipv4");
    case "protocol":
      return (value) => yesIf(value === "ip");
    default:
      return "unknown";
  }
}

function isInterfaceValue(value: unknown, name: string): Match {
  return typeof value === "string" ? yesIf(isInterface(name, value)) : "unknown";
}

/** A list, a set, or one value; a set that is only named is not known. */
function anyOf(right: unknown, compare: Compare): Match {
  if (typeof right === "string" && right.startsWith("@")) return "unknown";
  const values = Array.isArray(right) ? right : v.is(set, right) ? right.set : [right];
  const matches = values.map(compare);
  if (matches.includes("yes")) return "yes";
  return matches.includes("unknown") ? "unknown" : "no";
}

function isProtocol(value: unknown, { protocol }: Packet): Match {
  return yesIf(value === protocol || value === PROTOCOL_NUMBERS[protocol]);
}

function compareAddress(value: unknown, address: string): Match {
  if (typeof value === "string") return yesIf(value === address);
  if (v.is(prefix, value)) return yesIf(isInPrefix(address, `${value.prefix.addr}/${value.prefix.len}`));
  if (!v.is(range, value)) return "unknown";
  const [from, to] = value.range;
  return yesIf(isInRange(address, String(from), String(to)));
}

function comparePort(value: unknown, port: number): Match {
  if (typeof value === "number") return yesIf(value === port);
  if (!v.is(range, value)) return "unknown";
  const [from, to] = value.range;
  return yesIf(port >= Number(from) && port <= Number(to));
}

/** Compound packets (RFC 3550, section 6.1): what an RTCP datagram holds. It begins with a report, and its parts fill it exactly (A.2). */

import { accepted, refused } from "../parsed.ts";
import type { Parsed } from "../parsed.ts";
import { buildGoodbye, parseGoodbye } from "./goodbye.ts";
import type { Goodbye } from "./goodbye.ts";
import { GOODBYE, RECEIVER_REPORT, SENDER_REPORT, SOURCE_DESCRIPTION, parseSection } from "./header.ts";
import type { RtcpSection } from "./header.ts";
import { buildReceiverReport, parseReceiverReport } from "./receiver-report.ts";
import type { ReceiverReport } from "./receiver-report.ts";
import { buildSenderReport, parseSenderReport } from "./sender-report.ts";
import type { SenderReport } from "./sender-report.ts";
import { buildSourceDescription, parseSourceDescription } from "./source-description.ts";
import type { SourceDescription } from "./source-description.ts";

/** A host sends two or three; a mixer of a few hundred sources some more. Beyond this it is nonsense or an attack. */
const MAX_PACKETS = 32;

export type OwnRtcpPacket = SenderReport | ReceiverReport | SourceDescription | Goodbye;
/** "other": application-defined, feedback, extended reports. Only their presence is known. */
export type RtcpPacket = OwnRtcpPacket | { readonly kind: "other"; readonly packetType: number };

/** One datagram. The first packet is to be a report, and a description with the CNAME is to follow. */
export function buildCompound(packets: readonly OwnRtcpPacket[]): Uint8Array {
  const built = packets.map(buildPacket);
  const datagram = new Uint8Array(built.reduce((sum, packet) => sum + packet.length, 0));
  let at = 0;
  for (const packet of built) {
    datagram.set(packet, at);
    at += packet.length;
  }
  return datagram;
}

export function parseCompound(datagram: Uint8Array): Parsed<readonly RtcpPacket[]> {
  const packets: RtcpPacket[] = [];
  let at = 0;
  while (at < datagram.length) {
    if (packets.length === MAX_PACKETS) return refused("RTCP: too many packets in a compound");
    const section = parseSection(datagram.subarray(at));
    if (!section.ok) return section;
    const { packetType, hasPadding, bytes } = section.value;
    if (at === 0 && packetType !== SENDER_REPORT && packetType !== RECEIVER_REPORT) return refused("RTCP: does not begin with a report");
    if (hasPadding && at + bytes !== datagram.length) return refused("RTCP: padding before the last packet");
    const packet = parsePacket(section.value);
    if (!packet.ok) return packet;
    packets.push(packet.value);
    at += bytes;
  }
  return packets.length === 0 ? refused("RTCP: empty") : accepted(packets);
}

function buildPacket(packet: OwnRtcpPacket): Uint8Array {
  if (packet.kind === "sender-report") return buildSenderReport(packet);
  if (packet.kind === "receiver-report") return buildReceiverReport(packet);
  if (packet.kind === "source-description") return buildSourceDescription(packet);
  return buildGoodbye(packet);
}

function parsePacket(section: RtcpSection): Parsed<RtcpPacket> {
  switch (section.packetType) {
    case SENDER_REPORT:
      return parseSenderReport(section);
    case RECEIVER_REPORT:
      return parseReceiverReport(section);
    case SOURCE_DESCRIPTION:
      return parseSourceDescription(section);
    case GOODBYE:
      return parseGoodbye(section);
    default:
      return accepted({ kind: "other", packetType: section.packetType });
  }
}

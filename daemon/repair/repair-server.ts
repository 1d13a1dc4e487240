/**
 * Packets that a receiver has lost, sent again to it alone: it asks by generic NACKs (RFC 4585, section 6.2.1), under the SSRC that joining gave it and from the
 * address that it joined from. So nobody can have packets sent to somebody else.
 */

import type { Socket } from "dgram-as-promised";
import { plainAddress } from "../../control/plain-address.ts";
import type { Member } from "../../control/server/sessions.ts";
import { parseGenericNack } from "../../wire/rtcp/index.ts";
import { monotonicMs } from "../clock.ts";
import type { KeptPackets } from "./kept-packets.ts";
import { RepairBudget } from "./repair-budget.ts";

/** A request's packets beyond these are left for the next one. */
const MOST_PACKETS_OF_REQUEST = 256;
/** With more than this in libuv's queue nothing is sent again to anybody. */
const MOST_QUEUED_BYTES = 1 << 20;

export type RepairOptions = {
  /** On the port of the control channel; belongs to the caller. */
  readonly socket: Socket;
  readonly maxKbps: number;
  readonly kept: Pick<KeptPackets, "packetBytesOf" | "find" | "noteRetransmitted">;
  readonly memberOf: (repairSsrc: number) => Member | null;
};

export function startRepairServer({ socket, maxKbps, kept, memberOf }: RepairOptions): void {
  const budget = new RepairBudget(maxKbps, monotonicMs());

  socket.on("message", (datagram, { address, port }) => {
    const nack = parseGenericNack(datagram, MOST_PACKETS_OF_REQUEST);
    if (!nack.ok) return;
    const { ssrc, mediaSsrc, sequences } = nack.value;
    const member = memberOf(ssrc);
    // To port 0, which only a forged packet comes from, nothing can be sent: Node throws at it.
    if (member === null || port === 0 || !isFrom(member, plainAddress(address))) return;
    const { channel } = member;
    const packetBytes = kept.packetBytesOf(channel);
    if (packetBytes === null || socket.getSendQueueSize() > MOST_QUEUED_BYTES) return;
    const granted = sequences.slice(0, budget.take(member.address, sequences.length, packetBytes, monotonicMs()));
    const packets = granted.flatMap((sequence) => kept.find(channel, mediaSsrc, sequence) ?? []);
    for (const packet of packets) socket.send(packet, port, address, () => {});
    kept.noteRetransmitted(channel, packets.length);
  });
}

/** Who joined by the Unix socket is on this host. */
function isFrom(member: Member, address: string): boolean {
  return member.address === "unix" ? address.startsWith("127.") || address === "::1" : member.address === address;
}

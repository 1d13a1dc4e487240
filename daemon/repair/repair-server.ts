/**
 * Packets that a receiver has lost, sent again to it alone: it asks by generic NACKs (RFC 4585, section 6.2.1), under the SSRC that joining gave it and from the
 * address that it joined from. So nobody can have packets sent to somebody else.
 */

import type { Socket } from "dgram-as-promised";
import type { Member } from "../../control/server/sessions.ts";
import { FramedReader } from "../../wire/framed.ts";
import { parseGenericNack } from "../../wire/rtcp/index.ts";
import { monotonicMs } from "../clock.ts";
import type { UdpAddress } from "../send/sender-messages.ts";
import type { SenderThread } from "../send/sender-thread.ts";
import { RepairBudget } from "./repair-budget.ts";

/** A request's packets beyond these are left for the next one. */
const MOST_PACKETS_OF_REQUEST = 256;
/** With more than this in libuv's queue nothing is sent again to anybody. */
const MOST_QUEUED_BYTES = 1 << 20;

export type RepairServer = {
  /** What the sender thread still had, each packet with its length before it. */
  readonly send: (framed: Uint8Array, to: UdpAddress) => void;
};

export type RepairOptions = {
  /** On the port of the control channel; belongs to the caller. */
  readonly socket: Socket;
  readonly maxKbps: number;
  /** By name: the largest packet of each channel. */
  readonly packetBytesOf: ReadonlyMap<string, number>;
  readonly memberOf: (repairSsrc: number) => Member | null;
  readonly sender: Pick<SenderThread, "post">;
};

export function startRepairServer({ socket, maxKbps, packetBytesOf, memberOf, sender }: RepairOptions): RepairServer {
  const budget = new RepairBudget(maxKbps, monotonicMs());

  socket.on("message", (datagram, { address, port }) => {
    const nack = parseGenericNack(datagram);
    if (!nack.ok) return;
    const { ssrc, mediaSsrc } = nack.value;
    const member = memberOf(ssrc);
    const packetBytes = member === null ? undefined : packetBytesOf.get(member.channel);
    if (member === null || packetBytes === undefined || port === 0 || !isFrom(member, plainAddress(address))) return;
    const wanted = nack.value.sequences.slice(0, MOST_PACKETS_OF_REQUEST);
    const sequences = wanted.slice(0, budget.take(ssrc, wanted.length, packetBytes, monotonicMs()));
    if (sequences.length > 0)
      sender.post({ kind: "retransmit", channel: member.channel, ssrc: mediaSsrc, sequences, to: { address, port } });
  });

  return {
    send: (framed, { address, port }) => {
      if (socket.getSendQueueSize() > MOST_QUEUED_BYTES) return;
      for (const packet of new FramedReader().push(framed)) socket.send(packet, port, address, () => {});
    },
  };
}

/** Who joined by the Unix socket is on this host. */
function isFrom(member: Member, address: string): boolean {
  return member.address === "unix" ? address.startsWith("127.") || address === "::1" : member.address === address;
}

/** An IPv4 address that came by an IPv6 socket. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:/, "");
}

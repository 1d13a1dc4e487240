/** A socket of Node's: one call and one callback a packet. For systems that `system-socket.ts` does not know, and for who asks for it. */

import { DgramAsPromised } from "dgram-as-promised";
import { amountOf, MOST_QUEUED_BYTES, NO_PACKETS } from "./packet-socket.ts";
import type { Amount, Packet, PacketSocket, PacketSocketOptions } from "./packet-socket.ts";

/**
 * The outcome of this many packets in a row to one port is not asked for: each costs a callback, and what refuses one refuses the next. A firewall may refuse one
 * port alone, and Node tells nothing of a packet whose outcome was not asked for.
 */
const MOST_UNASKED = 7;

type Port = {
  /** Packets since one whose outcome was asked for. */
  unasked: number;
  /** The last one whose outcome was asked for was refused: so is each one's until one is taken. */
  isRefused: boolean;
  readonly onSent: (error: Error | null, packet: Packet) => void;
};

export async function openNodeSocket({ group, ttl, loopback, address, onOutcome }: PacketSocketOptions): Promise<PacketSocket> {
  let isProven = false;
  // A group is a number already: a look-up of it would only cost a turn of the loop for every packet.
  const promised = DgramAsPromised.createSocket({ type: "udp4", lookup: (name, _options, done) => done(null, name, 4) });
  const refuse = (error: Error, amount: Amount): void => {
    isProven = false;
    onOutcome({ kind: "refused", ...amount, error });
  };
  promised.socket.on("error", (error) => refuse(error, NO_PACKETS));
  const { socket } = promised;
  try {
    await promised.bind({ port: 0, address: "0.0.0.0" });
    promised.setMulticastInterface(address);
    promised.setMulticastTTL(ttl);
    promised.setMulticastLoopback(loopback);
  } catch (error) {
    socket.close();
    throw error;
  }
  const ports = new Map<number, Port>();
  const portOf = (number: number): Port => {
    const known = ports.get(number);
    if (known !== undefined) return known;
    const port: Port = {
      unasked: 0,
      isRefused: false,
      onSent: (error, packet) => {
        port.isRefused = error !== null;
        if (error !== null) refuse(error, amountOf([packet]));
        else if (!isProven) {
          isProven = true;
          onOutcome({ kind: "sent" });
        }
      },
    };
    ports.set(number, port);
    return port;
  };
  const sendOne = (packet: Packet): void => {
    const { bytes, port: number } = packet;
    const port = portOf(number);
    // libuv's queue has no bound of its own.
    if (socket.getSendQueueSize() > MOST_QUEUED_BYTES) onOutcome({ kind: "dropped", ...amountOf([packet]) });
    else if (isProven && !port.isRefused && port.unasked < MOST_UNASKED) {
      port.unasked++;
      socket.send(bytes, number, group);
    } else {
      port.unasked = 0;
      socket.send(bytes, number, group, (error) => port.onSent(error, packet));
    }
  };
  const cannotSchedule = (): never => {
    throw new Error("Node's sockets cannot be told ahead");
  };
  return {
    send: (packets) => {
      const [first] = packets;
      packets.forEach(sendOne);
      return first === undefined || !portOf(first.port).isRefused;
    },
    maySchedule: false,
    schedule: cannotSchedule,
    isUnderWay: false,
    close: () => socket.close(),
  };
}

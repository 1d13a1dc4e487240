/** Asks the daemon for packets that did not come from the group: generic NACKs (RFC 4585, section 6.2.1) to its UDP port, which answers with the packets, as they were. */

import { isIPv6 } from "node:net";
import { DgramAsPromised } from "dgram-as-promised";
import { buildGenericNack } from "../../wire/rtcp/index.ts";
import type { MissingOfSource } from "../receiver.ts";
import type { OnPacket } from "./transport.ts";

/** Of `session.join`; `address`: of the daemon, `ownAddress`: by which this host reaches it. */
export type RepairOffer = { readonly address: string; readonly ownAddress: string; readonly port: number; readonly ssrc: number };

export type Repair = {
  readonly ask: (missing: MissingOfSource) => void;
  readonly close: () => Promise<void>;
};

const MOST_PORT = 65_535;

/** Null where no socket can be had for it: then what is lost stays lost. */
export async function openRepair({ address, ownAddress, port, ssrc }: RepairOffer, onPacket: OnPacket): Promise<Repair | null> {
  // As the daemon says it.
  if (port < 1 || port > MOST_PORT) return null;
  const promised = DgramAsPromised.createSocket(isIPv6(address) ? "udp6" : "udp4");
  const { socket } = promised;
  // Nobody may listen there, or a firewall be in between: what does not come is asked for again.
  socket.on("error", () => undefined);
  try {
    // The daemon knows who asks by the address that joined.
    await promised.bind({ address: ownAddress, port: 0 });
  } catch {
    socket.close();
    return null;
  }
  // Not connected: a host with several addresses may answer from another one. Who answers unasked is not listened to anyway.
  socket.on("message", (packet, from) => {
    if (from.port === port) onPacket("answer", packet);
  });
  return {
    ask: ({ ssrc: mediaSsrc, sequences }) => socket.send(buildGenericNack({ ssrc, mediaSsrc, sequences }), port, address, () => undefined),
    close: async () => {
      await promised.close();
    },
  };
}

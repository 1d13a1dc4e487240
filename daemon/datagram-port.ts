/** The UDP port beside the control channel's TCP port: hellos of the classic way, and requests for lost packets. Open where the configuration has a use for it. */

import { isIPv6 } from "node:net";
import { DgramAsPromised } from "dgram-as-promised";
import type { Config } from "../config/schema.ts";
import type { Member } from "../control/server/sessions.ts";
import { messageOf } from "../control/system-error.ts";
import { bindOrClose } from "./bind-or-close.ts";
import { startHelloServer } from "./hello/hello-server.ts";
import type { Log } from "./log/log.ts";
import type { KeptPackets } from "./repair/kept-packets.ts";
import { startRepairServer } from "./repair/repair-server.ts";
import type { SenderThread } from "./send/sender-thread.ts";

export type DatagramPort = {
  /** For those who said hello: what a channel has sent, each datagram with its length before it. */
  readonly sendMedia: (channel: string, framed: Uint8Array) => void;
  /** Where who joined from an address (`unix`: by the Unix socket) asks for lost packets; null: they are not sent again to it. */
  readonly repairPortOf: (address: string) => number | null;
  readonly close: () => Promise<void>;
};

export type DatagramPortOptions = {
  readonly config: Config;
  /** Where the control channel listens by TCP, whatever the configuration says: the service manager's sockets count before it. */
  readonly host: string;
  readonly port: number;
  /** Who asks for lost packets under an SSRC. */
  readonly memberOf: (repairSsrc: number) => Member | null;
  readonly kept: KeptPackets;
  readonly sender: Pick<SenderThread, "post">;
  readonly log: Log;
};

/** Who joined by the Unix socket asks at 127.0.0.1. */
const HEARING_LOOPBACK: ReadonlySet<string> = new Set(["0.0.0.0", "::", "127.0.0.1"]);

/** Rejects with the system's error if the port cannot be had and a channel answers hellos; lost packets alone are only warned about. */
export async function openDatagramPort(options: DatagramPortOptions): Promise<DatagramPort> {
  const { config, host, port, memberOf, kept, sender, log } = options;
  const greeting = config.channels.filter(({ profile, datagram }) => profile === "datagram" && datagram.hello);
  const closed: DatagramPort = { sendMedia: () => {}, repairPortOf: () => null, close: () => Promise.resolve() };
  if (greeting.length === 0 && !kept.isWanted) return closed;
  const promised = DgramAsPromised.createSocket(isIPv6(host) ? "udp6" : "udp4");
  try {
    await bindOrClose(promised, { address: host, port });
  } catch (error) {
    if (greeting.length > 0) throw error;
    log.warn(`lost packets are not sent again: ${portProblem(port, error)}`);
    return closed;
  }
  const { socket } = promised;
  // What one client's network refuses is no matter of the others.
  socket.on("error", () => {});
  const hello = greeting.length === 0 ? null : startHelloServer({ socket, channels: greeting, sender, log });
  if (kept.isWanted) startRepairServer({ socket, maxKbps: config.send.maxRepairKbps, kept, memberOf });
  return {
    sendMedia: (channel, framed) => hello?.send(channel, framed),
    repairPortOf: (address) => (kept.isWanted && (address !== "unix" || HEARING_LOOPBACK.has(host)) ? port : null),
    close: async () => {
      await promised.close();
    },
  };
}

/** One line for a person: why the port of the hello cannot be had. */
export function helloProblem(port: number, error: unknown): string {
  return `datagram.hello: ${portProblem(port, error)}`;
}

function portProblem(port: number, error: unknown): string {
  return `UDP port ${port} cannot be listened on (${messageOf(error)}); set control.listen to another one`;
}

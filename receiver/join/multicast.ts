/** A channel's packets from its multicast group: one socket for each port, a member on each of the interfaces given. */

import { DgramAsPromised } from "dgram-as-promised";
import type { SocketAsPromised } from "dgram-as-promised";
import { systemCode } from "../../control/system-error.ts";
import type { StreamOf } from "../receiver.ts";
import type { OnPacket, Transport } from "./transport.ts";

/** A picture's burst and what comes while this process is not run; the kernel gives as much as net.core.rmem_max allows. */
const RECEIVE_BUFFER_BYTES = 4 << 20;

export type GroupPorts = { readonly group: string; readonly video: number | null; readonly audio: number | null };

/** Throws the system's error if the ports cannot be bound or no interface takes the membership. `addresses`: of this host's interfaces. */
export async function openMulticast(
  { group, video, audio }: GroupPorts,
  addresses: readonly string[],
  onPacket: OnPacket,
): Promise<Transport> {
  if (addresses.length === 0) throw new Error("the interface is away, or has no IPv4 address");
  const wanted: readonly (readonly [StreamOf, number])[] = [
    ...(video === null
      ? []
      : ([
          ["video", video],
          ["videoControl", video + 1],
        ] as const)),
    ...(audio === null
      ? []
      : ([
          ["audio", audio],
          ["audioControl", audio + 1],
        ] as const)),
  ];
  const ended = Promise.withResolvers<string>();
  const sockets: SocketAsPromised[] = [];
  const close = async (): Promise<void> => {
    await Promise.allSettled(sockets.map((socket) => socket.close()));
  };
  const onEach = (act: (socket: SocketAsPromised["socket"], address: string) => void): void => {
    for (const { socket } of sockets) for (const address of addresses) attempt(() => act(socket, address));
  };
  // All leave before the first joins again: the kernel reports to the network when its first socket joins, and at no other time.
  const renew = (): void => {
    onEach((socket, address) => socket.dropMembership(group, address));
    onEach((socket, address) => socket.addMembership(group, address));
  };
  try {
    for (const [from, port] of wanted) {
      const socket = DgramAsPromised.createSocket({ type: "udp4", reuseAddr: true });
      sockets.push(socket);
      // Bound to the group, since a socket that is bound to a port only gets every group that any program on this host has joined.
      await socket.bind({ address: group, port });
      attempt(() => socket.socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES));
      socket.socket.on("message", (packet) => onPacket(from, packet));
      socket.socket.on("error", (error) => ended.resolve(error.message));
      const failures = addresses.map((address) => attempt(() => socket.socket.addMembership(group, address)));
      const [failure] = failures;
      if (failure instanceof Error && failures.every((each) => each !== null)) throw failure;
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { kind: "multicast", renew, ended: ended.promise, close };
}

/** A membership may be there already, and an interface gone: what matters is that one of them takes it. */
function attempt(act: () => void): Error | null {
  try {
    act();
    return null;
  } catch (error) {
    if (systemCode(error) === "EADDRINUSE") return null;
    return error instanceof Error ? error : new Error(String(error));
  }
}

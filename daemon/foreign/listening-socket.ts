/** A socket that hears one port of a group: everybody, or everybody but this host. */

import { DgramAsPromised } from "dgram-as-promised";
import type { Socket } from "dgram-as-promised";
import { bindOrClose } from "../bind-or-close.ts";

export type ListeningSocket = {
  readonly socket: Socket;
  /** On the interface with this address. Throws what the system has against it. */
  readonly join: (address: string) => void;
};

export type OpenListeningSocket = (group: string, port: number) => Promise<ListeningSocket>;

/** Bound to the group, since a socket that is bound to a port only gets every group that any program on this host has joined. */
export const hearEverybody: OpenListeningSocket = async (group, port) => {
  const promised = DgramAsPromised.createSocket({ type: "udp4", reuseAddr: true });
  await bindOrClose(promised, { address: group, port });
  return { socket: promised.socket, join: (address) => promised.addMembership(group, address) };
};

/**
 * For who listens all the time: while a host is a member of a group that it sends to, the kernel takes in each of its packets again, which is a tenth of what sending
 * costs. Not so where the only members do not want its own (IP_BLOCK_SOURCE). Where the system's calls cannot be reached, everybody is heard.
 */
export const hearOthers: OpenListeningSocket = async (group, port) => {
  const calls = await loadCalls();
  if (calls === null) return hearEverybody(group, port);
  const descriptor = calls.openUdpSocket();
  try {
    calls.bindTo(descriptor, group, port);
  } catch (error) {
    calls.close(descriptor);
    throw error;
  }
  const promised = DgramAsPromised.createSocket({ type: "udp4" });
  await bindOrClose(promised, { fd: descriptor });
  return {
    socket: promised.socket,
    join: (address) => {
      promised.addMembership(group, address);
      calls.blockSource(descriptor, { group, interface: address, source: address });
    },
  };
};

async function loadCalls() {
  try {
    const { loadSystemCalls } = await import("../send/system-calls.ts");
    return loadSystemCalls();
  } catch {
    return null;
  }
}

/**
 * Sockets that hear what is sent to some ports of a group. Out: datagrams with the address that they came from, and of these only as many
 * as were allowed: a flood closes the sockets, and the kernel drops the rest of it.
 */

import { DgramAsPromised } from "dgram-as-promised";
import type { Socket, SocketAsPromised } from "dgram-as-promised";

export type OnDatagram = (datagram: Uint8Array, address: string) => void;

export class GroupListener {
  readonly #group: string;
  readonly #ports: readonly number[];
  readonly #onDatagram: OnDatagram;
  #sockets: readonly SocketAsPromised[] = [];
  #allowed = 0;

  constructor(group: string, ports: readonly number[], onDatagram: OnDatagram) {
    this.#group = group;
    this.#ports = ports;
    this.#onDatagram = onDatagram;
  }

  get isOpen(): boolean {
    return this.#sockets.length > 0;
  }

  /** How many datagrams may come from now on; with one more it closes. */
  allow(datagrams: number): void {
    this.#allowed = datagrams;
  }

  /** Opens where it is not open yet. Throws what the system has against it: then it is closed. */
  async open(): Promise<void> {
    if (this.isOpen) return;
    const sockets = this.#ports.map(() => DgramAsPromised.createSocket({ type: "udp4", reuseAddr: true }));
    this.#sockets = sockets;
    try {
      // Bound to the group, since a socket that is bound to a port only gets every group that any program on this host has joined.
      await Promise.all(sockets.map((socket, index) => socket.bind({ address: this.#group, port: this.#ports[index] ?? 0 })));
    } catch (error) {
      this.close();
      throw error;
    }
    for (const { socket } of sockets) this.#attach(socket);
  }

  /** Joins the group on these interfaces where it has not joined yet, or no longer. Returns on how many it is a member. */
  join(addresses: readonly string[]): number {
    if (!this.isOpen) return 0;
    return addresses.filter((address) => this.#sockets.every((socket) => isJoined(socket, this.#group, address))).length;
  }

  /** May be called at any time; `open` opens it again. */
  close(): void {
    for (const { socket } of this.#sockets) socket.close();
    this.#sockets = [];
  }

  #attach(socket: Socket): void {
    socket.on("error", () => this.close());
    socket.on("message", (datagram, { address }) => {
      if (this.#allowed <= 0) return this.close();
      this.#allowed--;
      this.#onDatagram(datagram, address);
    });
  }
}

function isJoined(socket: SocketAsPromised, group: string, address: string): boolean {
  try {
    socket.addMembership(group, address);
    return true;
  } catch (error) {
    // It is a member already.
    return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
  }
}

/**
 * Sockets that hear what is sent to some ports of a group. Out: datagrams with the address that they came from, and of these only as many
 * as were allowed: a flood closes the sockets, and the kernel drops the rest of it.
 */

import type { Socket } from "dgram-as-promised";
import { systemCode } from "../../control/system-error.ts";
import type { ListeningSocket, OpenListeningSocket } from "./listening-socket.ts";

export type OnDatagram = (datagram: Uint8Array, address: string) => void;

export class GroupListener {
  readonly #group: string;
  readonly #ports: readonly number[];
  readonly #openSocket: OpenListeningSocket;
  readonly #onDatagram: OnDatagram;
  #sockets: readonly ListeningSocket[] = [];
  /** By address. */
  readonly #joined = new Set<string>();
  #allowed = 0;

  constructor(group: string, ports: readonly number[], openSocket: OpenListeningSocket, onDatagram: OnDatagram) {
    this.#group = group;
    this.#ports = ports;
    this.#openSocket = openSocket;
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
    const opened = await Promise.allSettled(this.#ports.map((port) => this.#openSocket(this.#group, port)));
    const sockets = opened.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const failed = opened.find((one) => one.status === "rejected");
    if (failed !== undefined) {
      for (const { socket } of sockets) socket.close();
      throw failed.reason;
    }
    this.#sockets = sockets;
    for (const { socket } of sockets) this.#attach(socket);
  }

  /** Joins the group on these interfaces where it has not joined yet, or no longer, and leaves it on others. Returns on how many it is a member. */
  join(addresses: readonly string[]): number {
    if (!this.isOpen) return 0;
    for (const address of this.#joined) if (!addresses.includes(address)) this.#leave(address);
    return addresses.filter((address) => this.#joinOn(address)).length;
  }

  #joinOn(address: string): boolean {
    const outcomes = this.#sockets.map((socket) => tryToJoin(socket, address));
    if (this.#joined.has(address) && outcomes.includes("joined")) {
      // The interface was made anew. The membership on the old one is there still, and the kernel gives a socket twenty of them.
      this.#leave(address);
      return this.#joinOn(address);
    }
    if (outcomes.includes("failed")) return false;
    this.#joined.add(address);
    return true;
  }

  #leave(address: string): void {
    this.#joined.delete(address);
    for (const { socket } of this.#sockets) leaveAll(socket, this.#group, address);
  }

  /** May be called at any time; `open` opens it again. */
  close(): void {
    for (const { socket } of this.#sockets) socket.close();
    this.#sockets = [];
    this.#joined.clear();
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

function tryToJoin(socket: ListeningSocket, address: string): "joined" | "member" | "failed" {
  try {
    socket.join(address);
    return "joined";
  } catch (error) {
    return systemCode(error) === "EADDRINUSE" ? "member" : "failed";
  }
}

function leaveAll(socket: Socket, group: string, address: string): void {
  try {
    for (;;) socket.dropMembership(group, address);
  } catch {
    // There is none left.
  }
}

// The connections that carry media instead of calls: one for a session that joined with transport tcp, until either end goes.
import type { Socket } from "node:net";
import { splitFramed } from "../../wire/framed.ts";
import { createMediaQueue, type MediaQueue } from "./media-queue.ts";

/** Handed to the system at a time: what is there cannot be dropped any more. */
const MOST_IN_FLIGHT_BYTES = 65_536;

type MediaConnection = { readonly socket: Socket; readonly queue: MediaQueue; readonly channel: string };

export type MediaConnections = {
  /** From now on the socket carries the channel. It takes the place of the one that the session had. */
  attach(socket: Socket, sessionId: string, channel: string): void;
  /** The session has ended. */
  detach(sessionId: string): void;
  /** Packets of a channel, each with its length before it (RFC 4571). */
  send(channel: string, framed: Uint8Array, nowMs: number): void;
  close(): void;
};

/** `linger` cuts a socket that stays open for too long after its end. `onNeed` hears when the first connection of a channel comes, and when the last one has gone. */
export function createMediaConnections(
  linger: (socket: Socket) => void,
  onNeed: (channel: string, isNeeded: boolean) => void,
): MediaConnections {
  const connections = new Map<string, MediaConnection>();

  function isNeeded(channel: string): boolean {
    return [...connections.values()].some((connection) => connection.channel === channel);
  }

  function pump({ socket, queue }: MediaConnection): void {
    if (socket.writableLength > 0 && socket.writableLength >= MOST_IN_FLIGHT_BYTES) return;
    socket.cork();
    for (let framed = queue.take(); framed !== null; framed = queue.take()) {
      socket.write(framed);
      if (socket.writableLength >= MOST_IN_FLIGHT_BYTES) break;
    }
    socket.uncork();
  }

  function detach(sessionId: string): void {
    const connection = connections.get(sessionId);
    if (connection === undefined) return;
    connections.delete(sessionId);
    if (!connection.socket.destroyed) linger(connection.socket);
    connection.socket.destroySoon();
    if (!isNeeded(connection.channel)) onNeed(connection.channel, false);
  }

  return {
    attach(socket, sessionId, channel) {
      detach(sessionId);
      const wasNeeded = isNeeded(channel);
      const connection = { socket, queue: createMediaQueue(), channel };
      connections.set(sessionId, connection);
      // Nothing is expected from there; what comes is thrown away, and an end is an end.
      socket.resume();
      socket.on("drain", () => pump(connection));
      const gone = (): void => {
        if (connections.get(sessionId) === connection) detach(sessionId);
      };
      socket.once("end", gone);
      socket.once("close", gone);
      if (!wasNeeded) onNeed(channel, true);
    },
    detach,
    send(channel, chunk, nowMs) {
      let packets: readonly Uint8Array[] | null = null;
      for (const connection of connections.values()) {
        if (connection.channel !== channel) continue;
        packets ??= splitFramed(chunk);
        for (const framed of packets) connection.queue.put(framed, nowMs);
        pump(connection);
      }
    },
    close() {
      for (const sessionId of connections.keys()) detach(sessionId);
    },
  };
}

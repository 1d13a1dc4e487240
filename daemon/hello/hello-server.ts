/**
 * The classic UDP way: whoever sends a datagram to the control port gets the pictures of a channel sent to its own address. For channels of
 * profile datagram with `hello: true`, and without any authentication.
 */

import { networkInterfaces } from "node:os";
import type { Socket } from "dgram-as-promised";
import { plainAddress } from "../../control/plain-address.ts";
import { monotonicMs } from "../clock.ts";
import { FramedReader } from "../../wire/framed.ts";
import { parseGenericNack } from "../../wire/rtcp/index.ts";
import type { Log } from "../log/log.ts";
import type { SenderThread } from "../send/sender-thread.ts";
import { HelloClients } from "./hello-clients.ts";
import { isOnLink, type Link } from "./own-links.ts";

/** With more than this in libuv's queue pictures are left out for everybody. */
const MOST_QUEUED_BYTES = 4 << 20;
/** A hello is a word. */
const MOST_HELLO_BYTES = 256;
/** What the system says of its addresses serves for so long. */
const LINKS_HOLD_MS = 2000;
const RIFF = 0x52494646;

export type HelloServer = {
  /** Datagrams of a channel, each with its length before it, as the sender thread tells them. */
  readonly send: (channel: string, framed: Uint8Array) => void;
};

export type HelloOptions = {
  /** On the port of the control channel; belongs to the caller. */
  readonly socket: Socket;
  /** Those that answer a hello. */
  readonly channels: readonly { readonly name: string }[];
  readonly sender: Pick<SenderThread, "post">;
  readonly log: Log;
};

export function startHelloServer({ socket, sender, log, ...options }: HelloOptions): HelloServer {
  const channels = options.channels.map(({ name }) => name);
  const clients = new HelloClients(channels);
  const needed = new Set<string>();
  let links: { readonly read: readonly Link[]; readonly atMs: number } | null = null;

  const readLinks = (nowMs: number): readonly Link[] => {
    if (links === null || nowMs - links.atMs > LINKS_HOLD_MS) links = { read: listLinks(), atMs: nowMs };
    return links.read;
  };
  const noteNeed = (channel: string, isNeeded: boolean): void => {
    if (needed.has(channel) === isNeeded) return;
    if (isNeeded) needed.add(channel);
    else needed.delete(channel);
    sender.post({ kind: "tap", channel, isOn: isNeeded });
  };

  socket.on("message", (message, { address, port: from }) => {
    if (message.length > MOST_HELLO_BYTES || parseGenericNack(message, 1).ok) return;
    const nowMs = monotonicMs();
    const said = message.toString("latin1");
    const isNew = clients.hear({ address, port: from }, said, isOnLink(plainAddress(address), readLinks(nowMs)), nowMs);
    for (const channel of channels) {
      const members = clients.clientsOf(channel, nowMs);
      noteNeed(channel, members.length > 0);
      if (isNew && members.some((member) => member.address === address && member.port === from))
        log.info({ channel }, `${address} has said hello by UDP, and is sent its pictures`);
    }
  });

  return {
    send: (channel, framed) => {
      const members = clients.clientsOf(channel, monotonicMs());
      noteNeed(channel, members.length > 0);
      if (members.length === 0 || socket.getSendQueueSize() > MOST_QUEUED_BYTES) return;
      const pictures = new FramedReader().push(framed).filter((datagram) => !isSound(datagram));
      for (const picture of pictures) for (const { address, port: to } of members) socket.send(picture, to, address, () => {});
    },
  };
}

/** A WAV file; everything else is a picture. */
function isSound(datagram: Uint8Array): boolean {
  return datagram.length >= 4 && new DataView(datagram.buffer, datagram.byteOffset).getUint32(0) === RIFF;
}

function listLinks(): readonly Link[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).filter(({ family }) => family === "IPv4"));
}

/** A channel's packets over a second connection to the control server (`session.attach`), framed as RFC 4571 says. */

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import * as v from "valibot";
import type { ControlTarget } from "../../control/client.ts";
import { FramedReader } from "../../wire/framed.ts";
import type { StreamOf } from "../receiver.ts";
import type { OnPacket, Transport } from "./transport.ts";

const CONNECT_MS = 3000;
const MOST_ANSWER_BYTES = 4096;
const NEWLINE = 0x0a;
const JPEG = 26;
/** RTCP packet types (RFC 5761, section 4): RTP's second byte, marker and payload type, never lies here for the types we send. */
const FIRST_RTCP = 192;
const LAST_RTCP = 223;

const answer = v.union([v.object({ result: v.object({}) }), v.object({ error: v.object({ message: v.string() }) })]);

export type Ticket = { readonly sessionId: string; readonly ticket: string };

/** `isAudio`: whether a source (SSRC) is the sound's. Throws an Error with one line for a person if the daemon does not hand the media out. */
export async function openTcp(
  target: ControlTarget,
  ticket: Ticket,
  isAudio: (ssrc: number) => boolean,
  onPacket: OnPacket,
): Promise<Transport> {
  const socket = target.kind === "unix" ? connect({ path: target.path }) : connect({ host: target.host, port: target.port, noDelay: true });
  socket.on("error", () => undefined);
  const ended = new Promise<string>((resolve) => socket.once("close", () => resolve("the daemon closed the media connection")));
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(CONNECT_MS) });
    socket.write(`${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "session.attach", params: ticket })}\n`);
    const rest = await readAnswer(socket);
    const reader = new FramedReader();
    const take = (chunk: Uint8Array): void => {
      for (const packet of reader.push(chunk)) onPacket(streamOf(packet, isAudio), packet);
    };
    take(rest);
    socket.on("data", take);
    socket.resume();
  } catch (error) {
    socket.destroy();
    throw error;
  }
  const close = async (): Promise<void> => {
    socket.destroy();
    await ended;
  };
  return { kind: "tcp", renew: () => undefined, ended, close };
}

/** What came behind the line of the answer. */
async function readAnswer(socket: Socket): Promise<Uint8Array> {
  const gone = new AbortController();
  socket.once("close", () => gone.abort());
  const signal = AbortSignal.any([AbortSignal.timeout(CONNECT_MS), gone.signal]);
  let bytes: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  while (!bytes.includes(NEWLINE)) {
    if (bytes.length > MOST_ANSWER_BYTES) throw new Error("what answers there does not speak streamerd's control protocol");
    const coming = once(socket, "data", { signal });
    // In the same turn: what follows is for who listens next.
    socket.once("data", () => socket.pause());
    socket.resume();
    const chunk: unknown[] = await coming.catch(() => {
      throw new Error(
        gone.signal.aborted ? "the daemon closed the media connection" : `no answer to session.attach within ${CONNECT_MS / 1000} s`,
      );
    });
    if (chunk[0] instanceof Buffer) bytes = Buffer.concat([bytes, chunk[0]]);
  }
  const end = bytes.indexOf(NEWLINE);
  const parsed = v.safeParse(answer, parseJson(bytes.subarray(0, end).toString()));
  if (!parsed.success) throw new Error("what answers there does not speak streamerd's control protocol");
  if ("error" in parsed.output) throw new Error(`the daemon does not hand the media out over TCP: ${parsed.output.error.message}`);
  return bytes.subarray(end + 1);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function streamOf(packet: Uint8Array, isAudio: (ssrc: number) => boolean): StreamOf {
  const type = packet[1] ?? 0;
  if (type < FIRST_RTCP || type > LAST_RTCP) return (type & 0x7f) === JPEG ? "video" : "audio";
  const ssrc = packet.length < 8 ? 0 : new DataView(packet.buffer, packet.byteOffset).getUint32(4);
  return isAudio(ssrc) ? "audioControl" : "videoControl";
}

/** Writes the session description of a channel (RFC 8866; RFC 3556 for `b=RR`, RFC 4570 for the source filter). */

import { JPEG_PAYLOAD_TYPE } from "../jpeg/index.ts";
import { l16PayloadType } from "../l16.ts";
import type { AudioDescription, SessionDescription, VideoDescription } from "./session-description.ts";

/** Text with CRLF line ends. Control characters become spaces: no text of a caller can begin a line of its own. */
export function buildSdp(session: SessionDescription): string {
  const transport = session.isEncrypted === true ? "RTP/SAVP" : "RTP/AVP";
  const lines = [
    "v=0",
    `o=- ${session.sessionId} ${session.sessionVersion} IN IP4 ${session.originAddress}`,
    // A session without a name has a single hyphen or space (section 5.3).
    `s=${plainText(session.name) || "-"}`,
    ...optional("i=", session.information ?? null),
    `c=IN IP4 ${session.group}/${session.ttl}`,
    "t=0 0",
    ...optional("a=tool:", session.tool ?? null),
    "a=type:broadcast",
    "a=recvonly",
    ...(session.sourceFilter ? [`a=source-filter: incl IN IP4 ${session.group} ${session.sourceFilter}`] : []),
    ...(session.control === null ? [] : [`a=x-streamerd-control:${session.control.host}:${session.control.port}`]),
    ...(session.video === null ? [] : videoLines(session.video, transport)),
    ...(session.audio === null ? [] : audioLines(session.audio, transport)),
  ];
  return lines.map((line) => `${plainText(line)}\r\n`).join("");
}

/** `b=RR:0` asks that no receiver report to the group: each report would reach every host. */
function videoLines({ port, size, fps }: VideoDescription, transport: string): readonly string[] {
  return [
    `m=video ${port} ${transport} ${JPEG_PAYLOAD_TYPE}`,
    "b=RR:0",
    `a=rtpmap:${JPEG_PAYLOAD_TYPE} JPEG/90000`,
    ...(fps === null ? [] : [`a=framerate:${decimal(fps)}`]),
    ...(size === null ? [] : [`a=x-dimensions:${size.width},${size.height}`]),
  ];
}

function audioLines({ port, sampleRateHz, channels }: AudioDescription, transport: string): readonly string[] {
  const payloadType = l16PayloadType(sampleRateHz, channels);
  return [`m=audio ${port} ${transport} ${payloadType}`, "b=RR:0", `a=rtpmap:${payloadType} L16/${sampleRateHz}/${channels}`];
}

function optional(prefix: string, text: string | null): readonly string[] {
  return text === null || plainText(text) === "" ? [] : [prefix + text];
}

function plainText(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ").trim();
}

/** Three places at most, and none that say nothing: 25, 29.97. */
function decimal(value: number): string {
  return String(Number(value.toFixed(3)));
}

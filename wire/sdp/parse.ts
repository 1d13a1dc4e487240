/**
 * Reads a session description that came from a network: ours, or a stranger's that sends RTP/JPEG and L16 to an IPv4 multicast group.
 * What it does not know it skips (RFC 8866, section 5.13); what it needs and does not find is a reason.
 */

import { JPEG_PAYLOAD_TYPE } from "../jpeg/index.ts";
import { L16_MONO_PAYLOAD_TYPE, L16_STEREO_PAYLOAD_TYPE } from "../l16.ts";
import { accepted, refused } from "../parsed.ts";
import type { Parsed } from "../parsed.ts";
import { cutIntoSections, firstValue } from "./sections.ts";
import type { SdpSection } from "./sections.ts";
import type { ReceivedSession, SessionDescription, VideoDescription } from "./session-description.ts";

const ENCRYPTED = / RTP\/SAVP /;

export function parseSdp(text: string): Parsed<ReceivedSession> {
  const sections = cutIntoSections(text);
  if (!sections.ok) return sections;
  const { session, media } = sections.value;

  const origin = /^\S{1,64} (\d{1,20}) (\d{1,20}) IN IP4 ([!-~]{1,255})$/.exec(firstValue(session, "o") ?? "");
  if (origin === null) return refused("SDP: no origin, or none of IPv4");
  const name = firstValue(session, "s");
  if (name === null) return refused("SDP: no session name");

  const video = media.find((section) => isOf(section, "video")) ?? null;
  const audio = media.find((section) => isOf(section, "audio")) ?? null;
  const connection = parseConnection(connectionOf(session, video, audio));
  if (!connection.ok) return connection;

  const videoStream = video === null ? accepted(null) : parseVideo(video);
  if (!videoStream.ok) return videoStream;
  const audioStream = audio === null ? accepted(null) : parseAudio(audio);
  if (!audioStream.ok) return audioStream;
  if (videoStream.value === null && audioStream.value === null) return refused("SDP: neither picture nor sound");

  return accepted({
    sessionId: origin[1] ?? "",
    sessionVersion: origin[2] ?? "",
    originAddress: origin[3] ?? "",
    name,
    information: firstValue(session, "i"),
    ...connection.value,
    tool: attribute(session, "tool"),
    control: parseControl(attribute(session, "x-streamerd-control") ?? ""),
    isEncrypted: [video, audio].some((section) => section !== null && ENCRYPTED.test(section.media)),
    sourceFilter: /^ ?incl IN IP4 \S+ (\S+)$/.exec(attribute(session, "source-filter") ?? "")?.[1] ?? null,
    video: videoStream.value,
    audio: audioStream.value,
  });
}

function isOf({ media }: SdpSection, kind: "video" | "audio"): boolean {
  return media.startsWith(`${kind} `);
}

/** A section's own connection goes before the session's; two that differ cannot be told apart by our receiver, and are refused as none. */
function connectionOf(session: SdpSection, video: SdpSection | null, audio: SdpSection | null): string | null {
  const ofSession = firstValue(session, "c");
  const [first, second] = [video, audio].flatMap((section) => (section === null ? [] : [firstValue(section, "c") ?? ofSession]));
  return second === undefined || second === first ? (first ?? ofSession) : null;
}

/** `IN IP4 239.255.1.1/1`; a third part would be a range of groups, which is none of ours. */
function parseConnection(connection: string | null): Parsed<{ readonly group: string; readonly ttl: number }> {
  const match = /^IN IP4 (\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,3})$/.exec(connection ?? "");
  if (match === null) return refused("SDP: no IPv4 multicast group, or several");
  const group = match[1] ?? "";
  const [first, ...others] = group.split(".").map(Number);
  const isMulticast = first !== undefined && first >= 224 && first <= 239 && others.every((byte) => byte <= 255);
  const ttl = Number(match[2]);
  return isMulticast && ttl <= 255 ? accepted({ group, ttl }) : refused("SDP: not an IPv4 multicast group");
}

/** `HOST:PORT`; what is no such thing is no reason to refuse the session. */
function parseControl(text: string): SessionDescription["control"] {
  const match = /^([A-Za-z0-9.-]{1,255}):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  return port > 0 && port <= 65535 ? { host: match?.[1] ?? "", port } : null;
}

function parseVideo(section: SdpSection): Parsed<VideoDescription> {
  const line = parseMediaLine(section);
  if (line === null) return refused("SDP: malformed video line");
  if (line.payloadType !== JPEG_PAYLOAD_TYPE) return refused("SDP: the picture is not RTP/JPEG");
  const size = /^(\d{1,5}),(\d{1,5})$/.exec(attribute(section, "x-dimensions") ?? "");
  const fps = /^\d{1,4}(?:\.\d{1,6})?$/.exec(attribute(section, "framerate") ?? "");
  return accepted({
    port: line.port,
    size: size === null ? null : { width: Number(size[1]), height: Number(size[2]) },
    fps: fps === null || Number(fps[0]) === 0 ? null : Number(fps[0]),
  });
}

function parseAudio(section: SdpSection): Parsed<ReceivedSession["audio"]> {
  const line = parseMediaLine(section);
  if (line === null) return refused("SDP: malformed audio line");
  const { port, payloadType } = line;
  if (payloadType === L16_STEREO_PAYLOAD_TYPE) return accepted({ port, payloadType, sampleRateHz: 44100, channels: 2 });
  if (payloadType === L16_MONO_PAYLOAD_TYPE) return accepted({ port, payloadType, sampleRateHz: 44100, channels: 1 });
  const rtpmaps = section.attributes.filter(({ name }) => name === "rtpmap").map(({ value }) => value);
  const rtpmap = rtpmaps.find((value) => value.startsWith(`${payloadType} `)) ?? "";
  const match = /^\d+ L16\/([1-9]\d{3,5})(?:\/([12]))?$/i.exec(rtpmap);
  if (match === null) return refused("SDP: the sound is not L16, mono or stereo");
  return accepted({
    port,
    payloadType,
    sampleRateHz: Number(match[1]),
    channels: match[2] === "2" ? 2 : 1,
  });
}

/** `video 5004 RTP/AVP 26`: of several payload types the first. Port 0 refuses the stream (RFC 3264), which nobody offers to a group. */
function parseMediaLine({ media }: SdpSection): { readonly port: number; readonly payloadType: number } | null {
  const match = /^\S+ (\d{1,5}) RTP\/S?AVP (\d{1,3})(?: \d{1,3})*$/.exec(media);
  const port = Number(match?.[1]);
  const payloadType = Number(match?.[2]);
  return port > 0 && port <= 65535 && payloadType <= 127 ? { port, payloadType } : null;
}

function attribute(section: SdpSection, name: string): string | null {
  return section.attributes.find((candidate) => candidate.name === name)?.value ?? null;
}

/** The keys of one channel. */
import { key, section } from "./key.ts";
import { interfaces, multicastGroup } from "./values/address.ts";
import { audioSchema, videoSchema } from "./media-schema.ts";
import { captureSchema, recordSchema } from "./live-schema.ts";
import { fallback, mediaSource } from "./values/path.ts";
import { fraction, oneOf, trueOrFalse, wholeNumber } from "./values/plain.ts";

const pacing = section("When packets leave.", {
  adapt: key({
    type: oneOf(["off", "worst", "median"]),
    default: "off",
    doc: "Whether receivers that report fewer frames than are sent lower the rate: for the slowest host (worst), for more than half of them (median), or never (off).",
    hot: true,
    since: "steering",
  }),
  minFps: key({
    type: fraction({ min: 1, max: 240 }),
    default: 5,
    unit: "frames/s",
    doc: "However slow the receivers, the rate is not lowered further.",
    hot: true,
    since: "steering",
  }),
  spread: key({
    type: fraction({ min: 0, max: 0.9 }),
    default: 0.4,
    unit: "of the frame interval",
    doc: "The part of the frame interval over which a frame's packets are spread (30 ms at most), so that small switches and access points do not drop the tail of a burst.",
    hot: true,
    since: "core",
  }),
  queueFrames: key({
    type: wholeNumber({ min: 1, max: 100 }),
    default: 10,
    unit: "frames",
    doc: "Frames that wait in the daemon for their time.",
    hot: false,
    since: "core",
  }),
});

const datagram = section("For the profile datagram only.", {
  encoding: key({
    type: oneOf(["raw", "base64"]),
    default: "raw",
    doc: "raw: pictures as JPEG files; base64: as base64 text of them, a third larger.",
    hot: false,
    since: "steering",
  }),
  hello: key({
    type: trueOrFalse(),
    default: false,
    doc: "Whether whoever sends a datagram to UDP port 9688 (that of control.listen) gets the pictures sent to its own address for the next 10 s: the classic way, without any authentication; only for addresses on this host's own links, at most 64. A datagram that holds a channel's name asks for that channel.",
    hot: false,
    since: "live",
  }),
});

const readAhead = section("What the source process prepares ahead of the queue; the first bound that is reached counts.", {
  maxMs: key({
    type: wholeNumber({ min: 200, max: 60_000 }),
    default: 6_000,
    unit: "ms",
    doc: "Media time prepared ahead, in pieces of up to half of it, since longer ones take less processor time; at most 3,000 of what is read from the cache.",
    hot: false,
    since: "core",
  }),
  maxBytes: key({
    type: wholeNumber({ min: 1_048_576, max: 1_073_741_824 }),
    default: 16_777_216,
    unit: "bytes",
    doc: "Encoded frames and sound prepared ahead.",
    hot: false,
    since: "core",
  }),
});

export const channelSchema = section("", {
  source: key({
    type: mediaSource(),
    default: null,
    doc: "What is sent: a file, a list of files (what is not there is passed over), or a directory with media files; null (or test:) for the generated test film. A relative path is relative to this file. Live: camera:/dev/video0, mic:default, camera+mic (or camera:/dev/video0+mic:hw:1), screen::0.0, test:live, and rtsp://, http(s)://, srt:// and udp:// URLs; srt://0.0.0.0:PORT?mode=listener takes what a client pushes, streamerd://HOST/CHANNEL sends on what another streamerd sends.",
    hot: false,
    since: "core",
  }),
  engine: key({
    type: oneOf(["default", "opencv"]),
    default: "default",
    doc: "What decodes the picture of a film or a camera. opencv: OpenCV, which `npm run setup:opencv` installs; it gives the same pictures for more than twice the CPU time and nearly twice the memory.",
    hot: false,
    since: "live",
  }),
  fallback: key({
    type: fallback(),
    default: "slate",
    doc: "What is sent while a live source is away: slate (the channel's name, no signal, the time), a media file, or none for the last picture and silence.",
    hot: false,
    since: "live",
  }),
  onDemand: key({
    type: trueOrFalse(),
    default: false,
    doc: "Start the source when the first client joins by the control channel, and stop it 10 s after the last one has left: a camera's light is off when nobody looks.",
    hot: false,
    since: "live",
  }),
  loop: key({
    type: trueOrFalse(),
    default: true,
    doc: "Begin again after the last file.",
    hot: false,
    since: "core",
  }),
  autostart: key({
    type: trueOrFalse(),
    default: true,
    doc: "Send from the start of the daemon on; false waits for channel.start.",
    hot: false,
    since: "core",
  }),
  group: key({
    type: multicastGroup(),
    default: null,
    doc: "The IPv4 multicast group, any but 224.0.0.0/24 and 239.255.255.0/24. null: one in 239.255.0.0/16 that is derived from the machine and the channel's name; if another host sends there already, the next one is taken.",
    hot: false,
    since: "core",
  }),
  port: key({
    // RTCP is on the port after it, sound on the two after that.
    type: wholeNumber({ min: 2, max: 65_532, even: true }),
    default: 5_004,
    doc: "UDP port of the picture's RTP; its RTCP is on the next one, the sound on the two after that.",
    hot: false,
    since: "core",
  }),
  ttl: key({
    type: wholeNumber({ min: 0, max: 255 }),
    default: 1,
    unit: "hops",
    doc: "How many routers may pass the packets on, plus one: 1 stays in the LAN, 0 in this host.",
    hot: false,
    since: "core",
  }),
  loopback: key({
    type: trueOrFalse(),
    default: true,
    doc: "Whether receivers on this host get the stream as well.",
    hot: false,
    since: "core",
  }),
  interfaces: key({
    type: interfaces(),
    default: ["auto"],
    doc: "Names or IPv4 addresses of the interfaces to send on. auto: the one of the multicast route, else of the default route.",
    hot: false,
    since: "core",
  }),
  profile: key({
    type: oneOf(["rtp", "datagram"]),
    default: "rtp",
    doc: "The form of the packets. rtp: RTP/JPEG (RFC 2435) and L16 sound, for any player. datagram: each datagram is a JPEG or a WAV file, for a script of ten lines; a lost IP fragment loses the picture.",
    hot: false,
    since: "core",
  }),
  access: key({
    type: oneOf(["open", "pass"]),
    default: "open",
    doc: "Who may watch. open: every host of the LAN. pass: the packets are encrypted (SRTP, RFC 3711), and only who has a pass is told the key; `streamctl pass create` makes passes. Not with the profile datagram.",
    hot: false,
    since: "access",
  }),
  maxPacketBytes: key({
    // A block of stereo sound is 1,280 bytes behind an RTP header of 12.
    type: wholeNumber({ min: 1_292, max: 8_972, why: "a block of sound needs 1292" }),
    default: 1_400,
    unit: "bytes of UDP payload",
    doc: "No packet is larger. 1472 fills an Ethernet frame; more needs jumbo frames.",
    hot: false,
    since: "core",
  }),
  video: videoSchema,
  audio: audioSchema,
  pacing,
  datagram,
  readAhead,
  capture: captureSchema,
  record: recordSchema,
});

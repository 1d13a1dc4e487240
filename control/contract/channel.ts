// A channel as status and the channel methods show it.
import * as v from "valibot";
import { operatorOnly } from "./operator-only.ts";
import { pacingResult } from "./pacing.ts";
import { override } from "./settings.ts";
import { channelName, count, finite, notNegative, text } from "./values.ts";

export const channelStates = [
  "starting",
  "playing",
  "paused",
  "stopped",
  "ended",
  "starved",
  "no-signal",
  "idle",
  "failed",
  "no-interface",
] as const;

const size = {
  width: count("pixels"),
  height: count("pixels"),
};

export const ports = v.object({
  video: v.pipe(v.number(), v.description("RTP port of the picture; its RTCP is the next one")),
  audio: v.nullable(v.pipe(v.number(), v.description("RTP port of the sound; null without sound"))),
});

export const channelResult = v.object({
  name: channelName,
  state: v.pipe(v.picklist(channelStates), v.description("what the channel does")),
  stateReason: v.nullable(text("why, in a few words and without paths; null if the state says it all")),
  stateDetail: operatorOnly(v.nullable(text("the same with whole paths"))),
  source: text("base name of the file that plays, a live source without its secrets, or `test film`"),
  sourcePath: operatorOnly(v.nullable(text("the whole path or URL; null for the test film"))),
  sourcePid: operatorOnly(
    v.nullable(
      count("process id of the source process; null while there is none, as for a film that the daemon reads from the cache itself"),
    ),
  ),
  cached: v.pipe(v.boolean(), v.description("whether the item comes from the cache, encoded before")),
  itemIndex: count("place in the playlist, from 0"),
  itemCount: count("length of the playlist"),
  positionMs: notNegative("position in the item"),
  durationMs: v.nullable(notNegative("length of the item; null if it is not known")),
  frameCount: v.nullable(count("frames of the item; null if it is not known")),
  relays: v.optional(
    v.pipe(
      v.array(count("SSRC of the picture of a channel that it comes from")),
      v.description("with a source of streamerd://: the channel that is sent on, and those which that one sends on"),
    ),
  ),
  profile: v.pipe(v.picklist(["rtp", "datagram"]), v.description("form on the wire")),
  access: v.optional(v.pipe(v.picklist(["open", "pass"]), v.description("who may watch: everybody, or who has a pass"))),
  group: text("the multicast group"),
  warnings: v.array(text("what somebody should do something about although the channel goes on, one sentence each")),
  foreignSenders: operatorOnly(v.array(text("address of another host that sends to the group"))),
  ports,
  interfaces: operatorOnly(v.array(text("an interface that the channel is sent on"))),
  picture: v.nullable(v.object({ ...size, quality: count("IJG quality in effect") })),
  sourcePicture: v.nullable(v.object(size)),
  sound: v.nullable(v.object({ sampleRateHz: count("samples a second"), channels: count("1 or 2") })),
  pacing: pacingResult,
  overridden: v.array(override),
  counters: v.object({
    framesSent: count("pictures of which the system took the first packet, without repeated ones"),
    packetsSent: count("packets of both streams that the system took, RTCP included; of several interfaces, by the one that took most"),
    bytesSent: count("bytes of UDP payload of these packets"),
    framesDropped: count("frames that were too late to be of use"),
    framesRepeated: count("times that the last picture was sent again"),
    audioBlocksSent: count("packets of sound, those that the system did not take included"),
    silentBlocks: count("packets of sound that the daemon filled with silence"),
    packetsRetransmitted: count("packets sent again to receivers that had lost them"),
    sendErrors: count("packets that the system did not take, on each interface"),
    sourceRestarts: count("times that the source process was replaced"),
    oversizeReencoded: count("pictures that were encoded again because they were over maxFrameBytes"),
  }),
  captureDelayMs: v.nullable(
    v.object({
      p50: notNegative("half of the pictures took no longer from capture to the group"),
      p95: notNegative("95 of 100 did"),
      max: notNegative("all of the last 1,024 did"),
    }),
  ),
  recording: operatorOnly(
    v.nullable(v.object({ dir: text("where it is recorded to"), problem: v.nullable(text("why it is not, at the moment")) })),
  ),
  queueFrames: count("frames that wait in the daemon"),
  clients: count("members that joined by the control channel"),
});

export const channelParams = v.strictObject({ channel: channelName });

export const seekParams = v.strictObject({
  channel: channelName,
  positionMs: v.pipe(finite("position in the item"), v.minValue(0, "must not be negative")),
});

export type ChannelResult = v.InferOutput<typeof channelResult>;
export type ChannelState = (typeof channelStates)[number];

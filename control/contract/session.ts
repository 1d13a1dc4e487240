// Membership: joining a channel, reporting how it arrives, leaving; the operator's proof; the estimate of the sender's clock.
import * as v from "valibot";
import { SRTP_SUITE } from "../../wire/srtp/index.ts";
import { ports } from "./channel.ts";
import { passProof } from "./pass.ts";
import { channelName, count, empty, finite, givenName, notNegative, text } from "./values.ts";

export const helloParams = v.object({
  client: v.optional(givenName("name of the program")),
  version: v.optional(givenName("its version")),
});

export const helloResult = v.object({
  server: text("name of the program"),
  version: text("its version"),
  protocol: v.pipe(v.literal(1), v.description("version of this protocol")),
  channels: v.array(channelName),
  nonce: text("hex digits, for one `session.auth`, and for `session.join` with a pass, on this connection"),
});

export const authParams = v.strictObject({
  proof: v.pipe(
    v.string(),
    v.regex(/^[0-9a-fA-F]{64}$/, "must be 64 hex digits: HMAC-SHA256 of the nonce's text with the token as key"),
    v.description("HMAC-SHA256, in hex: the key is the token, the message is the nonce as the text that `server.hello` gave"),
  ),
});

export const authResult = v.object({ role: v.literal("operator") });

export const joinParams = v.strictObject({
  channel: channelName,
  transport: v.optional(
    v.pipe(
      v.picklist(["multicast", "tcp", "auto"], "must be multicast, tcp or auto"),
      v.description("tcp: the same packets over a second connection, by `session.attach`; auto gives multicast"),
    ),
    "auto",
  ),
  name: v.optional(givenName("how the operator's list shall name this client")),
  pass: v.optional(v.pipe(passProof, v.description("for a channel that is encrypted; not needed by the Unix socket"))),
});

/** What the daemon says of a channel to one that joins; the server adds the session to it. */
const joinDescription = {
  sdp: v.nullable(text("the session description (RFC 8866), as it is also served over HTTP; null for the profile datagram")),
  group: text("the multicast group"),
  ports,
  profile: v.picklist(["rtp", "datagram"]),
  video: v.nullable(
    v.object({
      width: count("pixels"),
      height: count("pixels"),
      fps: v.nullable(finite("frames a second; null while it is not known")),
    }),
  ),
  audio: v.nullable(v.object({ sampleRateHz: count("samples a second"), channels: count("1 or 2") })),
  pacing: v.object({
    fps: v.nullable(finite("rate in effect; null while it is not known")),
    tsMs: v.nullable(finite("milliseconds between two frames")),
  }),
  ssrc: v.nullable(v.object({ video: count("SSRC of the picture"), audio: v.nullable(count("SSRC of the sound")) })),
  rtpTime: v.nullable(
    v.pipe(
      v.object({
        senderMs: finite("sender clock, ms since 1970 UTC"),
        video: count("RTP time of the picture then"),
        audio: v.nullable(count("RTP time of the sound then")),
      }),
      v.description("what the next sender reports will say; null before the stream has begun"),
    ),
  ),
};

const protection = v.object({
  suite: v.pipe(v.literal(SRTP_SUITE), v.description("of SRTP (RFC 3711, RFC 4568 §6.2), for RTP and RTCP of both streams")),
  encrypted: v.pipe(
    v.boolean(),
    v.description(
      "whether `keys` are encrypted for the holder of the pass: AES-256-GCM (12 bytes of IV, ciphertext, 16 of tag), its key by HKDF-SHA256 from the pass's secret, with both nonces, as in the proof, as salt and `streamerd srtp key` as info",
    ),
  ),
  keys: v.array(text("master key and salt, 30 bytes, in base64: the one in effect, and while it changes the next one")),
  rollover: v.object({
    video: count("how often the picture's sequence numbers have begun again"),
    audio: count("and those of the sound"),
  }),
});

const joinDescriptionResult = v.object(joinDescription);
/** `repairPort`: the UDP port at which lost packets are asked for; null: they are not sent again. */
export type JoinDescription = v.InferOutput<typeof joinDescriptionResult> & {
  readonly repairPort: number | null;
  readonly protection: v.InferOutput<typeof protection> | null;
  /** By which the caller may watch; null: it needs none. */
  readonly pass: { readonly id: string; readonly hosts: number } | null;
};

const transport = v.picklist(["multicast", "tcp"]);

export const joinResult = v.object({
  sessionId: text("names this membership on this connection"),
  transport: v.pipe(transport, v.description("the way that the server chose")),
  ticket: v.optional(text("for `session.attach`, with transport tcp: good once, for 10 s, from the same address")),
  repair: v.optional(
    v.pipe(
      v.object({
        port: count("UDP port of the daemon's host"),
        ssrc: count("SSRC under which this client asks, from the address of this connection"),
      }),
      v.description(
        "with transport multicast: where lost packets are asked for by generic NACKs (RFC 4585 §6.2.1); they come again, as they were, to the address and port that asked, from this port, though perhaps from another address of the daemon's host",
      ),
    ),
  ),
  ...joinDescription,
  protection: v.optional(v.pipe(protection, v.description("how packets are encrypted; without it they are not"))),
  reportIntervalMs: count("how often to report; without a report or ping for 30 s the session ends"),
});

const sessionId = v.pipe(v.string(), v.maxLength(64), v.description("from `session.join`"));

export const attachParams = v.strictObject({
  sessionId,
  ticket: v.pipe(v.string(), v.maxLength(64), v.description("from `session.join`")),
});

export const leaveParams = v.strictObject({ sessionId });
export const leaveResult = empty;

const reportFields = {
  fps: notNegative("frames shown a second"),
  lost: count("packets lost since the last report"),
  expected: count("packets expected since the last report"),
  late: count("packets that came too late since the last report"),
  jitterMs: notNegative("interarrival jitter (RFC 3550 §6.4.1)"),
  bufferMs: notNegative("media in the jitter buffer"),
  skewMs: finite("sound before picture; negative: after"),
  repaired: v.optional(count("packets that were lost since the last report and came again, by `repair`")),
};

/** Later receivers may report more; what is not known here is passed over. */
export const reportParams = v.object({ sessionId, ...reportFields });
export const reportResult = empty;
export const report = v.object(reportFields);

export const pingParams = v.strictObject({ t0: finite("the client's time stamp, given back as it is") });
export const pingResult = v.object({
  t0: finite("as given"),
  t1: finite("sender clock when the call came, ms since 1970 UTC"),
  t2: finite("sender clock when the answer left"),
});

export const clientListParams = v.strictObject({
  after: v.optional(v.pipe(v.string(), v.maxLength(64), v.description("the last `sessionId` of the page before"))),
  limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100), v.description("length of a page, at most 100")), 100),
});

export const joinedClient = v.object({
  sessionId: text("of the membership"),
  address: text("the client's address; `unix` for the Unix socket"),
  name: v.nullable(text("as the client calls itself")),
  channel: channelName,
  transport,
  since: text("when it joined (ISO 8601, UTC)"),
  pass: v.optional(text("id of the pass by which it watches")),
  report: v.nullable(report),
});

export const clientListResult = v.array(joinedClient);

export type JoinedClient = v.InferOutput<typeof joinedClient>;
export type Report = v.InferOutput<typeof report>;

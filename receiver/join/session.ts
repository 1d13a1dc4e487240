/** A membership in a channel by the control channel: what is received and how, pings and reports while it lasts. */

import { chooseChannel } from "../../control/choose-channel.ts";
import { connectControl, targetText } from "../../control/client.ts";
import type { ControlClient, ControlTarget } from "../../control/client.ts";
import { joinChannel } from "../../control/join-channel.ts";
import type { JoinedChannel } from "../../control/join-channel.ts";
import type { Pass } from "../../control/pass.ts";
import { CannotConnectError, RefusedError } from "../../control/client-error.ts";
import type { Result } from "../../control/contract/contract.ts";
import { JPEG_PAYLOAD_TYPE } from "../../wire/jpeg/index.ts";
import { l16PayloadType } from "../../wire/l16.ts";
import { monotonicMs } from "../clock.ts";
import type { ReceptionReport, StreamForm } from "../media.ts";
import { pingIntervalMs } from "../playout/ping-schedule.ts";
import type { Receiver, ReceiverConfig } from "../receiver.ts";
import type { Size } from "../reassemble/picture-assembler.ts";
import type { RtpTime } from "../reception/media-stream.ts";
import type { GroupPorts } from "./multicast.ts";
import type { RepairOffer } from "./repair.ts";
import { SessionKeys } from "./session-keys.ts";

const LOOPBACK = "127.0.0.1";

export type TransportWish = "auto" | "multicast" | "tcp";
type JoinResult = Result<"session.join">;
export type ChannelState = Result<"channel.get">["state"];

export type Session = {
  readonly channel: string;
  readonly target: ControlTarget;
  /** `10.77.0.1:9688` */
  readonly place: string;
  readonly transport: "multicast" | "tcp";
  readonly ticket: { readonly sessionId: string; readonly ticket: string } | null;
  readonly group: GroupPorts;
  /** Null: what is lost is not sent again. */
  readonly repair: RepairOffer | null;
  readonly form: StreamForm;
  readonly streams: Pick<ReceiverConfig, "video" | "audio">;
  /** Null: packets are not encrypted. */
  readonly keys: SessionKeys | null;
  readonly reportIntervalMs: number;
  /** Address of this host by which it reaches the daemon; null where that tells nothing. */
  readonly ownAddress: string | null;
  readonly state: () => Promise<ChannelState>;
  /** SSRCs of the pictures of this channel, and of those that it is sent on from. */
  readonly origins: () => Promise<readonly number[]>;
  readonly report: (report: ReceptionReport) => void;
  /** Asks for the sender's clock, once. Rejects when the session has gone. */
  readonly ping: (hear: (sentMs: number, heardMs: number, repliedMs: number, answeredMs: number) => void) => Promise<void>;
  /** Asks for the sender's clock until the session ends. */
  readonly keepTime: (receiver: Receiver) => void;
  readonly onSize: (hear: (size: Size) => void) => void;
  readonly onState: (hear: (state: ChannelState) => void) => void;
  /** Resolves when the daemon, or the way to it, has gone, or when it is to be joined anew since it is sent elsewhere. */
  readonly lost: Promise<"away" | "elsewhere">;
  readonly close: () => void;
};

export type SessionWish = {
  /** Null: the only one. */
  readonly channel: string | null;
  readonly usual?: string | null;
  readonly transport: TransportWish;
  readonly name: string;
  readonly pass: Pass | null;
};

/**
 * Joins at the first of the targets that answers. `usual`: what was received before, for where nobody has named a channel. `signal`: ends joining, and the session,
 * without a word to the daemon. Throws a CannotConnectError, a ConnectionLostError, a RefusedError, or a UsageError where a channel has to be named.
 */
export async function joinSession(targets: readonly ControlTarget[], wanted: SessionWish, signal?: AbortSignal): Promise<Session> {
  const { client, target } = await connectToFirst(targets, wanted.name, signal);
  try {
    const channel = await chooseChannel(client, wanted.channel, wanted.usual);
    const news = hearNews(client, channel);
    const join = (): Promise<JoinedChannel> =>
      joinChannel(client, { channel, transport: wanted.transport, name: wanted.name }, wanted.pass);
    const { joined, keys } = await join();
    if (joined.profile === "datagram") {
      const { group, ports } = joined;
      throw new RefusedError(
        0,
        `${channel} is sent as plain datagrams: read it with python3 examples/receive.py ${group} ${ports.video}`,
        null,
      );
    }
    const session = createSession(
      client,
      target,
      channel,
      joined,
      news,
      keys === null ? null : new SessionKeys(client, joined.ssrc, keys, join),
    );
    news.onKey(() => session.keys?.askSoon());
    // A pause that began before is told to nobody.
    session.state().then(news.tellState, () => undefined);
    return session;
  } catch (error) {
    client.close();
    throw error;
  }
}

/** Something is to come from the group meanwhile. */
export function isSent(state: ChannelState): boolean {
  return state === "playing" || state === "paused" || state === "starved" || state === "no-signal";
}

export function isSameStream(a: Session, b: Session): boolean {
  const ssrcs = ({ streams }: Session): string => `${streams.video?.ssrc} ${streams.audio?.ssrc}`;
  return ssrcs(a) === ssrcs(b) && JSON.stringify([a.group, a.form.audio]) === JSON.stringify([b.group, b.form.audio]);
}

type Connected = { readonly client: ControlClient; readonly target: ControlTarget };

async function connectToFirst(targets: readonly ControlTarget[], name: string, signal?: AbortSignal): Promise<Connected> {
  const failures: CannotConnectError[] = [];
  for (const target of targets) {
    try {
      return { client: await connectControl(target, { name, signal }), target };
    } catch (error) {
      if (!(error instanceof CannotConnectError)) throw error;
      failures.push(error);
    }
  }
  const [only] = failures;
  if (failures.length === 1 && only !== undefined) throw only;
  throw new CannotConnectError(`no streamerd answers (tried ${targets.map(targetText).join(", ")}): name its host with --host`);
}

type News = Pick<Session, "onSize" | "onState"> & {
  readonly onKey: (hear: () => void) => void;
  readonly tellState: (state: ChannelState) => void;
};

/** Asked for before joining: what changes from then on is not missed, whoever listens when. */
function hearNews(client: ControlClient, channel: string): News {
  const size = latest<Size>();
  const state = latest<ChannelState>();
  const key = latest<number>();
  client
    .subscribe({ events: ["channel.picture", "channel.state", "channel.key"], channel }, ({ name, params }) => {
      if (name === "channel.picture") size.tell({ width: params.width, height: params.height });
      if (name === "channel.state") state.tell(params.state);
      if (name === "channel.key") key.tell(params.inMs);
    })
    // Why it does not listen, joining tells.
    .catch(() => undefined);
  return { onSize: size.listen, onState: state.listen, onKey: key.listen, tellState: state.tell };
}

/** Whoever begins to listen is told the last one. */
function latest<Value>() {
  let last: Value | null = null;
  let hear: (value: Value) => void = () => undefined;
  return {
    tell: (value: Value): void => {
      last = value;
      hear(value);
    },
    listen: (listener: (value: Value) => void): void => {
      hear = listener;
      if (last !== null) hear(last);
    },
  };
}

function createSession(
  client: ControlClient,
  target: ControlTarget,
  channel: string,
  joined: JoinResult,
  { onSize, onState }: News,
  keys: SessionKeys | null,
): Session {
  const { sessionId, ticket } = joined;
  let pinging: NodeJS.Timeout | undefined;
  const ping: Session["ping"] = async (hear) => {
    const sentMs = monotonicMs();
    const { t1, t2 } = await client.call("clock.ping", { t0: sentMs });
    hear(sentMs, t1, t2, monotonicMs());
  };
  const keepTime = (receiver: Receiver, number = 1): void => {
    clearTimeout(pinging);
    ping((...stamps) => receiver.ping(...stamps)).then(
      () => {
        pinging = setTimeout(() => keepTime(receiver, number + 1), pingIntervalMs(number));
      },
      // The connection has gone, which `lost` tells.
      () => undefined,
    );
  };
  return {
    channel,
    target,
    place: targetText(target),
    transport: joined.transport,
    ticket: ticket === undefined ? null : { sessionId, ticket },
    group: { group: joined.group, video: joined.ports.video, audio: joined.ports.audio },
    repair: repairOf(client, joined),
    form: formOf(channel, joined),
    streams: streamsOf(joined),
    keys,
    reportIntervalMs: joined.reportIntervalMs,
    ownAddress: target.kind === "unix" ? null : client.localAddress,
    state: async () => (await client.call("channel.get", { channel })).state,
    origins: async () => {
      const { relays = [] } = await client.call("channel.get", { channel });
      return joined.ssrc === null ? relays : [joined.ssrc.video, ...relays];
    },
    // Pings tell whether the daemon still answers.
    report: (report) => client.notify("session.report", { sessionId, ...report }),
    ping,
    keepTime,
    onSize,
    onState,
    lost: client.closed.then(() => {
      clearTimeout(pinging);
      return "away";
    }),
    close: () => client.close(),
  };
}

/** By the Unix socket the daemon is on this host. */
function repairOf({ localAddress, remoteAddress }: ControlClient, { repair }: JoinResult): RepairOffer | null {
  if (repair === undefined) return null;
  return { ...repair, address: remoteAddress ?? LOOPBACK, ownAddress: localAddress ?? LOOPBACK };
}

function formOf(name: string, { video, audio }: JoinResult): StreamForm {
  return {
    name,
    video: { size: video === null ? null : { width: video.width, height: video.height }, fps: video?.fps ?? null },
    audio: audio === null ? null : { sampleRateHz: audio.sampleRateHz, channels: audio.channels === 1 ? 1 : 2 },
  };
}

function streamsOf(joined: JoinResult): Session["streams"] {
  const { ssrc, rtpTime } = joined;
  const { video, audio } = formOf("", joined);
  const timeOf = (rtpTs: number | null): RtpTime | null =>
    rtpTime === null || rtpTs === null ? null : { senderMs: rtpTime.senderMs, rtpTs };
  return {
    video: { size: video?.size ?? null, payloadType: JPEG_PAYLOAD_TYPE, ssrc: ssrc?.video ?? null, time: timeOf(rtpTime?.video ?? null) },
    audio:
      audio === null
        ? null
        : {
            ...audio,
            payloadType: l16PayloadType(audio.sampleRateHz, audio.channels),
            ssrc: ssrc?.audio ?? null,
            time: timeOf(rtpTime?.audio ?? null),
          },
  };
}

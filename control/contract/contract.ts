// The one table of the control channel's methods. The server dispatches and validates by it; the client's types, streamctl's
// commands and docs/control.md follow from it.
import * as v from "valibot";
import { channelParams, channelResult, seekParams } from "./channel.ts";
import type { ControlErrorName } from "./errors.ts";
import * as events from "./notifications.ts";
import { pacingGetParams, pacingResult, pacingSetParams } from "./pacing.ts";
import { statusResult } from "./server-status.ts";
import * as pass from "./pass.ts";
import * as session from "./session.ts";
import * as settings from "./settings.ts";
import { empty } from "./values.ts";

export type Role = "anyone" | "operator";

type MethodEntry = {
  readonly doc: string;
  /** Who may call it. */
  readonly role: Role;
  readonly params: v.GenericSchema;
  readonly result: v.GenericSchema;
  /** Beside those that any call can meet: −32602, −32603, −32005, and −32001 for an operator's method. */
  readonly errors: readonly ControlErrorName[];
};

export const contract = {
  "server.hello": {
    doc: "Says who is there, which channels there are, and gives the nonce for `session.auth`.",
    role: "anyone",
    params: session.helloParams,
    result: session.helloResult,
    errors: [],
  },
  "server.status": {
    doc: "Everything at a glance: the daemon, its channels, totals and what it uses.",
    role: "anyone",
    params: empty,
    result: statusResult,
    errors: [],
  },
  "session.auth": {
    doc: "Proves that the caller has the operator's token, without sending it, and makes this connection an operator's.",
    role: "anyone",
    params: session.authParams,
    result: session.authResult,
    errors: ["unauthorised", "wrongProof"],
  },
  "session.join": {
    doc: "Joins a channel: gives what is needed to receive it, and lists the caller as a client until it leaves, closes, or is silent for 30 s.",
    role: "anyone",
    params: session.joinParams,
    result: session.joinResult,
    errors: ["noSuchChannel", "notAvailable", "noPass", "refused"],
  },
  "session.attach": {
    doc: "The first and only call on a second connection, for a session with transport tcp: after its answer the connection carries the RTP and RTCP packets of both streams, each after two bytes of length (RFC 4571).",
    role: "anyone",
    params: session.attachParams,
    result: empty,
    errors: ["noSuchSession"],
  },
  "session.leave": {
    doc: "Ends a membership. Closing the connection does the same.",
    role: "anyone",
    params: session.leaveParams,
    result: session.leaveResult,
    errors: ["noSuchSession"],
  },
  "session.report": {
    doc: "Tells how the channel arrives, about once a second; as a notification, without an id, it costs the daemon half.",
    role: "anyone",
    params: session.reportParams,
    result: session.reportResult,
    errors: ["noSuchSession"],
  },
  "clock.ping": {
    doc: "The first three of NTP's four time stamps, for an estimate of the sender's clock. Also says that a silent client is alive.",
    role: "anyone",
    params: session.pingParams,
    result: session.pingResult,
    errors: [],
  },
  "channel.list": {
    doc: "Every channel.",
    role: "anyone",
    params: empty,
    result: v.array(channelResult),
    errors: [],
  },
  "channel.get": {
    doc: "One channel.",
    role: "anyone",
    params: channelParams,
    result: channelResult,
    errors: ["noSuchChannel"],
  },
  "channel.start": {
    doc: "Starts a channel that is stopped, has ended or has failed.",
    role: "operator",
    params: channelParams,
    result: channelResult,
    errors: ["noSuchChannel", "refused"],
  },
  "channel.stop": {
    doc: "Stops sending.",
    role: "operator",
    params: channelParams,
    result: channelResult,
    errors: ["noSuchChannel", "refused"],
  },
  "channel.pause": {
    doc: "Holds the film: its last picture is repeated once a second, with silence.",
    role: "operator",
    params: channelParams,
    result: channelResult,
    errors: ["noSuchChannel", "refused"],
  },
  "channel.resume": {
    doc: "Goes on where the pause began.",
    role: "operator",
    params: channelParams,
    result: channelResult,
    errors: ["noSuchChannel", "refused"],
  },
  "channel.seek": {
    doc: "Goes to a position in the item that plays.",
    role: "operator",
    params: seekParams,
    result: channelResult,
    errors: ["noSuchChannel", "refused"],
  },
  "channel.next": {
    doc: "Goes to the next item of the playlist.",
    role: "operator",
    params: channelParams,
    result: channelResult,
    errors: ["noSuchChannel", "refused"],
  },
  "channel.set": {
    doc: "Sets a hot key while the stream goes on. It stands above the configuration, over restarts too, until it is reset or its key changes there.",
    role: "operator",
    params: settings.setParams,
    result: settings.setResult,
    errors: ["noSuchChannel", "refused"],
  },
  "channel.reset": {
    doc: "Takes back what was set above the configuration: one key, or all of the channel, the rate included.",
    role: "operator",
    params: settings.resetParams,
    result: settings.resetResult,
    errors: ["noSuchChannel", "refused"],
  },
  "pacing.get": {
    doc: "The rate of a channel: what is asked for, what is in effect, what is measured, and how late frames leave.",
    role: "anyone",
    params: pacingGetParams,
    result: pacingResult,
    errors: ["noSuchChannel"],
  },
  "pacing.set": {
    doc: "Sets the rate, by frames a second or by sample time. The film keeps its speed. More than the source has is refused, where its rate is the same everywhere.",
    role: "operator",
    params: pacingSetParams,
    result: pacingResult,
    errors: ["noSuchChannel", "refused"],
  },
  "client.list": {
    doc: "The clients that joined, with their last reports, oldest first.",
    role: "operator",
    params: session.clientListParams,
    result: session.clientListResult,
    errors: [],
  },
  "pass.create": {
    doc: "Makes passes for the channels that are encrypted. By the Unix socket only: what it answers is for nobody else to see.",
    role: "operator",
    params: pass.passCreateParams,
    result: pass.passCreateResult,
    errors: ["refused"],
  },
  "pass.list": {
    doc: "The passes, and who watches by them, oldest first. Their secrets are not told again.",
    role: "operator",
    params: pass.passListParams,
    result: pass.passListResult,
    errors: [],
  },
  "pass.revoke": {
    doc: "Ends a pass: who watches by it stops within some seconds, since the channel gets another key.",
    role: "operator",
    params: pass.passRevokeParams,
    result: pass.passRevokeResult,
    errors: ["refused"],
  },
  "events.subscribe": {
    doc: "From now on the daemon tells this connection what happens, as JSON-RPC notifications. A second call takes the place of the first. Who has subscribed counts as alive; a member goes on to report or to ping.",
    role: "anyone",
    params: events.subscribeParams,
    result: events.subscribeResult,
    errors: ["unauthorised", "noSuchChannel"],
  },
  "server.log": {
    doc: "The last lines of the daemon's log, oldest first. `events.subscribe` with `log.line` brings those that follow.",
    role: "operator",
    params: events.logParams,
    result: events.logResult,
    errors: [],
  },
  "config.reload": {
    doc: "Reads the configuration file again. Hot keys are applied without touching the stream, the others are listed. A mistake in it changes nothing.",
    role: "operator",
    params: empty,
    result: settings.reloadResult,
    errors: ["refused"],
  },
} as const satisfies Readonly<Record<string, MethodEntry>>;

export type Method = keyof typeof contract;
/** What a caller may write: fields with a default can be left out. */
export type ParamsInput<M extends Method> = v.InferInput<(typeof contract)[M]["params"]>;
/** What a handler is given: validated, with the defaults filled in. */
export type Params<M extends Method> = v.InferOutput<(typeof contract)[M]["params"]>;
export type Result<M extends Method> = v.InferOutput<(typeof contract)[M]["result"]>;

/** The table with each entry's types tied to its name, so that generic code keeps the two together. */
export type Contract = {
  readonly [M in Method]: {
    readonly doc: string;
    readonly role: Role;
    readonly params: v.GenericSchema<ParamsInput<M>, Params<M>>;
    readonly result: v.GenericSchema<Result<M>>;
    readonly errors: readonly ControlErrorName[];
  };
};

export const methods: Contract = contract;

/** Whether a string from outside names a method. */
export function isMethod(name: string): name is Method {
  return Object.hasOwn(contract, name);
}

// The one table of what the daemon tells by itself to who has subscribed. Server, client, streamctl and docs/control.md follow from it.
import * as v from "valibot";
import { channelStates } from "./channel.ts";
import { operatorOnly } from "./operator-only.ts";
import { channelName, count, finite, text } from "./values.ts";

type NotificationEntry = {
  readonly doc: string;
  /** Who may hear it. */
  readonly role: "anyone" | "operator";
  /** Told only to who asks for it by name. */
  readonly byNameOnly?: true;
  readonly params: v.GenericSchema;
};

/** ISO 8601, UTC. */
const at = text("when (ISO 8601, UTC)");

const client = {
  at,
  channel: channelName,
  name: v.nullable(text("as the client calls itself")),
  transport: v.picklist(["multicast", "tcp"]),
  address: operatorOnly(text("the client's address")),
};

const logged = {
  at,
  channel: v.nullable(text("the channel that it is about; null: the daemon")),
  text: text("one line"),
};

export const notifications = {
  "channel.state": {
    doc: "A channel does something else now.",
    role: "anyone",
    params: v.object({
      at,
      channel: channelName,
      state: v.picklist(channelStates),
      reason: v.nullable(text("why, without paths, if the state does not say it all")),
    }),
  },
  "channel.picture": {
    doc: "The picture is sent in another size or quality; a new size means a new session description.",
    role: "anyone",
    params: v.object({ at, channel: channelName, width: count("pixels"), height: count("pixels"), quality: count("IJG quality") }),
  },
  "channel.key": {
    doc: "A channel that is encrypted will be so with another key: who joins again on the same connection is told it beside the present one.",
    role: "anyone",
    params: v.object({ at, channel: channelName, inMs: count("when the key takes effect, in ms from now") }),
  },
  "pacing.changed": {
    doc: "A channel is sent at another rate.",
    role: "anyone",
    params: v.object({
      at,
      channel: channelName,
      fps: v.nullable(finite("frames a second that are asked for; null: the source's")),
      reason: text("why"),
    }),
  },
  "client.joined": { doc: "A client has joined a channel.", role: "anyone", params: v.object(client) },
  "client.left": { doc: "A client has left a channel, or was silent for too long.", role: "anyone", params: v.object(client) },
  "log.warning": { doc: "The daemon has logged a warning or an error.", role: "operator", params: v.object(logged) },
  "log.line": {
    doc: "The daemon has logged a line, whatever its level.",
    role: "operator",
    byNameOnly: true,
    params: v.object({ ...logged, level: text("trace, debug, info, warn, error or fatal") }),
  },
} as const satisfies Readonly<Record<string, NotificationEntry>>;

export type NotificationName = keyof typeof notifications;
export type NotificationParams<N extends NotificationName> = v.InferOutput<(typeof notifications)[N]["params"]>;
/** A name with what belongs to it. */
export type Notification = {
  readonly [N in NotificationName]: { readonly name: N; readonly params: NotificationParams<N> };
}[NotificationName];

export const notificationNames = Object.keys(notifications).filter(isNotificationName);

/** Whether a string from outside names one. */
export function isNotificationName(name: string): name is NotificationName {
  return Object.hasOwn(notifications, name);
}

export const subscribeParams = v.strictObject({
  events: v.optional(
    v.pipe(
      v.array(v.picklist(notificationNames, `must be of ${notificationNames.join(", ")}`)),
      v.maxLength(16, "at most 16"),
      v.description("which; without it all that the caller may hear, but for `log.line`"),
    ),
  ),
  channel: v.optional(channelName),
});

export const subscribeResult = v.object({ events: v.array(text("an event that will be told")) });

export const logParams = v.strictObject({
  limit: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(500, "at most 500"), v.description("how many lines, at most 500")),
    100,
  ),
});

export const logResult = v.array(notifications["log.line"].params);

// Who is told what: the subscriptions of the connections, and the telling. Nobody waits for a subscriber.
import type { Params, Result } from "../contract/contract.ts";
import { operatorsOnly } from "../contract/errors.ts";
import { notificationNames, notifications, type NotificationName, type NotificationParams } from "../contract/notifications.ts";
import { compileRedaction } from "../contract/operator-only.ts";
import { notificationText } from "../json-rpc.ts";
import type { Peer } from "./peer.ts";

type Subscription = { readonly events: ReadonlySet<NotificationName>; readonly channel: string | null };

/** What a notification says, without the time that the server adds. */
export type Told<N extends NotificationName> = Omit<NotificationParams<N>, "at">;

export type Subscriptions = {
  /** Takes the place of the subscription that the connection had. Throws a ControlError for what the caller may not hear. */
  readonly subscribe: (params: Params<"events.subscribe">, peer: Peer) => Result<"events.subscribe">;
  readonly has: (peer: Peer) => boolean;
  readonly remove: (peer: Peer) => void;
  readonly publish: <N extends NotificationName>(name: N, params: Told<N>) => void;
};

const redactions = new Map(notificationNames.map((name) => [name, compileRedaction(notifications[name].params)]));

/** `nowMs`: the sender clock, ms since 1970 UTC. */
export function createSubscriptions(nowMs: () => number, hasToken: boolean): Subscriptions {
  const subscriptions = new Map<Peer, Subscription>();

  function subscribe({ events, channel }: Params<"events.subscribe">, peer: Peer): Result<"events.subscribe"> {
    const wanted = events ?? notificationNames.filter((name) => mayHear(name, peer) && !("byNameOnly" in notifications[name]));
    const refused = wanted.find((name) => !mayHear(name, peer));
    if (refused !== undefined) throw operatorsOnly(refused, hasToken);
    subscriptions.set(peer, { events: new Set(wanted), channel: channel ?? null });
    return { events: [...new Set(wanted)] };
  }

  function publish<N extends NotificationName>(name: N, told: Told<N>): void {
    if (subscriptions.size === 0) return;
    const params = { at: new Date(nowMs()).toISOString(), ...told };
    const channel = "channel" in params ? params.channel : null;
    // Written once for operators and once for the others, however many listen.
    let whole: string | null = null;
    let redacted: string | null = null;
    for (const [peer, subscription] of subscriptions) {
      if (!subscription.events.has(name)) continue;
      if (subscription.channel !== null && subscription.channel !== channel) continue;
      if (peer.role === "operator") peer.send((whole ??= notificationText(name, params)));
      else peer.send((redacted ??= notificationText(name, redactions.get(name)?.(params) ?? params)));
    }
  }

  return { subscribe, has: (peer) => subscriptions.has(peer), remove: (peer) => void subscriptions.delete(peer), publish };
}

function mayHear(name: NotificationName, peer: Peer): boolean {
  return notifications[name].role === "anyone" || peer.role === "operator";
}

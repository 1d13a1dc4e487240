// The methods that the server answers from what it knows itself: who is connected, who has joined, who is an operator.
import { randomBytes } from "node:crypto";
import type { Params, Result } from "../contract/contract.ts";
import { ControlError, noSuchChannel } from "../contract/errors.ts";
import type { JoinDescription, Report } from "../contract/session.ts";
import { freshNonce, isSameProof, proofOf } from "../proof.ts";
import type { BadInputLog } from "./bad-input-log.ts";
import type { ControlLimits } from "./limits.ts";
import type { Caller, Peer } from "./peer.ts";
import type { Places } from "./places.ts";
import type { Attempts } from "./attempts.ts";
import type { Sessions } from "./sessions.ts";
import type { Subscriptions } from "./subscriptions.ts";
import { createTickets } from "./tickets.ts";

/** What the daemon tells the server for its answers. */
export type Introduction = {
  readonly hello: () => Omit<Result<"server.hello">, "protocol" | "nonce">;
  /** Throws a ControlError for a channel that does not exist or cannot be joined. */
  readonly describe: (params: Params<"session.join">, caller: Caller) => JoinDescription | Promise<JoinDescription>;
};

export type OnReport = (client: { readonly channel: string; readonly address: string; readonly sessionId: string }, report: Report) => void;

export type OwnMethodsOptions = Introduction & {
  readonly token: string | null;
  readonly limits: ControlLimits;
  readonly nowMs: () => number;
  readonly onReport: OnReport;
  readonly sessions: Sessions;
  readonly subscriptions: Subscriptions;
  readonly places: Places;
  readonly attempts: Attempts;
  readonly badInput: BadInputLog;
};

export function createOwnMethods(options: OwnMethodsOptions) {
  const tickets = createTickets();
  const { hello, describe, token, limits, nowMs, onReport, sessions, subscriptions, places, attempts, badInput } = options;

  function prove({ proof }: Params<"session.auth">, peer: Peer): Result<"session.auth"> {
    if (peer.role === "operator") return { role: "operator" };
    if (token === null) throw new ControlError("unauthorised", "no operator's token is configured: use the daemon's Unix socket");
    const { nonce } = peer;
    if (nonce === null) throw new ControlError("wrongProof", "call server.hello first: it gives the nonce to prove with");
    if (!attempts.take(peer.address, nowMs())) {
      throw new ControlError("tooManyCalls", `too many attempts from ${peer.address}: wait a few seconds`);
    }
    if (!isSameProof(proof, proofOf(token, nonce))) {
      badInput.note("wrongProof", peer.address);
      peer.nonce = freshNonce();
      throw new ControlError("wrongProof", "the proof does not fit this nonce and the operator's token", { nonce: peer.nonce });
    }
    attempts.giveBack(peer.address);
    if (!places.promote(peer.place)) throw new ControlError("noPlace", "every operator's place is taken");
    peer.nonce = null;
    peer.place = "operator";
    peer.role = "operator";
    return { role: "operator" };
  }

  async function join(params: Params<"session.join">, peer: Peer): Promise<Result<"session.join">> {
    const description = await describe(params, peer);
    const transport = params.transport === "tcp" ? "tcp" : "multicast";
    if (transport === "tcp" && description.profile !== "rtp") {
      throw new ControlError("notAvailable", `${params.channel} is sent as datagrams: there is no way over TCP, use multicast`);
    }
    if (peer.gone) throw new ControlError("refused", "the connection is closed");
    const { repairPort, protection, pass, ...described } = description;
    if (pass !== null) refuseMoreHosts(pass, peer.address);
    const wish = { channel: params.channel, transport, name: params.name ?? null, pass: pass?.id ?? null } as const;
    const { sessionId, repairSsrc } = sessions.join(peer, wish, nowMs());
    const protectedBy = protection === null ? {} : { protection };
    const joined = { sessionId, transport, ...described, ...protectedBy, reportIntervalMs: limits.reportIntervalMs } as const;
    if (transport === "multicast") return repairPort === null ? joined : { ...joined, repair: { port: repairPort, ssrc: repairSsrc } };
    const ticket = randomBytes(24).toString("base64url");
    tickets.issue(ticket, sessionId, peer.address, nowMs());
    return { ...joined, ticket };
  }

  /** A host that comes back after a broken connection is the same one. */
  function refuseMoreHosts({ id, hosts }: NonNullable<JoinDescription["pass"]>, address: string): void {
    const others = sessions.addressesOf(id).filter((other) => other !== address);
    if (others.length < hosts) return;
    const limit = hosts === 1 ? "one host" : `${hosts} hosts`;
    throw new ControlError("noPass", `the pass ${id}-… is good for ${limit} at a time, and in use; one that has gone is counted for 30 s`);
  }

  function attach({ sessionId, ticket }: Params<"session.attach">, peer: Peer): Result<"session.attach"> {
    const channel = sessions.attachable(sessionId);
    if (channel === null || !tickets.redeem(ticket, sessionId, peer.address, nowMs())) {
      throw new ControlError("noSuchSession", "no such session, or the ticket is not good (any more): join again with transport tcp");
    }
    peer.attached = { sessionId, channel };
    return {};
  }

  function subscribe(params: Params<"events.subscribe">, peer: Peer): Result<"events.subscribe"> {
    const { channel } = params;
    const { channels } = hello();
    if (channel !== undefined && !channels.includes(channel)) throw noSuchChannel(channel, channels);
    return subscriptions.subscribe(params, peer);
  }

  function noSuchSession(): ControlError {
    return new ControlError("noSuchSession", "this connection has no such session: join again");
  }

  return {
    "server.hello": (_params: Params<"server.hello">, peer: Peer): Result<"server.hello"> => {
      peer.nonce = freshNonce();
      return { ...hello(), protocol: 1, nonce: peer.nonce };
    },
    "session.auth": prove,
    "session.join": join,
    "session.attach": attach,
    "session.leave": ({ sessionId }: Params<"session.leave">, peer: Peer) => {
      if (!sessions.leave(peer, sessionId)) throw noSuchSession();
      return {};
    },
    "session.report": ({ sessionId, ...report }: Params<"session.report">, peer: Peer) => {
      const channel = sessions.report(peer, sessionId, report);
      if (channel === null) throw noSuchSession();
      onReport({ channel, address: peer.address, sessionId }, report);
      return {};
    },
    "clock.ping": ({ t0 }: Params<"clock.ping">, peer: Peer): Result<"clock.ping"> => ({ t0, t1: peer.receivedMs, t2: nowMs() }),
    "events.subscribe": subscribe,
    "client.list": ({ after, limit }: Params<"client.list">): Result<"client.list"> => [...sessions.page(after ?? null, limit)],
  };
}

export type OwnMethod = keyof ReturnType<typeof createOwnMethods>;

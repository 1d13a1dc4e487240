// The table of joined clients. It is bounded by the connections: each can be a member of a channel once.
import { randomBytes, randomInt } from "node:crypto";
import type { JoinedClient, Report } from "../contract/session.ts";
import type { Peer } from "./peer.ts";

/** The name under which the daemon's own recorder joins. */
export const RECORDER_NAME = "streamerd recorder";

export type Transport = JoinedClient["transport"];

type Session = {
  readonly number: number;
  readonly sessionId: string;
  readonly peer: Peer;
  readonly channel: string;
  readonly name: string | null;
  /** By which it has joined last; null: it needs none. */
  pass: string | null;
  /** Under which it asks for packets that it has lost: nobody else knows it. */
  readonly repairSsrc: number;
  transport: Transport;
  readonly sinceMs: number;
  report: Report | null;
};

export type Joined = Pick<Session, "sessionId" | "repairSsrc">;
/** `address`: an IP address, or `unix` for the Unix socket. */
export type Member = { readonly channel: string; readonly address: string };

export type JoinWish = {
  readonly channel: string;
  readonly transport: Transport;
  readonly name: string | null;
  /** Id of the pass. */
  readonly pass: string | null;
};

/** What an SSRC can be: 32 bits. */
const SSRCS = 2 ** 32;

export type Sessions = {
  /** The session of this connection in this channel: the one that it has, or a new one. */
  join(peer: Peer, wish: JoinWish, nowMs: number): Joined;
  /** Where those watch who have joined by a pass: each address once. */
  addressesOf(pass: string): readonly string[];
  /** Who has joined by a pass is a member no longer. */
  endPass(pass: string): void;
  /** Who asks for lost packets under this SSRC; null: nobody who takes the group. */
  memberOf(repairSsrc: number): Member | null;
  /** The channel of a session with transport tcp; null for any other. */
  attachable(sessionId: string): string | null;
  /** False if this connection has no such session. */
  leave(peer: Peer, sessionId: string): boolean;
  leaveAll(peer: Peer): void;
  /** The channel that it is about; null if this connection has no such session. */
  report(peer: Peer, sessionId: string, report: Report): string | null;
  isMember(peer: Peer): boolean;
  /** Members of a channel. */
  countOf(channel: string): number;
  /** Members of a channel that look at it: the daemon's own recorder does not count. */
  viewersOf(channel: string): number;
  count(): number;
  /** At most `limit`, oldest first, from the one after `after` on (which need not be there any more). */
  page(after: string | null, limit: number): readonly JoinedClient[];
};

/** `lastNumber` goes up with each session, so that a page can go on after one that has left. */
export function createSessions(onChange: (change: "joined" | "left", client: JoinedClient) => void): Sessions {
  const sessions = new Map<string, Session>();
  const byRepairSsrc = new Map<number, Session>();
  const ofPeer = new Map<Peer, Map<string, Session>>();
  const counts = new Map<string, number>();
  let lastNumber = 0;

  function find(peer: Peer, sessionId: string): Session | null {
    const session = sessions.get(sessionId);
    return session?.peer === peer ? session : null;
  }

  function holdersOf(pass: string): readonly Session[] {
    return [...sessions.values()].filter((session) => session.pass === pass);
  }

  function remove(session: Session): void {
    sessions.delete(session.sessionId);
    byRepairSsrc.delete(session.repairSsrc);
    const own = ofPeer.get(session.peer);
    own?.delete(session.channel);
    if (own?.size === 0) ofPeer.delete(session.peer);
    const left = (counts.get(session.channel) ?? 1) - 1;
    if (left === 0) counts.delete(session.channel);
    else counts.set(session.channel, left);
    onChange("left", shown(session));
  }

  return {
    join(peer, { channel, transport, name, pass }, nowMs) {
      const own = ofPeer.get(peer) ?? new Map<string, Session>();
      const known = own.get(channel);
      if (known !== undefined) {
        known.transport = transport;
        known.pass = pass;
        return known;
      }
      lastNumber += 1;
      const sessionId = `${lastNumber}-${randomBytes(4).toString("hex")}`;
      let repairSsrc = randomInt(SSRCS);
      while (byRepairSsrc.has(repairSsrc)) repairSsrc = randomInt(SSRCS);
      const session: Session = {
        number: lastNumber,
        sessionId,
        peer,
        channel,
        name,
        pass,
        repairSsrc,
        transport,
        sinceMs: nowMs,
        report: null,
      };
      sessions.set(sessionId, session);
      byRepairSsrc.set(repairSsrc, session);
      own.set(channel, session);
      ofPeer.set(peer, own);
      counts.set(channel, (counts.get(channel) ?? 0) + 1);
      onChange("joined", shown(session));
      return session;
    },
    memberOf(repairSsrc) {
      const session = byRepairSsrc.get(repairSsrc);
      return session?.transport === "multicast" ? { channel: session.channel, address: session.peer.address } : null;
    },
    attachable(sessionId) {
      const session = sessions.get(sessionId);
      return session?.transport === "tcp" ? session.channel : null;
    },
    leave(peer, sessionId) {
      const session = find(peer, sessionId);
      if (session !== null) remove(session);
      return session !== null;
    },
    leaveAll(peer) {
      for (const session of ofPeer.get(peer)?.values() ?? []) remove(session);
    },
    report(peer, sessionId, report) {
      const session = find(peer, sessionId);
      if (session !== null) session.report = report;
      return session?.channel ?? null;
    },
    addressesOf: (pass) => [...new Set(holdersOf(pass).map(({ peer }) => peer.address))],
    endPass: (pass) => holdersOf(pass).forEach(remove),
    isMember: (peer) => ofPeer.has(peer),
    countOf: (channel) => counts.get(channel) ?? 0,
    viewersOf: (channel) =>
      [...sessions.values()].filter((session) => session.channel === channel && session.name !== RECORDER_NAME).length,
    count: () => sessions.size,
    page(after, limit) {
      const afterNumber = after === null ? 0 : Number.parseInt(after, 10);
      const page: JoinedClient[] = [];
      for (const session of sessions.values()) {
        if (page.length === limit) break;
        if (session.number > afterNumber) page.push(shown(session));
      }
      return page;
    },
  };
}

function shown({ sessionId, peer, name, channel, transport, sinceMs, pass, report }: Session): JoinedClient {
  const since = new Date(sinceMs).toISOString();
  return { sessionId, address: peer.address, name, channel, transport, since, ...(pass === null ? {} : { pass }), report };
}

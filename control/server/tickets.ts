// PURE. Tickets for `session.attach`: each good once, for a short while, for one session and the address that joined.

/** Long enough for a second connection over any LAN. */
const GOOD_FOR_MS = 10_000;

type Ticket = { readonly sessionId: string; readonly address: string; readonly untilMs: number };

export type Tickets = {
  /** `ticket`: unguessable, made by the caller. A session has one at a time. */
  issue(ticket: string, sessionId: string, address: string, nowMs: number): void;
  /** True once, if all of it fits. */
  redeem(ticket: string, sessionId: string, address: string, nowMs: number): boolean;
};

export function createTickets(): Tickets {
  const tickets = new Map<string, Ticket>();
  return {
    issue(ticket, sessionId, address, nowMs) {
      for (const [text, old] of tickets) if (old.sessionId === sessionId || old.untilMs < nowMs) tickets.delete(text);
      tickets.set(ticket, { sessionId, address, untilMs: nowMs + GOOD_FOR_MS });
    },
    redeem(text, sessionId, address, nowMs) {
      const ticket = tickets.get(text);
      if (ticket?.sessionId !== sessionId || ticket.address !== address || ticket.untilMs < nowMs) return false;
      return tickets.delete(text);
    },
  };
}

// Counts what clients did wrong and writes at most one log line a second about it.

/** What can be wrong, with the words that follow the number in the log line: for one, and for several. */
const kinds = {
  notJson: ["line that is no JSON", "lines that are no JSON"],
  notACall: ["message that is no call", "messages that are no call"],
  tooLong: ["line over the limit", "lines over the limit"],
  tooOften: ["call over the rate", "calls over the rate"],
  unauthorised: ["call that needs an operator", "calls that need an operator"],
  wrongProof: ["wrong proof", "wrong proofs"],
  slowReader: ["client disconnected for not reading", "clients disconnected for not reading"],
  noPlace: ["connection turned away", "connections turned away"],
  silent: ["connection closed for saying nothing", "connections closed for saying nothing"],
} as const;

export type BadInput = keyof typeof kinds;

/** A pino logger is one. */
export type ControlLog = {
  readonly debug: (message: string) => void;
  readonly info: (message: string) => void;
  readonly warn: (message: string) => void;
  readonly error: (fields: { readonly err: unknown }, message: string) => void;
};

export type BadInputLog = {
  note(kind: BadInput, address: string): void;
  /** To be called often; writes when a second has passed since the last line. */
  flush(nowMs: number): void;
  /** Whether anything waits to be written. */
  isPending(): boolean;
  totals(): Readonly<Record<BadInput, number>>;
};

const betweenLinesMs = 1000;

export function createBadInputLog(log: ControlLog): BadInputLog {
  const totals = { notJson: 0, notACall: 0, tooLong: 0, tooOften: 0, unauthorised: 0, wrongProof: 0, slowReader: 0, noPlace: 0, silent: 0 };
  const sinceLastLine = new Map<BadInput, number>();
  let lastAddress = "";
  let lastLineMs = Number.NEGATIVE_INFINITY;

  return {
    note(kind, address) {
      totals[kind] += 1;
      sinceLastLine.set(kind, (sinceLastLine.get(kind) ?? 0) + 1);
      lastAddress = address;
    },
    flush(nowMs) {
      if (sinceLastLine.size === 0 || nowMs - lastLineMs < betweenLinesMs) return;
      const parts = Array.from(sinceLastLine, ([kind, count]) => `${count} ${kinds[kind][count === 1 ? 0 : 1]}`);
      log.warn(`control: ${parts.join(", ")}; the last from ${lastAddress}`);
      sinceLastLine.clear();
      lastLineMs = nowMs;
    },
    isPending: () => sinceLastLine.size > 0,
    totals: () => ({ ...totals }),
  };
}

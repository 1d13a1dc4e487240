// The one table of the control channel's error codes, and the error that a handler throws to answer with one of them.

/** JSON-RPC 2.0 §5.1 reserves −32768 … −32000; −32000 … −32099 are left to the server. */
export const controlErrors = {
  parseError: { code: -32700, doc: "The line is no JSON. If it is the first line, the connection is closed." },
  invalidRequest: {
    code: -32600,
    doc: "JSON, but no request: also an empty batch, values nested too deeply, or a line over 64 KiB, after which the connection is closed.",
  },
  methodNotFound: { code: -32601, doc: "No such method." },
  invalidParams: { code: -32602, doc: "A parameter is wrong; `data.path` names it." },
  internalError: { code: -32603, doc: "The daemon failed; its log says how." },
  unauthorised: { code: -32001, doc: "Only an operator may do this, or the daemon has no operator's token. Nothing was changed." },
  wrongProof: { code: -32002, doc: "The proof does not fit; `data.nonce` is the nonce for the next attempt." },
  noSuchChannel: { code: -32003, doc: "No channel of that name." },
  noSuchSession: { code: -32004, doc: "This connection has not joined with that session id." },
  tooManyCalls: { code: -32005, doc: "More calls than this connection may make; try again a little later." },
  refused: { code: -32006, doc: "Not possible in the present state; the message says why." },
  notAvailable: { code: -32007, doc: "This version cannot do that." },
  noPlace: { code: -32008, doc: "Every place for clients is taken." },
  noPass: { code: -32009, doc: "The channel is for who has a pass, and the message says why this caller may not watch." },
} as const;

export type ControlErrorName = keyof typeof controlErrors;

/** What a handler throws to refuse a call: the client gets the code, the message and the data as they are. */
export class ControlError extends Error {
  override readonly name = "ControlError";
  readonly code: number;
  readonly data: Readonly<Record<string, unknown>> | undefined;

  constructor(errorName: ControlErrorName, message: string, data?: Readonly<Record<string, unknown>>) {
    super(message);
    this.code = controlErrors[errorName].code;
    this.data = data;
  }
}

/** The refusal for who is no operator. `what`: a method or an event. `hasToken`: whether this daemon has an operator's token. */
export function operatorsOnly(what: string, hasToken: boolean): ControlError {
  const way = hasToken
    ? "use the daemon's Unix socket, or prove the operator's token (streamctl --token-file FILE)"
    : "use the Unix socket on the daemon's host, or give the daemon a token for it (control.operatorTokenFile)";
  return new ControlError("unauthorised", `${what} is for operators: ${way}`);
}

/** The refusal for a channel that does not exist, naming those that do. */
export function noSuchChannel(name: string, known: readonly string[]): ControlError {
  const channels = known.length === 0 ? "there is none" : `there ${known.length === 1 ? "is" : "are"} ${known.join(", ")}`;
  return new ControlError("noSuchChannel", `no channel is named ${name}; ${channels}`);
}

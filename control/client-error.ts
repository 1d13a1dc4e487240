// Why a call did not succeed, as three errors that a caller treats differently.

/** Nobody can be reached there. The message says where and what to do. */
export class CannotConnectError extends Error {
  override readonly name = "CannotConnectError";
}

/** The connection ended, or stayed silent, with calls still unanswered. */
export class ConnectionLostError extends Error {
  override readonly name = "ConnectionLostError";
}

/** The daemon answered with an error: its code, message and data. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

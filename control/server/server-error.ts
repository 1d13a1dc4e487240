// Why the control server could not start, for the daemon to act on and a person to read.

export type ControlServerErrorCode =
  /** Another program has the TCP port. */
  | "PORT_IN_USE"
  /** The TCP address cannot be bound for another reason. */
  | "CANNOT_LISTEN"
  /** A living daemon has the Unix socket. */
  | "SOCKET_IN_USE"
  /** The Unix socket's directory does not exist and cannot be made, or cannot be written: another path may do. */
  | "SOCKET_DIRECTORY"
  /** The Unix socket's path is too long, or something that is no socket lies there. */
  | "SOCKET_PATH";

/** The message is one line that says what to do. */
export class ControlServerError extends Error {
  override readonly name = "ControlServerError";
  readonly code: ControlServerErrorCode;

  constructor(code: ControlServerErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Why the viewer cannot start. `message` is one line for a person: what, and what to do instead. */

export type ViewerErrorCode = "PORT_IN_USE" | "CANNOT_LISTEN" | "BAD_TLS" | "NO_PAGE";

export class ViewerError extends Error {
  readonly code: ViewerErrorCode;

  constructor(code: ViewerErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "ViewerError";
    this.code = code;
  }
}

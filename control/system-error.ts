// PURE. What is caught, as words: the system's name of an error, and its message.

/** `EADDRINUSE`, or an empty string. */
export function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** In words of ours where `reasons` has the system's name of it, else as it came. */
export function explain(error: unknown, reasons: Readonly<Record<string, string>>): string {
  return reasons[systemCode(error)] ?? messageOf(error);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

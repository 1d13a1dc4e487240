// PURE. What is caught, as words: the system's name of an error, and its message.

/** `EADDRINUSE`, or an empty string. */
export function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** In words of ours where `reasons` has the system's name of it, else as it came. */
export function explain(error: unknown, reasons: Readonly<Record<string, string>>): string {
  return reasons[systemCode(error)] ?? messageOf(error);
}

const READING_REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EACCES: "this user may not read it",
  EISDIR: "it is a folder",
};

/** Why a file that a person has named cannot be read. */
export function readingProblem(error: unknown): string {
  return explain(error, READING_REASONS);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

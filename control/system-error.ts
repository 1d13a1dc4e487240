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

const LISTENING_REASONS: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL: "this host has no such address",
  EACCES: "this user may not listen there; a port from 1024 on needs no permission",
  ENOTFOUND: "the name of the host is unknown",
};

/** Why an address cannot be listened on, other than that it is in use. */
export function listeningProblem(error: unknown): string {
  return explain(error, LISTENING_REASONS);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

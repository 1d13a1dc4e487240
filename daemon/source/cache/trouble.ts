/** What the file system says of the cache directory, in words for a person: what is wrong, and the remedy. Pure. */

/** The system's name of it, as ENOENT; what else was thrown, as text. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

/** To be put behind the directory's path. */
export function explainTrouble(error: unknown): string {
  const code = codeOf(error);
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return "the disk is full; make room on it, or name another one in cache.dir";
    case "EROFS":
      return "cannot be written to; make it writable for the user that runs streamerd, or name another directory in cache.dir";
    case "EACCES":
    case "EPERM":
      return "may not be read and written; make it readable and writable for the user that runs streamerd, or name another directory in cache.dir";
    case "EEXIST":
    case "ENOTDIR":
      return "is no directory; name another one in cache.dir";
    case "ENOENT":
      return "cannot be made there; name another directory in cache.dir";
    case "ELOOP":
      return "leads round in a circle of links; name another directory in cache.dir";
    default:
      return `cannot be used (${code}); name another directory in cache.dir`;
  }
}

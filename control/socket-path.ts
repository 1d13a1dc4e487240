// PURE. The longest path that a Unix socket can have: sun_path has 108 bytes with the closing zero (unix(7)). Node says EINVAL for a longer one.

const MOST_SOCKET_PATH_BYTES = 107;

/** Why the path cannot be a socket's; null if it can. */
export function socketPathProblem(path: string): string | null {
  const bytes = Buffer.byteLength(path);
  return bytes <= MOST_SOCKET_PATH_BYTES
    ? null
    : `its path is too long: ${bytes} bytes, and a socket's has at most ${MOST_SOCKET_PATH_BYTES}`;
}

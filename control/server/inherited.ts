// Socket activation (sd_listen_fds(3)): which file descriptors the service manager has opened for us.

/** SD_LISTEN_FDS_START. */
const firstFd = 3;
/** A TCP and a Unix socket, each perhaps on several addresses; more is somebody else's number. */
const mostFds = 16;

/** Sockets that are bound and listened on already; none if the variables are meant for another process. */
export function inheritedSockets(env: Readonly<Record<string, string | undefined>>, pid: number): readonly number[] {
  if (Number(env["LISTEN_PID"] ?? Number.NaN) !== pid) return [];
  const count = Number(env["LISTEN_FDS"] ?? Number.NaN);
  if (!Number.isInteger(count) || count < 1 || count > mostFds) return [];
  return Array.from({ length: count }, (_, index) => firstFd + index);
}

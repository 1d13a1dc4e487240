// As whom, and in which view of the file system, the daemon writes: its process where it can be seen, else this one.

import { readText } from "./text-file.ts";

export type Writer = {
  readonly uid: number;
  readonly gids: readonly number[];
  /** To be put before a path: the service has a view of its own, in which much is read-only. Empty: ours. */
  readonly root: string;
};

export function readWriter(pid: number | null): Writer {
  const own = { uid: process.geteuid?.() ?? 0, gids: [process.getegid?.() ?? 0, ...(process.getgroups?.() ?? [])], root: "" };
  const status = pid === null ? null : readText(`/proc/${pid}/status`);
  const found = status === null ? null : parseStatus(status);
  // The view of another process is root's to see.
  return found === null ? own : { ...found, root: own.uid === 0 ? `/proc/${pid}/root` : "" };
}

/** The effective user and the groups of a process's status (proc(5)). */
export function parseStatus(status: string): Pick<Writer, "uid" | "gids"> | null {
  const numbers = (name: string): readonly number[] =>
    (new RegExp(`^${name}:(.*)$`, "m").exec(status)?.[1] ?? "").trim().split(/\s+/).map(Number);
  const [, uid] = numbers("Uid");
  const [, gid] = numbers("Gid");
  if (uid === undefined || gid === undefined) return null;
  return { uid, gids: [gid, ...numbers("Groups")] };
}

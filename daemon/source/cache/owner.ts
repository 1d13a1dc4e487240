/** Who is making an entry: a word that names a process for good, and whether that process still lives (proc(5), pid_namespaces(7)). */

import { readFileSync, readlinkSync } from "node:fs";

/** In a process's stat, after its name in brackets: when it was started, in ticks since the boot. */
const START_TIME_FIELD = 19;
/** A service may be kept from seeing all of /proc but its own processes. */
const HIDDEN = "0";

const OWNER = /^(?<pid>[1-9]\d{0,9})-(?<start>\d+)-(?<boot>[0-9a-f]+)(?:-(?<namespace>\d+))?$/;

/** "unseen": on another machine, in another container or before a boot, or no such word. */
export type OwnerState = "alive" | "gone" | "unseen";

/** Of this process. A number of a process is used again, but not with the same start, and that not in another boot. */
export function ownOwner(): string {
  return `${process.pid}-${startOf(process.pid) ?? HIDDEN}-${boot()}-${namespace()}`;
}

export function stateOf(owner: string): OwnerState {
  const { pid, start = HIDDEN, boot: itsBoot = HIDDEN, namespace: itsNamespace = HIDDEN } = OWNER.exec(owner)?.groups ?? {};
  if (pid === undefined || areOther(itsBoot, boot()) || areOther(itsNamespace, namespace())) return "unseen";
  const startNow = startOf(Number(pid)) ?? HIDDEN;
  return !areOther(startNow, start) && isThere(Number(pid)) ? "alive" : "gone";
}

function areOther(one: string, other: string): boolean {
  return one !== other && one !== HIDDEN && other !== HIDDEN;
}

/** Null if there is no such process, or if it is hidden from us. */
function startOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)?.split(" ")[START_TIME_FIELD] ?? null;
  } catch {
    return null;
  }
}

/** Also of one that is hidden. */
function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function boot(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").slice(0, 8);
  } catch {
    return HIDDEN;
  }
}

/** Of the numbers of processes: its inode. */
function namespace(): string {
  try {
    return /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? HIDDEN;
  } catch {
    return HIDDEN;
  }
}

/**
 * Who has something for himself: a word that names a process for good, whether that process still lives (proc(5), pid_namespaces(7)), and a file
 * that holds the word.
 */

import { readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { codeOf } from "./trouble.ts";

/** In a process's stat, after its name in brackets: when it was started, in ticks since the boot. */
const START_TIME_FIELD = 19;
/** A service may be kept from seeing all of /proc but its own processes. */
const HIDDEN = "0";
/** Who it is, is no secret; root may fill the cache of the service, which is to read it. */
const FILE_MODE = 0o644;

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

/** The word in a file; an empty one, of which nothing is known, where it cannot be read. */
export function readOwner(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

/** Makes this process the owner, in a file; false while another one is, of which `isLeft` does not say that it has left. Throws what the file system says. */
export function becomeOwner(path: string, isLeft: (owner: string) => boolean): boolean {
  for (let tries = 0; tries < 2; tries++) {
    try {
      writeFileSync(path, ownOwner(), { flag: "wx", mode: FILE_MODE });
      return true;
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
    if (!isLeft(readOwner(path))) return false;
    // Should two find the same dead owner at once, both take themselves for the next one.
    rmSync(path, { force: true });
  }
  return false;
}

/** This process is the owner no longer, if it was. */
export function leaveOwnership(path: string): void {
  if (readOwner(path) !== ownOwner()) return;
  try {
    rmSync(path, { force: true });
  } catch {
    // It is worth nothing when this process has ended.
  }
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
    return codeOf(error) === "EPERM";
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

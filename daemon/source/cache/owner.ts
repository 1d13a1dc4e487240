/** Who is making an entry: a word that names a process for good, and whether that process still lives (proc(5)). */

import { readFileSync } from "node:fs";

/** In a process's stat, after its name in brackets: when it was started, in ticks since the boot. */
const START_TIME_FIELD = 19;

/** Of this process. A number of a process is used again, but not with the same start, and that not in another boot. */
export function ownOwner(): string {
  return ownerOf(process.pid) ?? `${process.pid}-0-${boot()}`;
}

/** Also false for what is no such word. */
export function isOwnerAlive(owner: string): boolean {
  const pid = /^(\d{1,10})-\d+-[0-9a-f]+$/.exec(owner)?.[1];
  return pid !== undefined && ownerOf(Number(pid)) === owner;
}

function ownerOf(pid: number): string | null {
  try {
    const started = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)?.split(" ")[START_TIME_FIELD];
    return started === undefined ? null : `${pid}-${started}-${boot()}`;
  } catch {
    return null;
  }
}

function boot(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").slice(0, 8);
  } catch {
    return "0";
  }
}

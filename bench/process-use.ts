/** What processes and all that they started have used so far (proc(5)), and signals to all of them. */

import { readFileSync, readdirSync } from "node:fs";

/** Linux counts in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** User and system time of one process. */
export function processorSeconds(pid: number): number {
  const fields = statFields(pid);
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** User and system time of a process, of all that it started, and of those of them that have ended and were waited for. */
export function treeProcessorSeconds(root: number): number {
  const ticks = treeOf(root).map((pid) => {
    const [user, system, childrenUser, childrenSystem] = statFields(pid).slice(11, 15).map(Number);
    return (user ?? 0) + (system ?? 0) + (childrenUser ?? 0) + (childrenSystem ?? 0);
  });
  return ticks.reduce((sum, count) => sum + count, 0) / TICKS_PER_SECOND;
}

export function residentMegabytes(pid: number): number {
  return statusMegabytes(pid, "VmRSS");
}

/** The sum over a process and all that it started of the most that each of them ever held. */
export function treePeakMegabytes(root: number): number {
  return treeOf(root).reduce((sum, pid) => sum + statusMegabytes(pid, "VmHWM"), 0);
}

/** What the process and all that it started hold now. */
export function treeResidentMegabytes(root: number): number {
  return treeOf(root).reduce((sum, pid) => sum + statusMegabytes(pid, "VmRSS"), 0);
}

/** A process and everything below it. */
export function treeOf(root: number): readonly number[] {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: Number(statFields(Number(name))[1] ?? 0) }));
  const below = (pid: number): readonly number[] => [
    pid,
    ...parents.filter(({ parent }) => parent === pid).flatMap((child) => below(child.pid)),
  ];
  return below(root);
}

export function signalTree(root: number, signal: NodeJS.Signals): void {
  for (const pid of treeOf(root)) process.kill(pid, signal);
}

/** From the state on, which is the third field; nothing of a process that has just ended. */
function statFields(pid: number): readonly string[] {
  return readOrEmpty(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ") ?? [];
}

function statusMegabytes(pid: number, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(readOrEmpty(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

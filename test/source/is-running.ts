import { existsSync, readFileSync } from "node:fs";

/** A zombie that nobody has taken in yet runs no more. */
export function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
}

/** What tells this host from others: its machine id (machine-id(5)), or its name where it has none. */

import { readFileSync } from "node:fs";
import { hostname } from "node:os";

export function readMachine(): string {
  try {
    const id = readFileSync("/etc/machine-id", "latin1").trim();
    // Before the first boot of an image it is empty or says "uninitialized".
    if (/^[0-9a-f]{32}$/.test(id)) return id;
  } catch {
    // No such file: not every Linux has systemd.
  }
  return hostname();
}

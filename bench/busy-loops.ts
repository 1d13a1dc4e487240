/** Processes that keep cores busy beside what is measured, as a neighbour of ordinary priority does. */

import { spawn } from "node:child_process";

export type BusyLoops = { readonly stop: () => void };

export function startBusyLoops(count: number): BusyLoops {
  const loops = Array.from({ length: count }, () => spawn("sh", ["-c", "while :; do :; done"], { stdio: "ignore" }));
  return {
    stop: () => {
      for (const loop of loops) loop.kill("SIGKILL");
    },
  };
}

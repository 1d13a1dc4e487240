/** The thread of parent-watch: looks twice a second whether the parent is still the same. */

import { workerData } from "node:worker_threads";

const INTERVAL_MS = 500;

setInterval(() => {
  if (process.ppid !== workerData) process.kill(process.pid, "SIGKILL");
}, INTERVAL_MS);

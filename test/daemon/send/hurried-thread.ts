/** A thread that hurries, and tells what the system thinks of it. */

import { readFileSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import { hurryThisThread } from "../../../daemon/send/thread-priority.ts";

await hurryThisThread();
parentPort?.postMessage(readFileSync("/proc/thread-self/stat", "utf8"));

// Asks a program of the system: what it prints, or why it prints nothing.

import { execFile } from "node:child_process";
import type { ToolOutput } from "../checks/firewall.ts";

/** None of them takes a tenth of it. */
const TIMEOUT_MS = 5000;
const MOST_OUTPUT_BYTES = 32 << 20;
/** What a user's PATH often leaves out. */
const SYSTEM_PATH = "/usr/sbin:/sbin:/usr/local/sbin";

export function runTool(command: string, args: readonly string[]): Promise<ToolOutput> {
  const env = { ...process.env, LC_ALL: "C", PATH: `${process.env["PATH"] ?? ""}:${SYSTEM_PATH}` };
  return new Promise((resolve) => {
    execFile(command, args, { env, timeout: TIMEOUT_MS, maxBuffer: MOST_OUTPUT_BYTES }, (error, stdout, stderr) => {
      if (error === null) return resolve({ kind: "text", text: stdout });
      if (error.code === "ENOENT" || error.code === "EACCES") return resolve({ kind: "absent" });
      const [reason = ""] = stderr.trim().split("\n");
      resolve({ kind: "refused", reason: `${command}: ${reason === "" ? error.message : reason}` });
    });
  });
}

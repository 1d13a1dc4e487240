/**
 * The process that a source runs in, as it is started. It inherits no socket, no token and no environment. One may be started
 * before anybody knows what it shall play: it comes up while the daemon is still loading.
 */

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { programFile } from "../program-file.ts";
import { withPipes } from "../with-pipes.ts";

/** What FFmpeg's libraries look at, and where what is cached lies; nothing of ours. */
const INHERITED_VARIABLES = ["PATH", "HOME", "LANG", "TZ", "NODE_COMPILE_CACHE", "CACHE_DIRECTORY", "XDG_CACHE_HOME"] as const;

/** What leads to a display and to a sound server. */
const DEVICE_VARIABLES = ["DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR", "PULSE_SERVER", "PULSE_RUNTIME_PATH", "ALSA_CONFIG_PATH"] as const;

/** A source's garbage is small and dies young: a larger young generation only lets its memory creep, measured 174 to 205 MB in 12 minutes. */
const SMALL_YOUNG_GENERATION = "--max-semi-space-size=2";

let spare: ChildProcess | null = null;

/** Starts the one that the next channel takes. */
export function startSpareSource(): void {
  try {
    spare = startSourceChild(false);
  } catch {
    // As below.
    return;
  }
  // That it could not be started is noticed when it is taken.
  spare.on("error", () => {});
  spare.stdin?.on("error", () => {});
}

/** Ends the one that nobody has taken. */
export function dropSpareSource(): void {
  spare?.kill("SIGKILL");
  spare = null;
}

/** A process that waits for its first command. `isLive`: what it plays may need devices. Throws where the system has no room for one. */
export function takeSourceChild(isLive: boolean): ChildProcess {
  const child = isLive ? null : spare;
  if (child === null) return startSourceChild(isLive);
  spare = null;
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null ? child : startSourceChild(isLive);
}

function startSourceChild(isLive: boolean): ChildProcess {
  const names = isLive ? [...INHERITED_VARIABLES, ...DEVICE_VARIABLES] : INHERITED_VARIABLES;
  const child = spawn(process.execPath, [SMALL_YOUNG_GENERATION, programFile("source/main", import.meta.url, "..")], {
    stdio: ["pipe", "ignore", "pipe", "pipe", "pipe"],
    env: Object.fromEntries(names.map((name) => [name, process.env[name]])),
    // With the programs that it starts (arecord), to be ended with them: one that hangs would hold the device for ever.
    detached: isLive,
  });
  return withPipes(child);
}

/** Ends a source process at once, and what it has started. */
export function killSource(child: ChildProcess, isLive: boolean): void {
  if (isLive && child.pid !== undefined)
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // Nobody is left of them.
    }
  child.kill("SIGKILL");
}

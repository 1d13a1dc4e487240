/** What `streamctl devices` does: asks a process of its own, since the libraries that ask devices may crash. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import * as v from "valibot";
import { RefusedError } from "../control/client-error.ts";
import type { Devices } from "../control/devices.ts";
import { programFile } from "./program-file.ts";

const LONGEST_MS = 10_000;

const devices = v.object({
  cameras: v.array(
    v.object({
      source: v.string(),
      name: v.string(),
      problem: v.nullable(v.string()),
      forms: v.array(v.object({ format: v.string(), width: v.number(), height: v.number(), fps: v.number() })),
    }),
  ),
  microphones: v.array(v.object({ source: v.string(), name: v.string() })),
  screens: v.array(v.object({ source: v.string() })),
  hints: v.array(v.string()),
});

export async function listDevices(): Promise<Devices> {
  const child = spawn(process.execPath, [programFile("source/live/devices-main", import.meta.url)], {
    stdio: ["ignore", "pipe", "ignore"],
    timeout: LONGEST_MS,
  });
  const [said] = await Promise.all([text(child.stdout), once(child, "close")]);
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), devices), said);
  if (!parsed.success)
    throw new RefusedError(-32000, "the devices of this host could not be listed; is the installation whole?", undefined);
  return parsed.output;
}

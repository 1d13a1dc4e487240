// Whether the system's clock is synchronised: systemd knows, or chrony does.

import { existsSync } from "node:fs";
import type { ClockReading } from "../checks/clock.ts";
import { runTool } from "./run-tool.ts";

/** systemd-timesyncd makes it when it has reached a server: it can be seen without its bus. */
const TIMESYNC_MARK = "/run/systemd/timesync/synchronized";

export async function readClock(): Promise<ClockReading> {
  const timedatectl = await runTool("timedatectl", ["show", "--property=NTPSynchronized", "--value"]);
  const said = timedatectl.kind === "text" ? timedatectl.text.trim() : "";
  if (said === "yes" || said === "no") return { isSynchronised: said === "yes", by: "timedatectl" };
  const chrony = await runTool("chronyc", ["-n", "tracking"]);
  if (chrony.kind === "text") return { isSynchronised: /^Leap status\s*: Normal/m.test(chrony.text), by: "chronyc" };
  if (existsSync(TIMESYNC_MARK)) return { isSynchronised: true, by: "systemd-timesyncd" };
  return { isSynchronised: null, by: "" };
}

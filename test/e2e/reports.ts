/** What `streamctl --json stats` has printed so far: a report a line. */

import type { ReceptionReport } from "../../receiver/media.ts";
import type { Running } from "./running.ts";

export function reportsOf(running: Running): readonly ReceptionReport[] {
  return running
    .stdout()
    .split("\n")
    .filter((line) => line.startsWith("{") && line.endsWith("}"))
    .map((line) => JSON.parse(line) as ReceptionReport);
}

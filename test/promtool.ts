/** Whether Prometheus' own checker is here: what to do where it is not. */

import { spawnSync } from "node:child_process";

/** The reason for skipping a test that needs it, or false. */
export function missingPromtool(): string | false {
  const isHere = spawnSync("promtool", ["--version"]).status === 0;
  return isHere ? false : "promtool missing: test/install-debian takes it from Debian's package prometheus (as root)";
}

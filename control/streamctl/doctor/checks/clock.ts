// PURE. Whether the system's clock follows a time server. The streams keep time without it; logs, and what is compared between hosts, do not.

import { ok, warn, type Finding } from "../finding.ts";

/** `isSynchronised`: null where nobody could tell. `by`: who was asked. */
export type ClockReading = { readonly isSynchronised: boolean | null; readonly by: string };

export function judgeClock({ isSynchronised, by }: ClockReading): Finding {
  if (isSynchronised === true) return ok("clock", `synchronised (${by})`);
  const text =
    isSynchronised === false
      ? `not synchronised (${by})`
      : "neither timedatectl nor chronyc nor systemd-timesyncd tells whether it is synchronised";
  return warn("clock", text, "timedatectl set-ntp true, or install chrony: logs and delays of several hosts cannot be compared otherwise");
}

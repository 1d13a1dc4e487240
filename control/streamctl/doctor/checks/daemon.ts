// PURE. Whether the daemon answers, and what its channels say of themselves.

import type { ChannelState } from "../../../contract/channel.ts";
import { fail, ok, warn, type Finding } from "../finding.ts";

export type DaemonReading =
  | {
      readonly isThere: true;
      readonly place: string;
      readonly version: string;
      /** Of its process, where it is on this host. */
      readonly pid: number | null;
      readonly channels: readonly {
        readonly name: string;
        readonly group: string;
        readonly port: number;
        readonly state: ChannelState;
        readonly stateReason: string | null;
        readonly warnings: readonly string[];
      }[];
    }
  | { readonly isThere: false; readonly reason: string };

export function judgeDaemon(reading: DaemonReading): readonly Finding[] {
  if (!reading.isThere)
    return [
      warn(
        "daemon",
        `none answers: ${reading.reason}`,
        "systemctl start streamerd, or npm start; --host or --socket where it is elsewhere",
      ),
    ];
  return [
    ok("daemon", `streamerd ${reading.version} answers at ${reading.place}`),
    ...reading.channels.flatMap(({ name, state, stateReason, warnings }) => [
      judgeState(name, state, stateReason),
      ...warnings.map((warning) => warn("channel", `${name}: ${warning}`, "streamctl status tells more")),
    ]),
  ];
}

function judgeState(name: string, state: ChannelState, reason: string | null): Finding {
  const says = `${name} is ${state}${reason === null ? "" : `: ${reason}`}`;
  if (state === "playing" || state === "paused" || state === "idle") return ok("channel", says);
  if (state === "failed") return fail("channel", says, `mend what it names, then streamctl channel start ${name}`);
  if (state === "no-interface") return fail("channel", says, "what the lines on interface and route say");
  if (state === "starved") return warn("channel", says, "a slow disk, or a machine that is too busy: streamctl top");
  return warn("channel", says, `streamctl channel start ${name}, if it should send`);
}

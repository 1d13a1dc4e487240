// streamctl doctor: looks for what is wrong with this host, and tells what helps.
import type { Command } from "commander";
import { RefusedError } from "../../client-error.ts";
import type { Receivers } from "../../receive-request.ts";
import type { Finding } from "../doctor/finding.ts";
import type { DoctorRequest } from "../doctor/plan.ts";
import { failureText, reportText } from "../doctor/report.ts";
import { paperOf, type Tool } from "../tool.ts";
import { parseWait } from "../units.ts";
import { UsageError } from "../../usage-error.ts";
import { passOption } from "./pass.ts";
import { toRequest } from "./receive-options.ts";

export type Doctor = (request: DoctorRequest) => Promise<readonly Finding[]>;

type DoctorOptions = {
  readonly config?: string;
  /** True: the only channel. */
  readonly receive?: string | true;
  readonly duration: string;
  readonly listen: string;
  readonly interface?: string;
  readonly pass?: string;
};

export function addDoctor(program: Command, tool: Tool, receivers: Receivers, doctor: Doctor): void {
  program
    .command("doctor")
    .description(
      "looks at this host (interfaces, routes, firewall, buffers, IGMP, ports, clock, codecs, and where the daemon keeps its state, cache and recordings) and prints what is wrong with the remedy; fails only for what cannot work, not for warnings",
    )
    .option("--config <FILE>", "the daemon's configuration; without it the service's own, or the defaults")
    .option("--receive [CHANNEL]", "this host receives: joins the channel, and counts loss and jitter")
    .option("--duration <SECONDS>", "how long it receives; a switch that forgets does so within five minutes", "5")
    .option("--listen <SECONDS>", "how long it listens for IGMP queries; 130 hears even a slow querier", "5")
    .option("--interface <NAME>", "with --receive: the interface, or its address, to join the group on")
    .addOption(passOption())
    .action(async (options: DoctorOptions) => {
      const findings = await doctor({
        targets: tool.place().targets,
        file: options.config ?? null,
        listenMs: parseWait("--listen", options.listen),
        receive: toReceive(tool, receivers, options),
      });
      tool.print(findings, () => reportText(findings, paperOf(tool.terminal)));
      const failure = failureText(findings);
      if (failure !== null) throw new RefusedError(0, failure, null);
    });
}

function toReceive(
  tool: Tool,
  receivers: Receivers,
  { receive, duration, interface: name, pass }: DoctorOptions,
): DoctorRequest["receive"] {
  if (receive === undefined) {
    if (name !== undefined) throw new UsageError("--interface goes with --receive: a sender's interfaces are those of its configuration");
    return null;
  }
  const common = {
    transport: "multicast",
    latency: "200",
    ...(name === undefined ? {} : { interface: name }),
    ...(pass === undefined ? {} : { pass }),
  } as const;
  const request = {
    ...toRequest(tool, receive === true ? undefined : receive, common),
    durationMs: parseWait("--duration", duration),
  };
  const stop = new AbortController();
  void tool.terminal.untilInterrupted().then(() => stop.abort());
  const say = (line: string): void => tool.terminal.err(`streamctl: ${line}\n`);
  const io = { out: tool.terminal.out, say, progress: () => undefined, json: tool.json(), columns: () => null, signal: stop.signal };
  return { interface: name ?? null, run: () => receivers.examine(request, io) };
}

// streamctl record: receives a channel into a file.
import type { Command } from "commander";
import type { ReceiveRequest, Receivers, RecordRequest } from "../../receive-request.ts";
import type { Tool } from "../tool.ts";
import { parsePositive, parseWholePositive } from "../units.ts";
import { UsageError } from "../../usage-error.ts";
import { runReceiver, toRequest, withCommonOptions, type CommonOptions } from "./receive-options.ts";

export function addRecord(program: Command, tool: Tool, receivers: Receivers): void {
  const command = program
    .command("record")
    .argument(
      "<FILE>",
      "an .mkv (as it came), an .mp4 (H.264 and AAC) or a .wav (sound alone); -: Matroska to standard output, for a player",
    )
    .argument("[CHANNEL]", "may be left out when there is only one")
    .description("records a channel to a file, until Ctrl-C");
  withCommonOptions(command)
    .option("--duration <SECONDS>", "end after so much")
    .option("--segment <MINUTES>", "begin another file after so much: FILE-0001, FILE-0002, and so on")
    .option("--keep <N>", "with --segment: keep the last N files")
    .option("--force", "write over what is there")
    .action((path: string, channel: string | undefined, options: RecordOptions) =>
      runReceiver(tool, (io) => receivers.record({ ...toRequest(tool, channel, options), ...toRecording(path, options) }, io)),
    );
}

type RecordOptions = CommonOptions & {
  readonly duration?: string;
  readonly segment?: string;
  readonly keep?: string;
  readonly force?: true;
};

function toRecording(path: string, { duration, segment, keep, force }: RecordOptions): Omit<RecordRequest, keyof ReceiveRequest> {
  if (keep !== undefined && segment === undefined) throw new UsageError("--keep goes with --segment: it counts files");
  if (path === "-" && segment !== undefined) throw new UsageError("--segment goes with a file, and not with standard output");
  const kept = keep === undefined ? null : parseWholePositive("--keep", keep);
  return {
    path,
    durationMs: duration === undefined ? null : parsePositive("--duration", duration) * 1000,
    segmenting: segment === undefined ? null : { minutes: parsePositive("--segment", segment), keep: kept },
    overwrite: force === true,
  };
}

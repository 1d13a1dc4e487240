/** On what was measured: the machine, the versions of all programs, the commit; and what the host of a virtual machine took away meanwhile. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
/** What a bench has written does not make the next one another program. */
const NOT_WRITTEN_HERE = [":!README.md", ":!docs/bench-*.svg", ":!bench/results"];

export type Circumstances = {
  readonly date: string;
  readonly commit: string;
  readonly machine: string;
  readonly versions: Readonly<Record<string, string>>;
};

export function describeCircumstances(): Circumstances {
  const [first] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: `${git("describe", "--always")}${git("status", "--porcelain", "--untracked-files=no", "--", ".", ...NOT_WRITTEN_HERE) === "" ? "" : "-dirty"}`,
    machine: `${cpus().length} × ${first?.model ?? "unknown processor"}, ${gigabytes} GB, Linux ${release()}`,
    versions: {
      streamerd: versionOf(join(ROOT, "bin/streamerd"), ["--version"]),
      node: process.versions.node,
      ffmpeg: versionOf("ffmpeg", ["-version"]),
      GStreamer: versionOf("gst-launch-1.0", ["--version"]),
    },
  };
}

const git = (...words: readonly string[]): string => firstLine("git", ["-C", ROOT, ...words]);

export type ProcessorTicks = { readonly all: number; readonly idle: number; readonly stolen: number };

export function readProcessorTicks(): ProcessorTicks {
  const [line = ""] = readFileSync("/proc/stat", "utf8").split("\n");
  const ticks = line.split(/\s+/).slice(1, 9).map(Number);
  return { all: ticks.reduce((sum, count) => sum + count, 0), idle: (ticks[3] ?? 0) + (ticks[4] ?? 0), stolen: ticks[7] ?? 0 };
}

/** Percent of the machine's time that its host gave to others: with more than a trace of it, no figure says much about a program. */
export function stealPercent(before: ProcessorTicks, after = readProcessorTicks()): number {
  return (100 * (after.stolen - before.stolen)) / Math.max(1, after.all - before.all);
}

/** Percent of the machine's time in which a processor was not idle. */
export function busyPercent(before: ProcessorTicks, after = readProcessorTicks()): number {
  return 100 - (100 * (after.idle - before.idle)) / Math.max(1, after.all - before.all);
}

/** `ffmpeg version 5.1.9 Copyright …` → `5.1.9`. */
function versionOf(command: string, args: readonly string[]): string {
  const line = firstLine(command, args);
  return /\d+(?:\.\d+)+\S*/.exec(line)?.[0] ?? line;
}

function firstLine(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).split("\n")[0] ?? "";
  } catch {
    return "not there";
  }
}

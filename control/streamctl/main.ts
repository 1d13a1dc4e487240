// Joins streamctl to the process: streams, signals, the config loader, the exit status.
import { readFileSync, statSync } from "node:fs";
import { findPackageJSON } from "node:module";
import * as v from "valibot";
import { hotKeys } from "../../config/hot-keys.ts";
import { loadConfig } from "../../config/load.ts";
import { describeConfigError } from "../../config/origin.ts";
import { listenForSessions } from "../../receiver/discover/listen.ts";
import { makeDirectory } from "../make-directory.ts";
import type { SessionNews } from "./commands/discover.ts";
import { openOutput } from "./output.ts";
import { exitStatus, runStreamctl } from "./run.ts";
import type { Terminal } from "./tool.ts";
import { openSettings } from "./settings-file.ts";
import type { Screen } from "./top/screen.ts";

const { stdin, stdout, stderr, env } = process;
const output = openOutput(stdout, stderr);

// The terminal may go: bin/streamctl saw that it was started by nohup.
const outlivesTerminal = env["STREAMCTL_NOHUP"] !== undefined;
if (outlivesTerminal) process.on("SIGHUP", () => undefined);

const settings = openSettings(
  env,
  (line) => stderr.write(`streamctl: ${line}\n`),
  async (directory, name, content) => {
    const { openJsonStore } = await import("../../config/json-store.ts");
    makeDirectory(directory);
    await openJsonStore(directory, name).write(content);
  },
);

const terminal: Terminal = {
  out: output.write,
  err: (text) => void stderr.write(text),
  bytes: stdout.isTTY ? undefined : output.bytes,
  colour: mayColour(),
  // A serial console tells no size.
  screenColumns: () => (stderr.isTTY && env["TERM"] !== "dumb" ? stderr.columns || 80 : null),
  outColumns: () => (stdout.isTTY ? stdout.columns || 80 : null),
  openScreen: stdin.isTTY && stdout.isTTY && env["TERM"] !== "dumb" ? openTerminal : undefined,
  runtimeDirectory: env["XDG_RUNTIME_DIR"],
  untilInterrupted: () =>
    new Promise((resolve) => {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
      if (!outlivesTerminal) process.once("SIGHUP", () => resolve());
      void output.ended.then(resolve);
    }),
};

const status = await runStreamctl(process.argv.slice(2), {
  terminal,
  version: packageVersion(),
  checkConfig,
  discover,
  devices: async () => (await import("../../daemon/device-tools.ts")).listDevices(),
  receivers: {
    stats: async (request, io) => (await import("../../receiver/commands/stats.ts")).runStats(request, io),
    watch: async (request, io) => (await import("../../receiver/commands/watch.ts")).runWatch(request, io),
    play: async (request, io) => (await import("../../receiver/commands/watch.ts")).runPlay(request, io),
    examine: async (request, io) => (await import("../../receiver/commands/examine.ts")).runExamine(request, io),
    measure: async (request, io) => (await import("../../receiver/commands/measure.ts")).runMeasure(request, io),
    record: async (request, io) => (await import("../../receiver/commands/record.ts")).runRecord(request, io),
  },
  doctor: async (request) => (await import("./doctor/main.ts")).runDoctor(request),
  cache: {
    prepare: async (request, io) => (await import("../../daemon/cache-tools.ts")).prepareFilms(request, io),
    list: async (place) => (await import("../../daemon/cache-tools.ts")).listCache(place),
    clear: async (place) => (await import("../../daemon/cache-tools.ts")).clearCache(place),
  },
  hotKeys,
  settings,
});
const missing = output.problem();
if (missing !== null) terminal.err(`streamctl: ${missing}\n`);
process.exitCode = missing !== null && status === exitStatus.ok ? exitStatus.refused : status;
if (output.isLeft()) process.exit();

/** The file alone: what the daemon's environment adds is the daemon's (`streamerd --check-config`). */
function checkConfig(file: string): readonly string[] {
  if (!isThere(file)) return [`${file}: no such file; name one: streamctl config check FILE`];
  const loaded = loadConfig({ file, sets: [], env: {}, files: [], cwd: process.cwd() });
  return loaded.ok ? [] : loaded.errors.map(describeConfigError);
}

/** True also where this user may not look: what reads it says so. */
function isThere(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}

/** What it takes is loaded when it is wanted: every other command starts sooner. */
async function openTerminal(onKey: (key: string) => void, onResize: () => void): Promise<Screen> {
  const { openScreen } = await import("./top/screen.ts");
  return openScreen(stdin, stdout, onKey, onResize);
}

/** The command line goes before the settings, and both before the environment. */
function mayColour(): boolean {
  const { argv } = process;
  const index = argv.indexOf("--colour");
  const said = index > 0 ? argv[index + 1] : argv.find((word) => word.startsWith("--colour="))?.slice("--colour=".length);
  const when = said ?? settings.read().colour ?? "auto";
  if (when !== "auto") return when === "always";
  return stdout.isTTY && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
}

function discover(onNews: (news: SessionNews) => void, signal: AbortSignal): Promise<void> {
  const tell = ({ kind, heard: { session, sdp, heardFrom } }: Parameters<Parameters<typeof listenForSessions>[0]>[0]): void =>
    onNews({ kind, session: { ...session, sdp, heardFrom } });
  return listenForSessions(tell, signal);
}

function packageVersion(): string {
  const path = findPackageJSON(import.meta.url);
  if (path === undefined) return "unknown";
  return v.parse(v.object({ version: v.string() }), JSON.parse(readFileSync(path, "utf8"))).version;
}

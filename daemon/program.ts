/** `streamerd`: reads the command line and the configuration, and runs the daemon until it is told to end. */

import { loadConfig } from "../config/load.ts";
import { formatConfigError } from "../config/origin.ts";
import { levels } from "pino";
import type { Config } from "../config/schema.ts";
import { inheritedSockets } from "../control/server/inherited.ts";
import { cacheDirectory } from "./cache-directory.ts";
import { runDaemon } from "./daemon.ts";
import { EndedInFailure } from "./ending.ts";
import { openServiceManager } from "./notify/service-manager.ts";
import { readToken } from "./operator-token.ts";
import { SenderDied } from "./send/sender-worker-start.ts";
import { StartError } from "./start-error.ts";
import { isJournal, journalLine } from "./log/journal.ts";
import { LogRing } from "./log/ring.ts";
import { openLog } from "./log/log.ts";
import { readMachine } from "./machine.ts";
import { parseOptions } from "./options.ts";
import type { SourceCache } from "./source/messages.ts";
import { stateDirectory } from "./state/directory.ts";
import { packageVersion } from "./version.ts";

const EXIT_CONFIG = 2;
const EXIT_FAILED = 1;
/** Not to be started again: what could be played has been. */
const EXIT_ENDED_IN_FAILURE = 3;

/** Resolves with the exit code. */
export async function run(): Promise<number> {
  // A reader that went away, a terminal or a disk that is full must not take the stream with it.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  const version = packageVersion();
  const parsed = parseOptions(process.argv.slice(2), version);
  if (!parsed.ok) return parsed.exitCode;
  const { config: file, sets, files, checkConfig } = parsed.options;
  const cwd = workingDirectory();
  if (cwd === null) {
    complain("streamerd: the working directory has been removed; start it in another one");
    return EXIT_FAILED;
  }
  const request = { ...(file === undefined ? {} : { file }), sets, files, env: process.env, cwd, machine: readMachine() };
  const loaded = loadConfig(request);
  if (!loaded.ok) {
    for (const error of loaded.errors) complain(formatConfigError(error));
    return EXIT_CONFIG;
  }
  if (checkConfig) {
    print(
      `streamerd: the configuration is good: ${loaded.config.channels.map(({ name, group, port }) => `${name} ${group}:${port}`).join(", ")}`,
    );
    return 0;
  }
  const token = readToken(loaded.config.control.operatorTokenFile, process.env);
  if (!token.ok) {
    complain(`streamerd: ${token.reason}`);
    return EXIT_CONFIG;
  }
  const logRing = new LogRing();
  const log = await openLog(loaded.config.log, process.env, logRing);
  const stop = new AbortController();
  const hadTerminal = process.stdin.isTTY || process.stdout.isTTY;
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort());
  let reload = (): void => {};
  process.on("SIGHUP", () => {
    // From a terminal that is closed it means the end, as it does to any program.
    if (hadTerminal) stop.abort();
    else reload();
  });
  // A socket that somebody asked for is made where they asked, or not at all.
  const isDefaultSocket = loaded.sources.get("control.socket")?.kind === "default";
  const runtimeDir = process.env["XDG_RUNTIME_DIR"];
  const otherSocket = runtimeDir === undefined ? null : `${runtimeDir}/streamerd.sock`;
  try {
    await runDaemon(
      {
        config: loaded.config,
        version,
        serviceManager: openServiceManager(process.env, process.pid, (text) => log.warn(text)),
        inheritedSockets: inheritedSockets(process.env, process.pid),
        token: token.value,
        socketFallback: isDefaultSocket ? { path: otherSocket } : null,
        load: () => loadConfig({ ...request, mayBeEmpty: false }),
        configFile: file ?? null,
        // Files on the command line are for this once.
        stateDirectory: files.length > 0 ? null : stateDirectory(loaded.config.state.dir, process.env),
        cache: cacheOf(loaded.config.cache),
        onReloadable: (again) => {
          reload = again;
        },
        log,
        logRing,
        print,
      },
      stop.signal,
    );
    return 0;
  } catch (error) {
    if (!(error instanceof StartError || error instanceof SenderDied || error instanceof EndedInFailure)) throw error;
    complain(`streamerd: ${error.message}`);
    return error instanceof EndedInFailure ? EXIT_ENDED_IN_FAILURE : EXIT_FAILED;
  }
}

/** Null where there is none any more. */
function workingDirectory(): string | null {
  try {
    return process.cwd();
  } catch {
    return null;
  }
}

function cacheOf({ dir, maxBytes }: Config["cache"]): SourceCache {
  const directory = cacheDirectory(dir, process.env);
  return directory === null || maxBytes === 0 ? null : { dir: directory, maxBytes };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The last line of a program that cannot go on: plain text, whatever the log's format is. */
function complain(line: string): void {
  process.stderr.write(isJournal(process.env) ? journalLine(levels.values["fatal"] ?? Number.NaN, line) : `${line}\n`);
}

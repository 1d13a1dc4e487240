// streamctl as a function: arguments in, text out, and an exit status.
import { Command, CommanderError, Option } from "commander";
import { CannotConnectError, ConnectionLostError, RefusedError } from "../client-error.ts";
import { oneLine } from "../untrusted-text.ts";
import { addCache, addPrepare } from "./commands/cache.ts";
import { addChannel } from "./commands/channel.ts";
import { addClients } from "./commands/clients.ts";
import { addCompletion } from "./commands/completion.ts";
import { addConfig, type CheckConfig } from "./commands/config.ts";
import { addDevices } from "./commands/devices.ts";
import { addDiscover, type Discover } from "./commands/discover.ts";
import { addDoctor, type Doctor } from "./commands/doctor.ts";
import { addEvents } from "./commands/events.ts";
import { addHelp } from "./commands/help.ts";
import { addJoin } from "./commands/join.ts";
import { addPass } from "./commands/pass.ts";
import { addPacing } from "./commands/pacing.ts";
import { addMeasure } from "./commands/measure.ts";
import { addRecord } from "./commands/record.ts";
import { addSettings } from "./commands/settings.ts";
import { addStatus } from "./commands/status.ts";
import { addTop } from "./commands/top.ts";
import { addWatch } from "./commands/watch.ts";
import type { ListDevices } from "../devices.ts";
import type { CacheTools } from "../cache-request.ts";
import type { Receivers } from "../receive-request.ts";
import { colourModes, type SettingsStore } from "./own-settings.ts";
import { createTool, type GlobalOptions, type Terminal } from "./tool.ts";
import { UsageError } from "../usage-error.ts";
import { wrongUsage } from "./wrong-usage.ts";

export const exitStatus = { ok: 0, refused: 1, usage: 2, cannotConnect: 3 } as const;

export type Streamctl = {
  readonly terminal: Terminal;
  readonly version: string;
  readonly checkConfig: CheckConfig;
  readonly discover: Discover;
  readonly devices: ListDevices;
  readonly receivers: Receivers;
  readonly doctor: Doctor;
  readonly cache: CacheTools;
  /** Keys that `set` takes. */
  readonly hotKeys: readonly string[];
  readonly settings: SettingsStore;
};

/** Runs one command. `args` are those after the program's name. Errors are printed, one line each. */
export async function runStreamctl(args: readonly string[], streamctl: Streamctl): Promise<number> {
  const { terminal } = streamctl;
  const program = createProgram(streamctl);
  try {
    await program.parseAsync(args, { from: "user" });
    return exitStatus.ok;
  } catch (error) {
    // Commander has printed its own message, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.ok : exitStatus.usage;
    if (!(error instanceof Error)) throw error;
    const status = statusOf(error);
    if (status === null) throw error;
    const message = isHomeless(error)
      ? "the working directory has been removed; change to another one"
      : `${error.message}${remembered(error, program.opts(), streamctl.settings)}`;
    for (const line of message.split("\n")) terminal.err(`streamctl: ${oneLine(line)}\n`);
    return status;
  }
}

function statusOf(error: Error): number | null {
  if (error instanceof RefusedError || isHomeless(error)) return exitStatus.refused;
  if (error instanceof UsageError) return exitStatus.usage;
  return error instanceof CannotConnectError || error instanceof ConnectionLostError ? exitStatus.cannotConnect : null;
}

/** Who has forgotten that a host was set would not look for it there. */
function remembered(error: Error, { host, socket }: GlobalOptions, settings: SettingsStore): string {
  const isSet = host === undefined && socket === undefined && settings.read().host !== undefined;
  return error instanceof CannotConnectError && isSet ? " (the setting host: streamctl config unset host forgets it)" : "";
}

/** A relative path leads nowhere: process.cwd() says so. */
function isHomeless(error: Error): boolean {
  return "syscall" in error && error.syscall === "uv_cwd";
}

/** The tree of commands; what they do is done when it parses. */
export function createProgram(streamctl: Streamctl): Command {
  const { terminal, version, checkConfig, discover, devices, receivers, doctor, cache, hotKeys, settings } = streamctl;
  const program = new Command("streamctl");
  program
    .description("Steers streamerd and tells what it does.")
    .version(version, "--version", "prints the version")
    .option("--host <HOST[:PORT]>", "the daemon's host, over TCP (port 9688)")
    .option("--socket <PATH>", "the daemon's Unix socket")
    .option("--token-file <FILE>", "the operator's token, to change something over TCP")
    .option("--json", "prints the result as it came, in JSON; of what goes on, a line each")
    .addOption(new Option("--colour <WHEN>", "whether to use colour").choices(colourModes))
    .addHelpText("after", helpText)
    .exitOverride()
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.err,
      outputError: (text, write) => write(`streamctl: ${wrongUsage(program, text)}\n`),
      getOutHasColors: () => terminal.colour,
    });
  const tool = createTool(terminal, () => withSettings(program.opts(), settings));
  addStatus(program, tool);
  addTop(program, tool);
  addChannel(program, tool);
  addPacing(program, tool);
  addSettings(program, tool, hotKeys);
  addJoin(program, tool);
  addClients(program, tool);
  addPass(program, tool);
  addDiscover(program, tool, discover);
  addDevices(program, tool, devices);
  addWatch(program, tool, receivers);
  addRecord(program, tool, receivers);
  addMeasure(program, tool, receivers);
  addDoctor(program, tool, receivers, doctor);
  addPrepare(program, tool, cache);
  addCache(program, tool, cache);
  addEvents(program, tool);
  addConfig(program, tool, checkConfig, settings);
  addCompletion(program, tool, hotKeys);
  completeHelp(program);
  return program;
}

/** A command by itself has nothing that tells more, but for the options of all. */
function completeHelp(command: Command): void {
  if (command.commands.length > 0) addHelp(command);
  else command.helpOption("-h, --help", "prints this help");
  if (command.parent !== null) command.addHelpText("after", OPTIONS_OF_ALL);
  command.commands.forEach(completeHelp);
}

const OPTIONS_OF_ALL = `
Every command takes --host, --socket, --token-file, --json and --colour as well:
streamctl --help tells what they are.`;

/** What the command line says goes before what is remembered; a socket that is named needs no host. */
function withSettings(options: GlobalOptions, settings: SettingsStore): GlobalOptions {
  const { host, tokenFile } = settings.read();
  const isPlaced = options.host !== undefined || options.socket !== undefined;
  return {
    ...(host === undefined || isPlaced ? {} : { host }),
    ...(tokenFile === undefined ? {} : { tokenFileSetting: tokenFile }),
    ...options,
  };
}

export const examples = [
  "streamctl status",
  "streamctl channel seek main 1:30",
  "streamctl pacing set main --fps 12",
  "streamctl --host 10.77.0.1 --json status",
  "streamctl --host 10.77.0.1 sdp > film.sdp",
];

/** The status, what the help says of it, and the manual page. */
export const exitMeanings = [
  ["0", "done", "done"],
  ["1", "refused", "refused by the daemon, or by this host; something cannot be done as it was asked for"],
  [
    "2",
    "wrong usage",
    "wrong usage: a word that is unknown or missing, CHANNEL for instance where there are several; a value of the wrong form; a file of an option that cannot be read",
  ],
  ["3", "cannot connect", "cannot connect: no daemon answers or is announced, or it went away"],
] as const;

const helpText = `
Without --host and --socket the daemon of this host is looked for:
/run/streamerd/control.sock, $XDG_RUNTIME_DIR/streamerd.sock, 127.0.0.1:9688.
CHANNEL may be left out when there is only one.

Exit status: ${exitMeanings.map(([status, meaning]) => `${status} ${meaning}`).join(", ")}.

Examples:
${examples.map((example) => `  ${example}`).join("\n")}
`;

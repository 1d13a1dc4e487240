/** The command line of `streamerd`. */

import { Command, CommanderError, InvalidArgumentError } from "commander";

export type Options = {
  readonly config: string | undefined;
  readonly sets: readonly string[];
  readonly files: readonly string[];
  readonly checkConfig: boolean;
};

export type ParsedOptions = { readonly ok: true; readonly options: Options } | { readonly ok: false; readonly exitCode: number };

export const EXAMPLES = [
  "streamerd film.mp4",
  "streamerd --set channels.main.group=239.255.1.1 one.mp4 two.mp4",
  "streamerd --config /etc/streamerd/streamerd.yml",
];

const HELP = `
Without a FILE, and without a source in the config, the generated test film is
sent. Files loop until --loop=false.

Examples:
${EXAMPLES.map((example) => `  ${example}`).join("\n")}

Keys and their values: man streamerd.yml, or config/reference.md of a checkout.
The running program is steered with streamctl.`;

/** `argv`: without the program. Help and version go to standard output, mistakes to standard error. */
export function parseOptions(argv: readonly string[], version: string): ParsedOptions {
  const command = createCommand(version)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`streamerd: ${oneLine(text)} (streamerd --help tells more)\n`) });
  try {
    command.parse(argv, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return { ok: false, exitCode: error.exitCode === 0 ? 0 : 2 };
    throw error;
  }
  const given = command.opts<{ config?: string; set?: readonly string[]; loop?: boolean; checkConfig?: boolean }>();
  const loop = given.loop === undefined ? [] : [`channels.main.loop=${given.loop}`];
  return {
    ok: true,
    options: { config: given.config, sets: [...(given.set ?? []), ...loop], files: command.args, checkConfig: given.checkConfig ?? false },
  };
}

/** What the command line may be. */
export function createCommand(version: string): Command {
  return new Command("streamerd")
    .description("Sends films to every screen of a LAN: RTP over IPv4 multicast, on time.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .argument("[FILE...]", "media files or directories: the playlist of channel main; or one live source: camera, mic, rtsp://…")
    .option("-c, --config <file>", "read the configuration from this YAML file")
    .option(
      "-s, --set <key=value>",
      "set one key of the configuration (repeatable)",
      (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value],
    )
    .option("--loop <boolean>", "whether files on the command line begin again at the end (default: true)", trueOrFalse)
    .option("--check-config", "check the configuration, print what is wrong with it, and exit")
    .addHelpText("after", HELP);
}

/** Commander begins with "error: ", and puts its suggestions on lines of their own. */
function oneLine(text: string): string {
  return text
    .trim()
    .replace(/^error: /, "")
    .replaceAll(/\s*\n\s*/g, " ");
}

function trueOrFalse(text: string): boolean {
  if (text !== "true" && text !== "false") throw new InvalidArgumentError("give true or false.");
  return text === "true";
}

// streamctl config …: whether a config file is good, without a daemon; having the daemon read its own again; and our own settings.
import { resolve } from "node:path";
import { Argument, type Command } from "commander";
import { RefusedError } from "../../client-error.ts";
import type { Result } from "../../contract/contract.ts";
import { messageOf } from "../../system-error.ts";
import { settingKeys, settingProblem, type OwnSettings, type SettingKey, type SettingsStore } from "../own-settings.ts";
import { table } from "../table.ts";
import { parseHost } from "../target.ts";
import type { Tool } from "../tool.ts";
import { readTokenAt } from "../token.ts";
import { UsageError } from "../../usage-error.ts";

/** One line for each mistake in the file; none: it is good. */
export type CheckConfig = (file: string) => readonly string[];

const serviceConfig = "/etc/streamerd/streamerd.yml";
/** Who has just saved the file comes second: the daemon looks at it each second. */
const NOTHING_NEW = "nothing has changed since the daemon read it last: it takes a changed file up by itself\n";

const NOTHING_SET = `nothing is set; ${settingKeys.join(", ")} can be: streamctl config set KEY VALUE\n`;

export function addConfig(program: Command, tool: Tool, checkConfig: CheckConfig, store: SettingsStore): void {
  const config = program.command("config").description("the daemon's configuration, and streamctl's own settings");

  addOwnSettings(config, tool, store);

  config
    .command("reload")
    .description("has the daemon read its configuration again; hot keys are applied without touching the stream")
    .action(() =>
      tool.withClient(async ({ client }) => {
        const result = await client.call("config.reload", {});
        tool.print(result, () => reloadText(result));
      }),
    );

  config
    .command("check")
    .argument("[FILE]", `the file (default: ${serviceConfig})`)
    .description("checks a config file; needs no daemon")
    .action((named: string | undefined) => {
      const file = named ?? serviceConfig;
      const mistakes = checkConfig(file);
      tool.print({ file, mistakes }, () => (mistakes.length === 0 ? `${file}: good\n` : ""));
      if (mistakes.length > 0) throw new RefusedError(0, mistakes.join("\n"), null);
    });
}

/** streamctl's own: `host`, `tokenFile`, `colour`. */
function addOwnSettings(config: Command, tool: Tool, store: SettingsStore): void {
  const keyArgument = (): Argument => new Argument("<KEY>", "host, tokenFile or colour").choices(settingKeys);

  config
    .command("get")
    .addArgument(keyArgument().argOptional())
    .description("streamctl's own settings, on this host and for this user; with a KEY its value alone")
    .action((key: SettingKey | undefined) => {
      const settings = store.read();
      if (key !== undefined) {
        const value = settings[key];
        // A script that asks for one key takes what is printed for its value.
        return tool.print({ [key]: value }, () => (value === undefined ? "" : `${value}\n`));
      }
      const rows = Object.entries(settings).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
      tool.print(settings, () => (rows.length === 0 ? NOTHING_SET : table(rows, tool.terminal)));
    });

  config
    .command("set")
    .addArgument(keyArgument())
    .argument("<VALUE>", "HOST[:PORT], a FILE, or auto, always or never")
    .description("changes one of streamctl's own settings; an option on the command line goes before it")
    .action((key: SettingKey, value: string) => {
      const problem = settingProblem(key, value);
      if (problem !== null) throw new UsageError(`${key} ${value}: ${problem}`);
      if (key === "host") parseHost(value, key);
      if (key === "tokenFile") readTokenAt(value, `tokenFile ${value}`);
      // A file is the same one wherever a command is called from.
      return save(store, { ...store.read(), [key]: key === "tokenFile" ? resolve(value) : value });
    });

  config
    .command("unset")
    .addArgument(keyArgument())
    .description("forgets one of streamctl's own settings")
    .action((key: SettingKey) => {
      const { [key]: _, ...others } = store.read();
      return save(store, others);
    });
}

async function save(store: SettingsStore, settings: OwnSettings): Promise<void> {
  try {
    await store.write(settings);
  } catch (error) {
    throw new RefusedError(0, messageOf(error), null);
  }
}

function reloadText({ applied, needsRestart }: Result<"config.reload">): string {
  const lines = [
    ...(applied.length === 0 ? [] : [`applied: ${applied.join(", ")}`]),
    ...(needsRestart.length === 0 ? [] : [`waiting for a restart of the daemon: ${needsRestart.join(", ")}`]),
  ];
  return lines.length === 0 ? NOTHING_NEW : `${lines.join("\n")}\n`;
}

// streamctl config …: whether a config file is good, without a daemon; and having the daemon read its own again.
import type { Command } from "commander";
import { RefusedError } from "../../client-error.ts";
import type { Result } from "../../contract/contract.ts";
import type { Tool } from "../tool.ts";

/** One line for each mistake in the file; none: it is good. */
export type CheckConfig = (file: string) => readonly string[];

const serviceConfig = "/etc/streamerd/streamerd.yml";

export function addConfig(program: Command, tool: Tool, checkConfig: CheckConfig): void {
  const config = program.command("config").description("the configuration");

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
    .argument("[FILE]", "the file", serviceConfig)
    .description("checks a config file; needs no daemon")
    .action((file: string) => {
      const mistakes = checkConfig(file);
      tool.print({ file, mistakes }, () => (mistakes.length === 0 ? `${file}: good\n` : ""));
      if (mistakes.length > 0) throw new RefusedError(0, mistakes.join("\n"), null);
    });
}

function reloadText({ applied, needsRestart }: Result<"config.reload">): string {
  const lines = [
    ...(applied.length === 0 ? [] : [`applied: ${applied.join(", ")}`]),
    ...(needsRestart.length === 0 ? [] : [`waiting for a restart of the daemon: ${needsRestart.join(", ")}`]),
  ];
  return lines.length === 0 ? "nothing has changed\n" : `${lines.join("\n")}\n`;
}

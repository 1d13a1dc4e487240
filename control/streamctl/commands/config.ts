// streamctl config check: whether a config file is good, without a daemon.
import type { Command } from "commander";
import { RefusedError } from "../../client-error.ts";
import type { Tool } from "../tool.ts";

/** One line for each mistake in the file; none: it is good. */
export type CheckConfig = (file: string) => readonly string[];

const serviceConfig = "/etc/streamerd/streamerd.yml";

export function addConfig(program: Command, tool: Tool, checkConfig: CheckConfig): void {
  const config = program.command("config").description("the configuration");
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

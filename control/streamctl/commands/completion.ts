// streamctl completion SHELL: what a shell needs to complete our commands. `__complete` is what it then asks.
import { Argument, type Command } from "commander";
import { connectControl } from "../../client.ts";
import { candidates } from "../completion/candidates.ts";
import { completionScripts, shells, type Shell } from "../completion/scripts.ts";
import { targets } from "../target.ts";
import type { Tool } from "../tool.ts";

/** Who presses Tab does not wait for a host that is away. */
const PATIENCE_MS = 300;

export function addCompletion(program: Command, tool: Tool, hotKeys: readonly string[]): void {
  program
    .command("completion")
    .addArgument(new Argument("<SHELL>", "bash, zsh or fish").choices(shells))
    .description("prints the completion script for a shell, for example: source <(streamctl completion bash)")
    .action((shell: Shell) => tool.terminal.out(completionScripts[shell]));

  program
    .command("__complete", { hidden: true })
    .argument("[WORDS...]")
    .action(async (words: readonly string[]) => {
      const found = await candidates(program, words, { channels: () => channelNames(tool, words), hotKeys });
      const lines = found.kind === "files" ? [":files"] : found.words.map(({ word, about }) => (about === "" ? word : `${word}\t${about}`));
      tool.terminal.out(lines.map((line) => `${line}\n`).join(""));
    });
}

/** Of the daemon that the words so far mean; none if it does not answer at once. */
async function channelNames(tool: Tool, words: readonly string[]): Promise<readonly string[]> {
  try {
    const [host, socket] = [valueOf(words, "--host"), valueOf(words, "--socket")];
    const isPlaced = host !== undefined || socket !== undefined;
    const places = isPlaced ? targets({ host, socket }, tool.terminal.runtimeDirectory) : tool.place().targets;
    for (const place of places) {
      const client = await connectControl(place, { connectMs: PATIENCE_MS, callMs: PATIENCE_MS }).catch(() => null);
      if (client === null) continue;
      try {
        return (await client.call("server.hello", { client: "streamctl completion" })).channels;
      } finally {
        client.close();
      }
    }
  } catch {
    // A shell shows nothing of an error; it offers nothing.
  }
  return [];
}

function valueOf(words: readonly string[], option: string): string | undefined {
  const index = words.indexOf(option);
  return index >= 0 ? words[index + 1] : words.find((word) => word.startsWith(`${option}=`))?.slice(option.length + 1);
}

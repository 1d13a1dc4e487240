// streamctl help …, and what --help answers: to a command that is none, the same as without it.
import type { AddHelpTextContext, Command } from "commander";

/** To the program and to each group of commands. */
export function addHelp(group: Command): void {
  const toGroup = group.parent === null ? "" : `${group.name()} `;
  group
    .helpOption("-h, --help", `prints this help; \`streamctl ${toGroup}COMMAND --help\` tells more`)
    .addHelpText("beforeAll", refuseUnknown)
    .command("help")
    .argument("[COMMAND...]")
    .description("prints the help of a command")
    .action((words: readonly string[]) => void group.parse([...words, "--help"], { from: "user" }));
}

/** Commander would print the group's help for `seek --help` as well. */
function refuseUnknown({ command }: AddHelpTextContext): string {
  const [word] = command.args;
  const isUnknown = word !== undefined && !word.startsWith("-") && command.commands.every((child) => child.name() !== word);
  if (isUnknown) command.parse([word], { from: "user" });
  return "";
}

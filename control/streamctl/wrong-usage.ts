// PURE. Commander's messages for what was typed wrong, in one line of ours.
import type { Command } from "commander";

/** A command of a group that is named without the group is told with it: `stop` resembles `top`, and is meant to be `channel stop`. */
export function wrongUsage(program: Command, text: string): string {
  // Commander puts its suggestions on lines of their own.
  const line = text
    .trim()
    .replace(/^error: /, "")
    .replace(/^command-argument value ('.*?') is invalid for argument '(.*?)'\./, "$2 $1 is invalid.")
    .replaceAll(/\s*\n\s*/g, " ");
  const unknown = /^unknown command '(.*?)'/.exec(line);
  const meant = unknown === null ? [] : inGroups(program, unknown[1] ?? "");
  if (unknown === null) return line;
  if (meant.length > 0) return `${unknown[0]}: write ${meant.join(" or ")}`;
  // Where it resembles one, Commander names that.
  return line === unknown[0] ? `${line}: ${program.name()} --help lists what there is` : line;
}

function inGroups(program: Command, name: string): readonly string[] {
  return program.commands
    .filter(({ commands }) => commands.some((command) => command.name() === name))
    .map((group) => `${program.name()} ${group.name()} ${name}`);
}

/** The manual page of a program, from the tree of commands that its command line is read by. Pure. */
import type { Argument, Command } from "commander";
import { entry, line, page, paragraph, section, subsection, verbatim } from "./roff.ts";

export type CommandPage = {
  readonly program: Command;
  readonly section: number;
  readonly source: string;
  /** Paragraphs behind the first one. */
  readonly about: readonly string[];
  readonly examples: readonly string[];
  /** Terms with their meaning: files, environment. */
  readonly files: readonly (readonly [string, string])[];
  readonly exitStatus: readonly (readonly [string, string])[];
  readonly seeAlso: string;
};

export function renderCommandPage(about: CommandPage): string {
  const { program } = about;
  const commands = leaves(program);
  const isTree = commands.length > 1;
  const name = program.name();
  const synopsis = isTree ? `${name} [OPTION...] COMMAND [ARGUMENT...]` : `${name} [OPTION...] ${argumentsOf(program)}`;
  return page(name, about.section, about.source, [
    section("Name", line(`${name} - ${lower(program.description())}`)),
    section("Synopsis", `.B ${line(synopsis)}`),
    section("Description", line(program.description()), ...about.about.map(paragraph)),
    section("Options", ...optionsOf(program)),
    ...(isTree ? [section("Commands", ...commands.map((command) => commandPart(command)))] : []),
    section("Exit status", ...about.exitStatus.map(([status, meaning]) => entry(status, meaning))),
    ...(about.files.length === 0 ? [] : [section("Files", ...about.files.map(([file, meaning]) => entry(file, meaning)))]),
    section("Examples", verbatim(about.examples)),
    section("See also", line(about.seeAlso)),
  ]);
}

/** The commands that do something, each with its whole name. */
function leaves(command: Command): readonly Command[] {
  if (command.commands.length === 0) return [command];
  return command.commands.filter((child) => child.name() !== "help" && !child.name().startsWith("__")).flatMap(leaves);
}

function commandPart(command: Command): string {
  const title = [...wholeName(command).slice(1), argumentsOf(command)].join(" ").trim();
  const given = command.registeredArguments
    .filter(({ description }) => description !== "")
    .map((argument) => entry(shown(argument), argument.description));
  return subsection(title, line(sentence(command.description())), ...given, ...optionsOf(command));
}

function wholeName(command: Command): readonly string[] {
  return command.parent === null ? [command.name()] : [...wholeName(command.parent), command.name()];
}

function argumentsOf(command: Command): string {
  return command.registeredArguments.map(shown).join(" ");
}

function shown(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
  return argument.required ? name : `[${name}]`;
}

function optionsOf(command: Command): readonly string[] {
  // Of the commands in a tree each has its own help: said once, for the program.
  const visible = command
    .createHelp()
    .visibleOptions(command)
    .filter(({ long }) => command.parent === null || long !== "--help");
  return visible.map(({ flags, description, argChoices, defaultValue, envVar }) => {
    const remarks = [
      ...(argChoices === undefined ? [] : [argChoices.join(", ")]),
      ...(typeof defaultValue === "string" ? [`default: ${defaultValue}`] : []),
      ...(envVar === undefined ? [] : [`env: ${envVar}`]),
    ];
    return entry(flags, sentence(remarks.length === 0 ? description : `${description} (${remarks.join("; ")})`));
  });
}

function sentence(text: string): string {
  const upper = text.charAt(0).toUpperCase() + text.slice(1);
  return upper.endsWith(".") ? upper : `${upper}.`;
}

function lower(text: string): string {
  return (text.charAt(0).toLowerCase() + text.slice(1)).replace(/\.$/, "");
}

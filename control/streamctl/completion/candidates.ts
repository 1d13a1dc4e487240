// What may come next on the command line of streamctl: from the tree of its commands, and from the daemon where names are the daemon's.
import type { Argument, Command, Option } from "commander";
import { isHotKey, lastPart } from "../hot-key-names.ts";

export type Candidates =
  | { readonly kind: "words"; readonly words: readonly Candidate[] }
  /** The shell's own completion of file names. */
  | { readonly kind: "files" };
export type Candidate = { readonly word: string; readonly about: string };

export type Names = {
  /** Of the running daemon; none if there is no daemon. */
  readonly channels: () => Promise<readonly string[]>;
  /** Keys that `set` takes. */
  readonly hotKeys: readonly string[];
};

const NONE: Candidates = { kind: "words", words: [] };

/** `words`: those behind the program's name; the last one is being typed, and may be empty. */
export async function candidates(program: Command, words: readonly string[], names: Names): Promise<Candidates> {
  const typed = words.at(-1) ?? "";
  const place = findPlace(program, words.slice(0, -1));
  const found = await candidatesAt(place, typed, names);
  if (found.kind === "files") return found;
  return { kind: "words", words: found.words.filter(({ word }) => word.startsWith(typed)) };
}

type Place = {
  readonly command: Command;
  /** The option whose value comes next. */
  readonly option: Option | null;
  readonly given: readonly string[];
};

function findPlace(program: Command, words: readonly string[]): Place {
  let command = program;
  let option: Option | null = null;
  let given: readonly string[] = [];
  for (const word of words) {
    if (option !== null) option = null;
    else if (word.startsWith("-")) option = word.includes("=") ? null : valueOption(command, word);
    else {
      const child = command.commands.find((candidate) => candidate.name() === word);
      if (child === undefined) given = [...given, word];
      // Behind it stands what would stand in its place.
      else if (word !== "help") command = child;
    }
  }
  return { command, option, given };
}

function valueOption(command: Command, flag: string): Option | null {
  return (
    optionsOf(command).find((option) => (option.long === flag || option.short === flag) && (option.required || option.optional)) ?? null
  );
}

/** Its own, and those of the commands above it. */
function optionsOf(command: Command): readonly Option[] {
  return command.parent === null ? command.options : [...command.options, ...optionsOf(command.parent)];
}

async function candidatesAt({ command, option, given }: Place, typed: string, names: Names): Promise<Candidates> {
  // What may be left out may be followed by another option.
  if (option !== null && !(option.optional && typed.startsWith("-"))) return valuesOf(option, names);
  if (typed.startsWith("-"))
    return words([
      ...optionsOf(command).map(({ long, short, description }) => ({ word: long ?? short ?? "", about: description })),
      ...(command.name() === "record" && given.length === 0 ? [{ word: "-", about: "standard output" }] : []),
    ]);
  if (command.commands.length > 0)
    return words(command.commands.filter(isPublic).map((child) => ({ word: child.name(), about: child.description() })));
  if (takesSettings(command)) return settings(given, typed, names);
  const last = command.registeredArguments.at(-1);
  const argument = command.registeredArguments[given.length] ?? (last?.variadic === true ? last : undefined);
  return argument === undefined ? NONE : argumentValues(argument, names);
}

async function valuesOf({ argChoices, flags }: Option, { channels }: Names): Promise<Candidates> {
  if (argChoices !== undefined) return words(argChoices.map((word) => ({ word, about: "" })));
  if (/[<[]CHANNEL[>\]]/.test(flags)) return words((await channels()).map((word) => ({ word, about: "channel" })));
  return /<(FILE|PATH|FOLDER)\b/.test(flags) ? { kind: "files" } : NONE;
}

async function argumentValues(argument: Argument, { channels }: Names): Promise<Candidates> {
  if (argument.argChoices !== undefined) return words(argument.argChoices.map((word) => ({ word, about: "" })));
  if (argument.name() === "CHANNEL") return words((await channels()).map((word) => ({ word, about: "channel" })));
  return argument.name() === "FILE" ? { kind: "files" } : NONE;
}

/** `set` and `reset`, but none of the commands of these names below another one. */
function takesSettings(command: Command): boolean {
  return ["set", "reset"].includes(command.name()) && command.parent?.parent === null;
}

/** [CHANNEL] KEY: what comes first may be either. */
async function settings(given: readonly string[], typed: string, { channels, hotKeys }: Names): Promise<Candidates> {
  const [first] = given;
  if (first === undefined) return words([...(await channels()).map((word) => ({ word, about: "channel" })), ...keys(typed, hotKeys)]);
  return given.length === 1 && !isHotKey(first, hotKeys) ? words(keys(typed, hotKeys)) : NONE;
}

/** By their last parts, as people write them; by their paths for who has begun one. */
function keys(typed: string, hotKeys: readonly string[]): readonly Candidate[] {
  const known = [...hotKeys.map(lastPart), ...(typed === "" ? [] : hotKeys)];
  return known.map((word) => ({ word, about: "key" }));
}

function words(list: readonly Candidate[]): Candidates {
  return { kind: "words", words: list };
}

function isPublic(command: Command): boolean {
  return !command.name().startsWith("__");
}

/** YAML 1.2 (core schema) text → its nodes with their lines, or the one syntax error that matters. Never throws. */
import type { Node, YAMLError } from "yaml";
import { isAlias, yamlLibrary } from "./yaml-library.ts";

export type YamlText = {
  /** Null for an empty text. */
  readonly root: Node | null;
  /** From 1. */
  readonly lineOf: (node: Node) => number;
  /** The node that an alias stands for (any other node is itself); null if there is none, or too many were asked for. */
  readonly resolve: (node: Node) => Node | null;
};

export type YamlParsed =
  | { readonly ok: true; readonly yaml: YamlText }
  | { readonly ok: false; readonly line: number; readonly reason: string };

/** Enough for a section that several channels share; finding an anchor costs a walk through the file. */
const MAX_ALIASES = 100;

/** What YAML takes for a list with something behind it; for a regular expression that ignores case. */
export const IPV6_AND_PORT = String.raw`\[[\da-f:.]+\]:\d+`;
const ENDS_IN_IPV6_AND_PORT = new RegExp(String.raw`[\s:]${IPV6_AND_PORT}\s*$`, "i");

export function parseYaml(text: string): YamlParsed {
  const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.exec(text);
  if (control !== null) {
    const code = control[0].charCodeAt(0).toString(16).padStart(4, "0");
    return {
      ok: false,
      line: lineAt(text, control.index),
      reason: `control character U+${code}; this is no YAML text`,
    };
  }
  const { LineCounter, parseDocument } = yamlLibrary();
  const lineCounter = new LineCounter();
  // Duplicate keys are found where the keys' paths are known (and in linear time).
  const document = parseDocument(text, {
    version: "1.2",
    schema: "core",
    merge: false,
    lineCounter,
    prettyErrors: false,
    uniqueKeys: false,
    // "silent" would drop the error for a second document.
    logLevel: "error",
  });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) return syntaxError(problem, text);
  let aliases = 0;
  const resolve = (node: Node): Node | null => {
    if (!isAlias(node)) return node;
    aliases++;
    return aliases > MAX_ALIASES ? null : (node.resolve(document) ?? null);
  };
  const lineOf = (node: Node): number => lineCounter.linePos(node.range?.[0] ?? 0).line;
  return { ok: true, yaml: { root: document.contents, lineOf, resolve } };
}

function syntaxError(problem: YAMLError, text: string): YamlParsed {
  const line = lineAt(text, problem.pos[0]);
  // A tab is reported as any of several errors, on its line or on the one before.
  const tabLine = lineOfTab(text, line - 1);
  return tabLine === null
    ? { ok: false, line, reason: explain(problem, lineOfText(text, line)) }
    : { ok: false, line: tabLine, reason: "a tab in the indentation; indent with spaces" };
}

function explain(problem: YAMLError, line: string): string {
  if (ENDS_IN_IPV6_AND_PORT.test(line)) return "an IPv6 address in brackets is a list in YAML; put the value in quotes";
  switch (problem.code) {
    case "BLOCK_AS_IMPLICIT_KEY":
    case "MULTILINE_IMPLICIT_KEY":
      return "a second key on one line, or a line indented too far; put a value with a colon in quotes, or fix the indentation";
    case "MULTIPLE_DOCS":
      return "a second document begins here (---); keep one";
    case "RESOURCE_EXHAUSTION":
      return "nested too deeply";
    case "TAG_RESOLVE_FAILED":
      return "a tag (!…) has no meaning here; remove it";
    default:
      // Its messages are sentences without a remedy, sometimes of more than one line.
      return `no valid YAML: ${problem.message.replace(/\s+/g, " ").slice(0, 160)}`;
  }
}

function lineOfText(text: string, line: number): string {
  return text.split("\n", line).at(-1) ?? "";
}

/** The first line from `fromLine` (or the two after it) on that is indented with a tab. */
function lineOfTab(text: string, fromLine: number): number | null {
  const lines = text.split("\n", fromLine + 2);
  const index = lines.findIndex((content, at) => at >= fromLine - 1 && /^ *\t\s*\S/.test(content));
  return index < 0 ? null : index + 1;
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line++;
  return line;
}

// PURE. Findings as text: a line each, and the remedy below it.

import { oneLine } from "../../untrusted-text.ts";
import type { Paper } from "../fitted-table.ts";
import { wrap } from "../text-width.ts";
import type { Finding, Level } from "./finding.ts";

const WORDS: Readonly<Record<Level, string>> = { ok: "ok  ", warn: "warn", fail: "FAIL" };
const COLOURS: Readonly<Record<Level, string>> = { ok: "32", warn: "33", fail: "31" };

/** Lines that are too long for the terminal go on below their text. */
const INDENT = 5;
const REMEDY_INDENT = 7;

export function reportText(findings: readonly Finding[], paper: Paper): string {
  return findings.flatMap((finding) => [findingLine(finding, paper), ...remedyLines(finding, paper)].map((line) => `${line}\n`)).join("");
}

/** Null where nothing failed; warnings alone are no failure. */
export function failureText(findings: readonly Finding[]): string | null {
  const count = findings.filter(({ level }) => level === "fail").length;
  if (count === 0) return null;
  return `${count} of ${findings.length} checks failed: do what stands behind → and run it again`;
}

function findingLine({ check, level, text }: Finding, { colour, columns }: Paper): string {
  const word = colour ? `\u001b[${COLOURS[level]}m${WORDS[level]}\u001b[0m` : WORDS[level];
  return wrap(`${word} ${check}: ${oneLine(text)}`, columns, INDENT);
}

function remedyLines({ remedy }: Finding, { columns }: Paper): readonly string[] {
  return remedy === null ? [] : [wrap(`     → ${oneLine(remedy)}`, columns, REMEDY_INDENT)];
}

// PURE. Findings as text: a line each, and the remedy below it.

import { oneLine } from "../../untrusted-text.ts";
import type { Finding, Level } from "./finding.ts";

const WORDS: Readonly<Record<Level, string>> = { ok: "ok  ", warn: "warn", fail: "FAIL" };
const COLOURS: Readonly<Record<Level, string>> = { ok: "32", warn: "33", fail: "31" };

export function reportText(findings: readonly Finding[], hasColour: boolean): string {
  return findings.map((finding) => `${findingLine(finding, hasColour)}\n${remedyLine(finding)}`).join("");
}

/** Null where nothing failed; warnings alone are no failure. */
export function failureText(findings: readonly Finding[]): string | null {
  const count = findings.filter(({ level }) => level === "fail").length;
  if (count === 0) return null;
  return `${count} of ${findings.length} checks failed: do what stands behind → and run it again`;
}

function findingLine({ check, level, text }: Finding, hasColour: boolean): string {
  const word = hasColour ? `\u001b[${COLOURS[level]}m${WORDS[level]}\u001b[0m` : WORDS[level];
  return `${word} ${check}: ${oneLine(text)}`;
}

function remedyLine({ remedy }: Finding): string {
  return remedy === null ? "" : `     → ${oneLine(remedy)}\n`;
}

/** bench/results/NAME.json: what a bench found, when, where and with which versions; written by a run, read for README's table and the charts. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import type { Finding } from "./bench.ts";
import { describeCircumstances } from "./machine.ts";

const FOLDER = join(import.meta.dirname, "results");

/** A value that could not be measured is NaN, which JSON writes as null. */
const measured = v.pipe(
  v.nullable(v.number()),
  v.transform((value) => value ?? Number.NaN),
);

const resultSchema = v.object({
  date: v.string(),
  commit: v.string(),
  machine: v.string(),
  versions: v.record(v.string(), v.string()),
  title: v.string(),
  metrics: v.array(v.object({ key: v.string(), label: v.string(), digits: v.number() })),
  rows: v.array(v.object({ contender: v.string(), condition: v.string(), values: v.record(v.string(), v.array(measured)) })),
  stealPercent: v.array(v.number()),
  notes: v.array(v.string()),
});

export type Result = v.InferOutput<typeof resultSchema>;

export function saveResult(name: string, finding: Finding): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(fileOf(name), `${JSON.stringify({ ...describeCircumstances(), ...finding }, null, 2)}\n`);
}

/** Null where that bench has not run yet. Throws if the file is none of ours. */
export function loadResult(name: string): Result | null {
  const file = fileOf(name);
  return existsSync(file) ? v.parse(resultSchema, JSON.parse(readFileSync(file, "utf8"))) : null;
}

function fileOf(name: string): string {
  return join(FOLDER, `${name}.json`);
}

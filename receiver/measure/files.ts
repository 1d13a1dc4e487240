/** Writes a run's files, and the report of all runs that lie in the folder. */

import { accessSync, constants, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { makeDirectory } from "../../control/make-directory.ts";
import { createWavFile, writingError } from "../sinks/record/wav-file.ts";
import type { Collected } from "./collector.ts";
import { renderReport } from "./report.ts";
import { runName, summaryShape } from "./results.ts";
import type { Summary } from "./results.ts";

/** Makes the folder where there is none. Throws a RecordingError if nothing can be written there. */
export function prepareFolder(folder: string): void {
  try {
    makeDirectory(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw writingError(folder, error);
  }
}

/** `rate512_udp.wav`, `.csv` and `.json`. Throws a RecordingError where they cannot be written. */
export function writeRun(folder: string, summary: Summary, { arrivals, samples }: Collected): readonly string[] {
  const base = join(folder, runName(summary));
  const wav = createWavFile(`${base}.wav`, { sampleRateHz: summary.sampleRateHz, channels: summary.channels === 1 ? 1 : 2 }, "w");
  wav.sound(samples, 0);
  wav.close(0);
  const lines = arrivals.map(({ sequence, rtpTs, bytes, arrivalMs, dueMs }) =>
    [sequence, rtpTs, bytes, arrivalMs.toFixed(3), dueMs.toFixed(3), (arrivalMs - dueMs).toFixed(3)].join(","),
  );
  writeText(`${base}.csv`, `${["sequence,rtp_ts,bytes,arrival_ms,due_ms,delay_ms", ...lines].join("\n")}\n`);
  writeText(`${base}.json`, `${JSON.stringify(summary, null, 2)}\n`);
  return [`${base}.wav`, `${base}.csv`, `${base}.json`];
}

export function runExists(folder: string, run: Pick<Summary, "rate" | "transport">): boolean {
  return existsSync(join(folder, `${runName(run)}.json`));
}

/** From the summaries of all runs in the folder; those that are none are left out. Throws a RecordingError. */
export function writeReport(folder: string): string {
  const summaries = readdirSync(folder)
    .filter((name) => /^rate.+_(udp|tcp)\.json$/.test(name))
    .toSorted()
    .flatMap((name) => {
      const parsed = v.safeParse(summaryShape, readJson(join(folder, name)));
      return parsed.success ? [parsed.output] : [];
    });
  const path = join(folder, "report.html");
  writeText(path, renderReport(summaries));
  return path;
}

function writeText(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw writingError(path, error);
  }
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

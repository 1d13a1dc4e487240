/** What `streamctl prepare` and `streamctl cache` do: in the cache directory of this host, without the daemon. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, statSync } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import * as v from "valibot";
import { loadConfig } from "../config/load.ts";
import { describeConfigError } from "../config/origin.ts";
import type { ChannelConfig, Config } from "../config/schema.ts";
import type { CachedFilm, CacheContents, CachePlace, PrepareIo, PrepareRequest } from "../control/cache-request.ts";
import { RefusedError } from "../control/client-error.ts";
import { systemCode } from "../control/system-error.ts";
import { UsageError } from "../control/usage-error.ts";
import { cacheDirectory } from "./cache-directory.ts";
import { programFile } from "./program-file.ts";
import { clearDirectory, listEntries, makeCacheDirectory, type StoredFile } from "./source/cache/directory.ts";
import { openEntry } from "./source/cache/stored-entry.ts";
import { explainTrouble } from "./source/cache/trouble.ts";
import { prepareReportSchema, type PrepareRequest as ProcessRequest } from "./source/prepare-messages.ts";
import { sourceFormat } from "./channel/source-format.ts";

export function listCache(place: CachePlace): CacheContents {
  const { dir, maxBytes } = findCache(place, loadOrRefuse(place.config));
  const entries = orRefuse(dir, "read", () => {
    lookThere(place, dir);
    return listEntries(dir).toReversed();
  });
  const films = entries.map(describeEntry);
  return { dir, maxBytes, bytes: films.reduce((sum, { bytes }) => sum + bytes, 0), films };
}

export function clearCache(place: CachePlace): { readonly dir: string; readonly entries: number; readonly bytes: number } {
  const { dir } = findCache(place, loadOrRefuse(place.config));
  const cleared = orRefuse(dir, "write to", () => {
    lookThere(place, dir);
    return clearDirectory(dir);
  });
  return { dir, ...cleared };
}

/** Runs until everything is there, or until the signal. Encoding is done by a process of its own. */
export async function prepareFilms(request: PrepareRequest, io: PrepareIo): Promise<void> {
  const config = loadOrRefuse(request.config);
  const cache = findCache(request, config);
  if (cache.maxBytes === 0) throw refusal("cache.maxBytes is 0, which switches the cache off; give it a size in the config file");
  const format = sourceFormat(chooseChannel(config, request.channel));
  // Before films are encoded, which takes minutes, for nothing.
  orRefuse(cache.dir, "fill", () => {
    makeCacheDirectory(cache.dir);
    accessSync(cache.dir, constants.W_OK | constants.X_OK);
  });
  const child = spawn(process.execPath, [programFile("source/prepare-main", import.meta.url)], { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.on("error", () => {});
  const stop = (): void => void child.stdin.end();
  io.signal.addEventListener("abort", stop, { once: true });
  const wanted: ProcessRequest = { names: [...request.files], format, cache };
  child.stdin.write(`${JSON.stringify(wanted)}\n`);
  createInterface({ input: child.stderr }).on("line", io.say);
  createInterface({ input: child.stdout }).on("line", (line) => tell(line, io));
  await once(child, "close");
  io.signal.removeEventListener("abort", stop);
  if (child.exitCode !== 0 && !io.signal.aborted) throw refusal(`the encoder ended with ${child.signalCode ?? `status ${child.exitCode}`}`);
}

function tell(line: string, io: PrepareIo): void {
  const report = v.parse(prepareReportSchema, JSON.parse(line));
  if (report.kind === "progress") io.onProgress(report.path, report.index, report.count, report.share);
  else if (report.kind === "failed") io.onFailed(report.path, report.reason);
  else io.onDone(report.path, report.kind);
}

function describeEntry({ path, bytes, usedMs }: StoredFile): CachedFilm {
  const opened = openEntry(path, null);
  const usedAt = new Date(usedMs).toISOString();
  if (opened.kind !== "open") return { name: null, durationMs: null, bytes, usedAt, settings: null, path };
  const { name, periodUs, settings } = opened.entry.facts;
  opened.entry.close();
  return { name, durationMs: periodUs / 1000, bytes, usedAt, settings, path };
}

function findCache({ dir }: CachePlace, { cache }: Config): { readonly dir: string; readonly maxBytes: number } {
  const found = dir === null ? cacheDirectory(cache.dir, process.env) : resolve(dir);
  if (found === null) throw refusal("there is no cache directory: neither cache.dir nor $XDG_CACHE_HOME nor $HOME names one; give --dir");
  return { dir: found, maxBytes: cache.maxBytes };
}

/** The directory of a cache that has kept nothing yet is not there; one that was named, and is not, is a mistake. Throws what the file system says. */
function lookThere(place: CachePlace, dir: string): void {
  if (place.dir !== null) statSync(dir);
}

/** Throws a RefusedError for what the file system says of the directory. */
function orRefuse<T>(dir: string, doing: "read" | "write to" | "fill", work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" && doing !== "fill") throw refusal(`${dir}: there is no such directory`);
    if (code === "EACCES" || code === "EPERM")
      throw refusal(`${dir}: this user may not ${doing} it; run it as root, or as the user who owns the directory`);
    throw refusal(`${dir}: ${explainTrouble(error)}`);
  }
}

function chooseChannel({ channels }: Config, named: string | null): ChannelConfig {
  const names = channels.map(({ name }) => name).join(", ");
  if (named === null && channels.length > 1) throw new UsageError(`which channel's settings? there are ${names}; name one with --channel`);
  const channel = channels.find(({ name }) => named === null || name === named);
  if (channel === undefined) throw refusal(`the config has no channel ${named ?? ""}; it has ${names}`);
  return channel;
}

/** The file alone: what the daemon's environment adds is the daemon's. */
function loadOrRefuse(file: string | null): Config {
  const loaded = loadConfig({ ...(file === null ? {} : { file }), sets: [], env: {}, files: [], cwd: process.cwd() });
  if (!loaded.ok) throw new UsageError(loaded.errors.map(describeConfigError).join("\n"));
  return loaded.config;
}

function refusal(message: string): RefusedError {
  return new RefusedError(0, message, null);
}

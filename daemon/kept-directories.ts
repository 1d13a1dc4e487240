/** Where the daemon keeps what lasts: its state, encoded films, recordings. For who asks whether it can. */

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ChannelConfig, Config } from "../config/schema.ts";
import type { PlannedDirectory } from "../control/streamctl/doctor/plan.ts";
import { cacheDirectory } from "./cache-directory.ts";
import { isRecordingOf } from "./record/recording-name.ts";
import { listEntries } from "./source/cache/directory.ts";
import { stateKeeper } from "./state/claim.ts";
import { stateDirectory } from "./state/directory.ts";

/** `env`: the daemon's. */
export function keptDirectories(
  { channels, state, cache }: Config,
  env: Readonly<Record<string, string | undefined>>,
): readonly PlannedDirectory[] {
  const own = stateDirectory(state.dir, env);
  const keptBy = own === null ? null : stateKeeper(own);
  return [
    { key: "state.dir", use: "state", path: own, maxBytes: null, storedBytes: 0, keptBy },
    ...(cache.maxBytes === 0 ? [] : [cacheOf(cacheDirectory(cache.dir, env), cache.maxBytes)]),
    ...channels.flatMap(recordingsOf),
  ];
}

function cacheOf(path: string | null, maxBytes: number): PlannedDirectory {
  const storedBytes = path === null ? 0 : sum(() => listEntries(path).map(({ bytes }) => bytes));
  return { key: "cache.dir", use: "cache", path, maxBytes, storedBytes, keptBy: null };
}

function recordingsOf({ name, record: { dir, maxBytes } }: ChannelConfig): readonly PlannedDirectory[] {
  if (dir === null) return [];
  const storedBytes = sum(() =>
    readdirSync(dir)
      .filter((file) => isRecordingOf(name, file))
      .map((file) => statSync(join(dir, file), { throwIfNoEntry: false })?.size ?? 0),
  );
  const most = maxBytes === 0 ? null : maxBytes;
  return [{ key: `channels.${name}.record.dir`, use: "recordings", path: dir, maxBytes: most, storedBytes, keptBy: null }];
}

/** None where nobody may look. */
function sum(sizes: () => readonly number[]): number {
  try {
    return sizes().reduce((total, bytes) => total + bytes, 0);
  } catch {
    return 0;
  }
}

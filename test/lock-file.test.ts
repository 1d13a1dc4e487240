/** What npm itself gets wrong when it writes package-lock.json, and a fresh machine would stumble over. CONTRIBUTING.md tells how to mend it. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import * as v from "valibot";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const entry = v.object({
  optional: v.optional(v.boolean()),
  os: v.optional(v.unknown()),
  // Old packages have a list here, which says nothing that npm heeds.
  engines: v.optional(v.union([v.record(v.string(), v.string()), v.array(v.string())])),
  optionalDependencies: v.optional(v.record(v.string(), v.string())),
});
const lockFile = v.object({ packages: v.record(v.string(), entry) });
const { packages } = v.parse(lockFile, JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")));

test("every optional package of every platform is in the lock file, without which npm ci refuses to run", () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => packages[`node_modules/${name}`] === undefined && packages[`${path}/node_modules/${name}`] === undefined,
    ),
  );
  assert.deepEqual(missing, []);
});

test("no prebuilt binary asks for a newer Node than 18, the oldest that may run npm here: npm would leave it out without a word", () => {
  const choosy = Object.entries(packages).filter(([, { os, engines }]) => {
    const range = engines === undefined || Array.isArray(engines) ? undefined : engines["node"];
    return os !== undefined && range !== undefined && !/\^18|>=\s*(\d|1[0-8])\b/.test(range);
  });
  assert.deepEqual(choosy, []);
});

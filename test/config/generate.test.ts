import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { execPath } from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("../../config/generate.ts", import.meta.url));
const generate = (...options: readonly string[]): ReturnType<typeof spawnSync> =>
  spawnSync(execPath, [script, ...options], { encoding: "utf8" });

test("the generated files are what the tables make of them", () => {
  const { status, stderr } = generate("--check");
  assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
});

test("an option that the generator does not know writes nothing and exits 2", () => {
  const { status, stderr } = generate("--chek");
  assert.deepEqual({ status, stderr }, { status: 2, stderr: "generate: --chek: no such option; only --check is known\n" });
});

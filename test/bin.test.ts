/** bin/, in a checkout that nothing has been installed into yet. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

test("without npm packages each program says in one line how to get them, also where Node is new enough", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "streamerd-bin-"));
  context.after(() => rmSync(folder, { recursive: true }));
  cpSync(join(import.meta.dirname, "../bin"), join(folder, "bin"), { recursive: true });
  mkdirSync(join(folder, "path"));
  symlinkSync(process.execPath, join(folder, "path/node"));
  for (const program of ["streamerd", "streamctl"]) {
    const env = { ...process.env, PATH: `${join(folder, "path")}:${process.env["PATH"]}` };
    const { status, stderr } = spawnSync(join(folder, "bin", program), ["--version"], { env, encoding: "utf8" });
    assert.deepEqual(
      [status, stderr],
      [1, `streamerd: the npm packages are missing: run 'npm ci' in ${folder} (npm start does it by itself)\n`],
    );
  }
});

test("each program starts where the user's cache is to lie below /proc, in which no directory can be made", () => {
  const { NODE_COMPILE_CACHE: _, CACHE_DIRECTORY: __, ...inherited } = process.env;
  for (const program of ["streamerd", "streamctl"]) {
    const env = { ...inherited, XDG_CACHE_HOME: "/proc/streamerd" };
    const { status, stdout } = spawnSync(join(import.meta.dirname, "../bin", program), ["--version"], {
      env,
      encoding: "utf8",
      timeout: 60_000,
    });
    assert.equal(status, 0, program);
    assert.match(stdout, /\d+\.\d+\.\d+/);
  }
});

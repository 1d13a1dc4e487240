import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { layProgram } from "./lay-program.ts";

test("a package without sources runs on what `npm run build` makes", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "streamerd-build-"));
  context.after(() => rmSync(folder, { recursive: true }));
  layProgram(folder);
  const output = (program: string, ...args: readonly string[]): string =>
    execFileSync(join(folder, "bin", program), args, { encoding: "utf8" });
  assert.match(output("streamerd", "--version"), /^\d+\.\d+\.\d+\n$/);
  assert.match(output("streamctl", "--version"), /^\d+\.\d+\.\d+\n$/);
  assert.match(output("streamerd", "--check-config"), /the configuration is good/);
});

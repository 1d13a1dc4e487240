import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

test("a package without sources runs on what `npm run build` compiles", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "streamerd-build-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [compiler, "-p", "tsconfig.build.json", "--outDir", join(folder, "dist")], { cwd: ROOT });
  for (const name of ["bin", "package.json"]) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const output = (program: string, ...args: readonly string[]): string =>
    execFileSync(join(folder, "bin", program), args, { encoding: "utf8" });
  assert.match(output("streamerd", "--version"), /^\d+\.\d+\.\d+\n$/);
  assert.match(output("streamctl", "--version"), /^\d+\.\d+\.\d+\n$/);
  assert.match(output("streamerd", "--check-config"), /the configuration is good/);
});

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder, testMedia } from "./e2e/media.ts";
import { layProgram } from "./lay-program.ts";

test("what keeps the package from being built is one line", () => {
  const build = (...args: readonly string[]) =>
    spawnSync(process.execPath, [join(import.meta.dirname, "../systemd/package/build.ts"), ...args], { encoding: "utf8" });
  const { status, stderr } = build("--fats");
  assert.equal(status, 1);
  assert.match(stderr, /^deb: Unknown option '--fats'.*\n$/);
  assert.match(build("--out", "/dev/null/x").stderr, /^deb: ENOTDIR: .*\n$/);
});

test("a package without sources runs on what `npm run build` makes", (context) => {
  const folder = temporaryFolder(context);
  layProgram(folder);
  const output = (program: string, ...args: readonly string[]): string =>
    execFileSync(join(folder, "bin", program), args, { encoding: "utf8" });
  assert.match(output("streamerd", "--version"), /^\d+\.\d+\.\d+\n$/);
  assert.match(output("streamctl", "--version"), /^\d+\.\d+\.\d+\n$/);
  assert.match(output("streamerd", "--check-config"), /the configuration is good/);
  // Programs that others start; the rest is started by the service's tests.
  assert.match(output("node", join(folder, "dist/daemon/source/codec-versions.js")), /"ffmpeg"/);
  const cache = join(folder, "cache");
  output("streamctl", "prepare", "--dir", cache, testMedia(context, folder));
  assert.equal(readdirSync(cache).filter((name) => name.endsWith(".mkv")).length, 1);
});

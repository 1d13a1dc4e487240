/** The Debian package of this checkout, and the one that comes after it. */

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export const VERSION = "0.0.1";
export const NEXT_VERSION = "0.0.2";

/** Builds both into `folder`; they differ by their version. */
export function buildPackages(folder: string): { readonly first: string; readonly next: string } {
  const built = execFileSync(process.execPath, [join(ROOT, "systemd/package/build.ts"), "--fast", "--out", folder, "--version", VERSION], {
    encoding: "utf8",
    cwd: ROOT,
  });
  const first = built.split(" ")[0] ?? "";
  const next = first.replace(VERSION, NEXT_VERSION);
  const tree = join(folder, "tree");
  execFileSync("dpkg-deb", ["--raw-extract", first, tree]);
  for (const file of ["DEBIAN/control", "usr/lib/streamerd/package.json"]) {
    writeFileSync(join(tree, file), readFileSync(join(tree, file), "utf8").replace(VERSION, NEXT_VERSION));
  }
  execFileSync("dpkg-deb", ["--root-owner-group", "-Znone", "--build", tree, next], { stdio: "ignore" });
  return { first, next };
}

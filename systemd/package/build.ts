/**
 * `npm run deb`: dist/streamerd_VERSION_ARCH.deb, the same bytes for the same commit. `--out DIR`, `--version V`; `--fast`: not compressed, for
 * this machine alone. Needs dpkg-deb and strip (binutils), the npm registry once for each lock file, and nothing else.
 */

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { globSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { packageVersion } from "../../daemon/version.ts";
import type { Arch } from "./production-packages.ts";
import { stage } from "./stage.ts";
import type { Release } from "./stage.ts";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const ARCHES: Readonly<Record<string, Arch>> = { x64: { npm: "x64", debian: "amd64" }, arm64: { npm: "arm64", debian: "arm64" } };
const SCRIPTS = ["preinst", "postinst", "prerm", "postrm"];

function main(): number {
  const { values } = parseArgs({
    options: { out: { type: "string" }, version: { type: "string" }, fast: { type: "boolean", default: false } },
  });
  const problem = whatIsMissing();
  if (problem !== null) {
    process.stderr.write(`deb: ${problem}\n`);
    return 1;
  }
  const arch = ARCHES[process.arch];
  if (arch === undefined) {
    process.stderr.write(`deb: no package for ${process.arch}: build on x64 or arm64\n`);
    return 1;
  }
  const release = { version: values.version ?? packageVersion(), arch, epoch: sourceEpoch() };
  const out = resolve(values.out ?? join(ROOT, "dist"));
  mkdirSync(out, { recursive: true });
  const file = join(out, `streamerd_${release.version}_${arch.debian}.deb`);
  const tree = mkdtempSync(join(tmpdir(), "streamerd-deb-"));
  try {
    stage(ROOT, tree, release);
    writeControl(tree, release);
    pack(tree, file, release, values.fast);
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
  process.stdout.write(`${file} (${(lstatSync(file).size / 1e6).toFixed(1)} MB)\n`);
  return 0;
}

function whatIsMissing(): string | null {
  const missing = ["dpkg-deb", "strip", "npm"].filter((name) => {
    try {
      execFileSync(name, ["--version"], { stdio: "ignore" });
      return false;
    } catch {
      return true;
    }
  });
  return missing.length === 0 ? null : `${missing.join(", ")} missing: apt-get install dpkg binutils npm`;
}

/** The last commit's time. For who has no history: what he says, else the time of package.json. */
function sourceEpoch(): number {
  const given = process.env["SOURCE_DATE_EPOCH"];
  if (given !== undefined) return Number(given);
  try {
    // Root builds in somebody's checkout (`sudo npm run install:system`), which git distrusts otherwise.
    const asRoot = ["-c", `safe.directory=${ROOT}`];
    return Number(
      execFileSync("git", [...asRoot, "log", "-1", "--format=%ct"], { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
    );
  } catch {
    return Math.floor(statSync(join(ROOT, "package.json")).mtimeMs / 1000);
  }
}

/** DEBIAN/: the control fields, the scripts, the conffiles and the checksums. */
function writeControl(tree: string, { version, arch }: Release): void {
  const files = filesBelow(tree);
  const bytes = files.reduce((sum, file) => sum + lstatSync(join(tree, file)).size, 0);
  const folder = join(tree, "DEBIAN");
  mkdirSync(folder, { mode: 0o755 });
  const fields = { VERSION: version, ARCH: arch.debian, INSTALLED_KB: String(Math.ceil(bytes / 1024)) };
  const template = readFileSync(join(ROOT, "systemd/debian/control"), "utf8");
  const control = Object.entries(fields).reduce((text, [name, value]) => text.replace(`@${name}@`, value), template);
  writeFileSync(join(folder, "control"), control, { mode: 0o644 });
  writeFileSync(join(folder, "conffiles"), "/etc/streamerd/streamerd.yml\n", { mode: 0o644 });
  for (const name of SCRIPTS) writeFileSync(join(folder, name), readFileSync(join(ROOT, "systemd/debian", name)), { mode: 0o755 });
  const sums = files
    .filter((file) => !file.startsWith("etc/") && !lstatSync(join(tree, file)).isSymbolicLink())
    .map(
      (file) =>
        `${createHash("md5")
          .update(readFileSync(join(tree, file)))
          .digest("hex")}  ${file}\n`,
    );
  writeFileSync(join(folder, "md5sums"), sums.join(""), { mode: 0o644 });
  execFileSync("chmod", ["-R", "u=rwX,go=rX", folder]);
}

function filesBelow(tree: string): readonly string[] {
  return globSync("**/*", { cwd: tree })
    .filter((file) => !lstatSync(join(tree, file)).isDirectory())
    .toSorted();
}

/** dpkg-deb takes times later than the epoch back to it; all of ours are later. */
function pack(tree: string, file: string, { epoch }: Release, isFast: boolean): void {
  const how = isFast ? ["-Znone"] : ["-Zxz", "-z6"];
  execFileSync("dpkg-deb", ["--root-owner-group", ...how, "--build", tree, file], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(epoch) },
    stdio: ["ignore", "ignore", "inherit"],
  });
}

try {
  process.exitCode = main();
} catch (error) {
  // A wrong option, no registry, a full disk: npm and dpkg-deb have said more.
  process.stderr.write(`deb: ${error instanceof Error ? error.message.replaceAll(/\s*\n\s*/g, "; ") : String(error)}\n`);
  process.exitCode = 1;
}

/**
 * What runs in production, from the lock file alone: installed once for each lock file into a cache outside of the checkout
 * ($XDG_CACHE_HOME/streamerd/package), then chosen by who needs whom.
 */

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";

/** Names as npm has them, and the same for Debian. */
export type Arch = { readonly npm: "x64" | "arm64"; readonly debian: "amd64" | "arm64" };

export type InstalledPackage = { readonly name: string; readonly version: string; readonly license: string; readonly folder: string };

const manifestShape = v.looseObject({
  name: v.string(),
  version: v.string(),
  license: v.optional(v.union([v.string(), v.looseObject({ type: v.string() })])),
  dependencies: v.optional(v.record(v.string(), v.string()), {}),
});

/** What a package names among its dependencies, and needs only to be compiled. */
const BUILD_ONLY: readonly string[] = ["cmake-js", "node-addon-api", "node-api-headers"];
/** Lock files of the last weeks: each takes half a gigabyte. */
const MOST_CACHED = 2;

/** Every package that the program needs at run time on `arch`, with its folder; the program's own manifest stands in `root`. */
export function productionPackages(root: string, arch: Arch): readonly InstalledPackage[] {
  const modules = join(installed(root, arch), "node_modules");
  const ofArch = ["node-linux", "@seydx/node-av-linux", "@koromix/koffi-linux"].map((name) => `${name}-${arch.npm}`);
  const wanted = [...Object.keys(readManifest(root).dependencies), ...ofArch];
  const found = new Map<string, InstalledPackage>();
  // npm puts a version that somebody else does not share below who needs it: its folder goes with its parent's.
  const visit = (name: string, from: readonly string[]): void => {
    const folder = from.map((place) => join(place, "node_modules", name)).find((candidate) => existsSync(join(candidate, "package.json")));
    if (folder === undefined) throw new Error(`deb: the package ${name} is not installed: is package-lock.json complete?`);
    if (found.has(folder)) return;
    const { version, license, dependencies } = readManifest(folder);
    found.set(folder, { name, version, license: typeof license === "object" ? license.type : (license ?? "see its files"), folder });
    for (const needed of Object.keys(dependencies).filter((other) => !BUILD_ONLY.includes(other))) visit(needed, [folder, ...from]);
  };
  for (const name of wanted) visit(name, [join(modules, "..")]);
  return [...found.values()].toSorted((one, other) => (one.folder < other.folder ? -1 : 1));
}

function installed(root: string, arch: Arch): string {
  const lock = readFileSync(join(root, "package-lock.json"));
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "streamerd/package");
  const place = join(cache, `${createHash("sha256").update(lock).digest("hex").slice(0, 16)}-${arch.npm}`);
  if (existsSync(place)) return place;
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(join(cache, "new-"));
  try {
    for (const name of ["package.json", "package-lock.json", ".npmrc"]) cpSync(join(root, name), join(fresh, name));
    const options = ["--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", `--cpu=${arch.npm}`, "--os=linux"];
    execFileSync("npm", ["ci", ...options], { cwd: fresh, stdio: ["ignore", "ignore", "inherit"] });
    for (const old of readdirSync(cache)
      .filter((name) => name.endsWith(`-${arch.npm}`))
      .slice(0, -MOST_CACHED))
      rmSync(join(cache, old), { recursive: true });
    renameSync(fresh, place);
  } catch (error) {
    // Somebody else was faster: theirs serves.
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(place)) throw error;
  }
  return place;
}

function readManifest(folder: string): v.InferOutput<typeof manifestShape> {
  return v.parse(manifestShape, JSON.parse(readFileSync(join(folder, "package.json"), "utf8")));
}

/** Copies one npm package into the Debian package, without what only its developers need. */

import { cpSync, globSync, statSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import type { Arch, InstalledPackage } from "./production-packages.ts";

/** Folders at a package's top; deeper ones of these names may be code (`yaml/dist/doc`). */
const FOLDERS = /^(bin|tools|test|tests|__tests__|docs|doc|example|examples|bench|benchmark|benchmarks|include|share|install|man|media)$/;
const FILES =
  /\.(map|md|markdown|d\.ts|d\.mts|d\.cts|ts|mts|cts|flow|h|hh|hpp|c|cc|cpp|gyp|gypi|sh|yml|tgz|tsbuildinfo|html|css|png|svg|py)$|^(bin\.m?js|cli\.js|CMakeLists\.txt|Makefile|\.[^/]*|eslint\.config\..*|tsconfig.*\.json)$/;
/** The terms under which a part is given have to be given with it. */
const TERMS = /^(licen[cs]e|copying|notice|authors|copyright)/i;

export function copyPackage({ name, folder }: InstalledPackage, target: string, arch: Arch): void {
  cpSync(folder, target, { recursive: true, filter: (path) => isNeeded(name, relative(folder, path), statSync(path).isDirectory(), arch) });
}

/** Texts of a package's terms, in the order of their names. */
export function termsOf({ folder }: InstalledPackage): readonly string[] {
  return globSync("*", { cwd: folder })
    .filter((name) => TERMS.test(name) && statSync(join(folder, name)).isFile())
    .toSorted()
    .map((name) => join(folder, name));
}

function isNeeded(name: string, path: string, isFolder: boolean, arch: Arch): boolean {
  if (path === "") return true;
  const parts = path.split(sep);
  const file = basename(path);
  // Those that are needed are copied on their own.
  if (file === "node_modules") return false;
  // Node itself is a package with a program, and nothing else of it is needed.
  if (name.startsWith("node-linux-")) return /^bin(\/node)?$/.test(path);
  // What builds it where there is no binary.
  if (name === "koffi" && /^(lib|vendor|cnoke\.cjs|.*trampolines\.cjs|.*\.(S|asm|def|inc|txt))$/.test(path)) return false;
  if (isFolder) return !(parts.length === 1 && FOLDERS.test(file)) && !file.startsWith(".") && !isForeignBinary(name, file, arch);
  // They stand in the copyright file, all in one place.
  return !FILES.test(file) && !TERMS.test(file);
}

function isForeignBinary(name: string, folder: string, arch: Arch): boolean {
  if (name.startsWith("@koromix/koffi-")) return folder.startsWith("musl_");
  return name === "@julusian/jpeg-turbo" && folder.startsWith("jpeg-turbo-") && folder !== `jpeg-turbo-linux-${arch.npm}`;
}

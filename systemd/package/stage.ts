/** The tree of the Debian package: programs, manuals, units, the configuration file. */

import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { copyPackage } from "./copy-package.ts";
import { renderCopyright } from "./copyright.ts";
import { productionPackages } from "./production-packages.ts";
import type { Arch } from "./production-packages.ts";

export type Release = { readonly version: string; readonly arch: Arch; readonly epoch: number };

/** What is copied as it is: from the checkout, to the system. */
const COPIES: readonly (readonly [string, string])[] = [
  ["bin/node", "usr/lib/streamerd/bin/node"],
  ["bin/streamerd", "usr/lib/streamerd/bin/streamerd"],
  ["bin/streamctl", "usr/lib/streamerd/bin/streamctl"],
  ["web", "usr/lib/streamerd/web"],
  ["systemd/streamerd.service", "lib/systemd/system/streamerd.service"],
  ["systemd/streamerd@.service", "lib/systemd/system/streamerd@.service"],
  ["systemd/streamerd.socket", "lib/systemd/system/streamerd.socket"],
  ["systemd/sysusers.conf", "usr/lib/sysusers.d/streamerd.conf"],
  ["systemd/tmpfiles.conf", "usr/lib/tmpfiles.d/streamerd.conf"],
  ["systemd/debian/streamerd.yml", "etc/streamerd/streamerd.yml"],
  ["systemd/debian/lintian-overrides", "usr/share/lintian/overrides/streamerd"],
  ["systemd/devices.conf", "usr/share/doc/streamerd/examples/devices.conf"],
  ["examples", "usr/share/doc/streamerd/examples"],
  ["config/streamerd.example.yml", "usr/share/doc/streamerd/streamerd.example.yml"],
  ...["access", "cache", "control", "live", "measurements", "metrics", "monitoring", "receiving", "service", "troubleshooting", "wire"].map(
    documentPage,
  ),
  ["docs/decisions", "usr/share/doc/streamerd/decisions"],
  ["docs/prometheus", "usr/share/doc/streamerd/prometheus"],
  ["docs/grafana", "usr/share/doc/streamerd/grafana"],
];

function documentPage(name: string): readonly [string, string] {
  return [`docs/${name}.md`, `usr/share/doc/streamerd/${name}.md`];
}

const MANUALS = ["docs/man/streamctl.1", "docs/man/streamerd.8", "docs/man/streamerd.yml.5"];

const COMPLETIONS: readonly (readonly [string, string])[] = [
  ["bash", "usr/share/bash-completion/completions/streamctl"],
  ["zsh", "usr/share/zsh/vendor-completions/_streamctl"],
  ["fish", "usr/share/fish/vendor_completions.d/streamctl.fish"],
];

/** `tree`: an empty folder. Everything in it is put there. */
export function stage(root: string, tree: string, release: Release): void {
  const program = join(tree, "usr/lib/streamerd");
  for (const [from, to] of COPIES) cpSync(join(root, from), made(join(tree, to)), { recursive: true });
  execFileSync(process.execPath, [join(root, "systemd/package/bundle.ts"), program], { stdio: "inherit" });
  const { name, type } = readPackage(root);
  writeFileSync(join(program, "package.json"), `${JSON.stringify({ name, version: release.version, private: true, type }, null, 2)}\n`);

  const packages = productionPackages(root, release.arch);
  for (const part of packages) {
    const place = relativePlace(part.folder);
    copyPackage(part, made(join(program, place)), release.arch);
  }
  strip(join(program, `node_modules/node-linux-${release.arch.npm}/bin/node`));
  strip(join(program, `node_modules/@julusian/jpeg-turbo/prebuilds/jpeg-turbo-linux-${release.arch.npm}/libturbojpeg.so.0`));

  const documents = join(tree, "usr/share/doc/streamerd");
  writeFileSync(join(documents, "copyright"), renderCopyright(packages));
  compress(readFileSync(join(root, "CHANGELOG.md")), join(documents, "NEWS.md.gz"));
  compress(Buffer.from(debianChangelog(release)), join(documents, "changelog.gz"));
  for (const manual of MANUALS) {
    compress(readFileSync(join(root, manual)), made(join(tree, `usr/share/man/man${manual.slice(-1)}/${basename(manual)}.gz`)));
  }
  for (const [shell, to] of COMPLETIONS) {
    writeFileSync(made(join(tree, to)), execFileSync(join(root, "bin/streamctl"), ["completion", shell]));
  }
  for (const name of ["streamerd", "streamctl"]) link(`../lib/streamerd/bin/${name}`, made(join(tree, "usr/bin", name)));
  settleModes(tree);
}

function made(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

function link(target: string, path: string): void {
  execFileSync("ln", ["-s", target, path]);
}

/** node_modules/… of a package's folder in the cache. */
function relativePlace(folder: string): string {
  return folder.slice(folder.indexOf("/node_modules/") + 1);
}

function readPackage(root: string): { readonly name: unknown; readonly type: unknown } {
  const { name, type }: { name?: unknown; type?: unknown } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return { name, type };
}

/** Debugging symbols are a seventh of Node. */
function strip(program: string): void {
  execFileSync("strip", ["--strip-unneeded", "--remove-section=.comment", "--remove-section=.note", program], { stdio: "inherit" });
}

/** As gzip -9n: without a name and a time. */
function compress(content: Buffer, to: string): void {
  writeFileSync(to, gzipSync(content, { level: 9 }));
}

function debianChangelog({ version, epoch }: Release): string {
  const date = new Date(epoch * 1000).toUTCString().replace("GMT", "+0000");
  return `streamerd (${version}) unstable; urgency=medium\n\n  * See NEWS.md.gz.\n\n -- streamerd maintainers <maintainers@streamerd.example>  ${date}\n`;
}

/** Whatever the builder's umask is: folders and programs 755, everything else 644. */
function settleModes(tree: string): void {
  execFileSync("chmod", ["-R", "u=rwX,go=rX", tree]);
  const programs = execFileSync("find", [tree, "-type", "f", "-perm", "/111"], { encoding: "utf8" }).split("\n").filter(Boolean);
  const isProgram = (path: string): boolean =>
    /^usr\/lib\/streamerd\/(bin\/|node_modules\/node-linux-[^/]+\/bin\/)/.test(relative(tree, path));
  for (const path of programs) if (!isProgram(path)) chmodSync(path, 0o644);
}

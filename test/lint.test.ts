/** The linter's rules hold: each of these files breaks one, in a project of its own with our configuration, and is found. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** File by file: what stands in it, and the rule that must find it; null for what is allowed there. */
const FILES: readonly (readonly [file: string, text: string, rule: string | null])[] = [
  ["wire/clock.ts", "export const now = () => Date.now();", "no-restricted-globals"],
  ["wire/performance.ts", "export const now = () => performance.now();", "no-restricted-globals"],
  ["wire/random.ts", "export const ssrc = () => Math.random();", "no-restricted-properties"],
  ["wire/file.ts", 'import { readFileSync } from "node:fs";\nexport const read = readFileSync;', "no-restricted-imports"],
  ["wire/log.ts", 'export const warn = () => console.log("bad bytes");', "no-restricted-globals"],
  ["daemon/pace/timer.ts", "export const later = (f: () => void) => setTimeout(f, 1);", "no-restricted-globals"],
  ["daemon/packetize/environment.ts", "export const value = () => process.env;", "no-restricted-globals"],
  ["daemon/send/sender.ts", "export const now = () => globalThis.performance.now();", "no-restricted-globals"],
  ["control/framing.ts", "export const soon = (f: () => void) => queueMicrotask(f);", "no-restricted-globals"],
  ["daemon/clock.ts", "export const now = () => performance.now();", null],
  ["daemon/any.ts", "export const value = (input: any) => String(input);", "no-explicit-any"],
  ["daemon/bang.ts", "export const first = (list: readonly string[]) => list[0]!;", "no-non-null-assertion"],
  ["daemon/floating.ts", "const work = async () => 1;\nexport const start = () => {\n  work();\n};", "no-floating-promises"],
  [
    "daemon/long.ts",
    "export const line = 1;\n".replace("line", "first") + Array.from({ length: 251 }, (_, n) => `export const n${n} = ${n};\n`).join(""),
    "max-lines",
  ],
  ["daemon/circle-a.ts", 'import { b } from "./circle-b.ts";\nexport const a = () => b;', "no-cycle"],
  ["daemon/circle-b.ts", 'import { a } from "./circle-a.ts";\nexport const b = () => a;', "no-cycle"],
  ["wire/good.ts", "export const addU16 = (value: number, step: number) => (value + step) & 0xffff;", null],
];

test("what the house rules forbid is found by the linter, and nothing else is", () => {
  const folder = mkdtempSync(join(tmpdir(), "streamerd-lint-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of [".oxlintrc.json", "tsconfig.json", "package.json"]) copyFileSync(join(ROOT, name), join(folder, name));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  for (const [file, text] of FILES) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), `${text}\n`);
  }
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(ROOT, "node_modules/oxlint/bin/oxlint"), "--type-aware", "--deny-warnings", "--format=unix"],
    { cwd: folder, encoding: "utf8" },
  );
  assert.notEqual(status, 0);
  const found = [...stdout.matchAll(/^(\S+?):\d+:\d+: .*\(([\w-]+)\)\]$/gm)].map(([, file, rule]) => [file, rule]);
  const expected = FILES.filter(([, , rule]) => rule !== null).map(([file, , rule]) => [file, rule]);
  assert.deepEqual(found.toSorted(), expected.toSorted(), stdout);
});

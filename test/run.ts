/**
 * `npm test`: types, lint, format, generated pages, unit tests and simulation, fuzzing, end-to-end tests, and the regression
 * guard of bench/. One line for a stage that passed, the whole output of one that did not, and `N passed, N failed` at the end.
 */

import { spawn } from "node:child_process";
import { existsSync, globSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { run } from "node:test";
import type { EventData } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** A test that takes longer hangs. The longest are the twelve hours in virtual time and the end-to-end runs. */
const TEST_TIMEOUT_MS = 180_000;
/**
 * What failed is run once more, alone: tests of time fail on a machine whose host takes its cores away for a while. Both are
 * printed. Where more files fail than this, it is not the machine.
 */
const MAX_SECOND_ATTEMPTS = 3;
const FUZZ_SECONDS = process.env["STREAMERD_TEST_FUZZ_SECONDS"] ?? (process.env["CI"] === undefined ? "10" : "60");

/** The end-to-end tests whose streams have to arrive whole: two cores carry two of those, and nothing else. The others start and end processes for most of their time. */
const WHOLE_STREAMS = "(cached-loop|channels-apart|core|hot-keys|pass|repair|steering|strangers)";

type Tally = { passed: number; failed: number; skipped: readonly string[] };
type Stage = { readonly name: string; readonly run: () => Promise<Tally> };

const bin = (name: string): string => join(ROOT, "node_modules", name);
const command = (name: string, ...args: readonly string[]): Stage => ({ name, run: () => runCommand(args) });

/** One after the other; what is in one group, at the same time. */
const STAGES: readonly (readonly Stage[])[] = [
  [command("types", bin("typescript/bin/tsc"), "-p", "tsconfig.json")],
  [command("types of the page", bin("typescript/bin/tsc"), "-p", "web")],
  [command("lint", bin("oxlint/bin/oxlint"), "--type-aware", "--deny-warnings")],
  [command("format", bin("oxfmt/bin/oxfmt"), "--check")],
  [command("gen --check", "config/generate.ts", "--check")],
  // Half of their time they wait.
  [{ name: "unit", run: () => runTests("test/{*.test.ts,!(e2e|sim|service)/**/!(opencv).test.ts}", 4) }],
  // One file of the simulation takes most of its time, and neither of the two knows real time.
  [
    { name: "simulation", run: () => runTests("test/sim/**/*.test.ts", 2) },
    command(`fuzz ${FUZZ_SECONDS} s`, "test/wire/fuzz.ts", FUZZ_SECONDS),
  ],
  [{ name: "opencv", run: runOpenCvTests }],
  [{ name: "e2e", run: () => runTests(`test/e2e/!${WHOLE_STREAMS}.test.ts`, 3) }],
  [{ name: "e2e streams", run: () => runTests(`test/e2e/@${WHOLE_STREAMS}.test.ts`, 2) }],
  [{ name: "service", run: () => runTests("test/service/**/*.test.ts", 1) }],
  [{ name: "bench", run: () => runTests("bench/*.test.ts", 1) }],
];

async function main(wanted: readonly string[]): Promise<number> {
  if (process.env["STREAMERD_TEST_MEDIA"] === undefined) console.log("STREAMERD_TEST_MEDIA is not set: the tests make their own media");
  useNoSettings();
  const total: Tally = { passed: 0, failed: 0, skipped: [] };
  for (const group of chooseStages(wanted)) {
    for (const { passed, failed, skipped } of await Promise.all(group.map(runStage))) {
      total.passed += passed;
      total.failed += failed;
      total.skipped = [...total.skipped, ...skipped];
    }
  }
  for (const name of total.skipped) console.log(`skipped: ${name}`);
  if (total.skipped.length > 0) console.log(`${total.skipped.length} skipped`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

/** streamctl's settings of who runs the tests are none of theirs: they name a host, and a token. */
function useNoSettings(): void {
  const folder = mkdtempSync(join(tmpdir(), "streamerd-test-settings-"));
  process.env["XDG_CONFIG_HOME"] = folder;
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
}

/** Tells how it went when it is over. */
async function runStage(stage: Stage): Promise<Tally> {
  const startedMs = performance.now();
  const tally = await stage.run();
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${tally.failed === 0 ? "ok  " : "FAIL"} ${stage.name} (${tally.passed} passed, ${tally.failed} failed, ${seconds} s)`);
  return tally;
}

/** No words: everything. A stage's name, or how it begins: that stage. Anything else: test files. */
function chooseStages(wanted: readonly string[]): readonly (readonly Stage[])[] {
  if (wanted.length === 0) return STAGES;
  return wanted.flatMap((word) => {
    const stages = STAGES.flat().filter(({ name }) => name.startsWith(word));
    if (stages.length > 0) return stages.map((stage) => [stage]);
    const pattern = existsSync(join(ROOT, word)) && !word.endsWith(".ts") ? `${word}/**/*.test.ts` : word;
    return [[{ name: word, run: () => runTests(pattern, 1) }]];
  });
}

async function runCommand(args: readonly string[]): Promise<Tally> {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  const output: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
  const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
  if (status !== 0) process.stdout.write(Buffer.concat(output));
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: [] };
}

async function runTests(pattern: string, concurrency: number): Promise<Tally> {
  // Large files take long, as a rule, and go first: at the end no long one is left that runs alone.
  const bytesOf = (file: string): number => statSync(join(ROOT, file)).size;
  const files = globSync(pattern, { cwd: ROOT }).toSorted((one, other) => bytesOf(other) - bytesOf(one));
  if (files.length === 0) {
    console.log(`no test files: ${pattern}`);
    return { passed: 0, failed: 1, skipped: [] };
  }
  const { passed, skipped, failures } = await runFiles(files, concurrency);
  const isUnsteady = failures.size > 0 && failures.size <= MAX_SECOND_ATTEMPTS;
  let failed = 0;
  for (const [file, names] of failures) {
    const failedAgain = isUnsteady ? await countFailuresAlone(file, names) : names.length;
    failed += failedAgain;
    if (failedAgain === 0) console.log(`unsteady: ${file}: failed at first, passed alone: ${names.join("; ")}`);
  }
  const total = passed + [...failures.values()].flat().length;
  return { passed: total - failed, failed, skipped };
}

/** How many of these tests of the file do not pass by themselves. Where it is the file that failed, all of it is run. */
async function countFailuresAlone(file: string, names: readonly string[]): Promise<number> {
  const isFile = names.some((name) => resolve(ROOT, name) === join(ROOT, file));
  const { passed, failures } = await runFiles([file], 1, isFile ? [] : names);
  return Math.max([...failures.values()].flat().length, (isFile ? 1 : names.length) - passed);
}

type Outcome = { passed: number; readonly skipped: string[]; readonly failures: Map<string, string[]> };

/** `failures`: the names of the tests that failed, by file. `names`: of the only tests to be run; none: all. */
async function runFiles(files: readonly string[], concurrency: number, names: readonly string[] = []): Promise<Outcome> {
  const outcome: Outcome = { passed: 0, skipped: [], failures: new Map() };
  const testNamePatterns = names.map((name) => new RegExp(`${RegExp.escape(name)}$`));
  const events = run({ files: files.map((file) => join(ROOT, file)), concurrency, timeout: TEST_TIMEOUT_MS, testNamePatterns });
  events.on("test:pass", (test) => {
    if (isFileOrSuite(test)) return;
    if (test.skip === undefined || test.skip === false) outcome.passed++;
    else outcome.skipped.push(`${test.name}: ${String(test.skip)}`);
  });
  events.on("test:fail", (test) => {
    const { error } = test.details;
    if ("failureType" in error && error.failureType === "subtestsFailed") return;
    const file = relative(ROOT, test.file ?? "");
    outcome.failures.set(file, [...(outcome.failures.get(file) ?? []), test.name]);
    console.log(`\nFAIL ${file}: ${test.name}\n${describe(error)}\n`);
  });
  const printed = new Map<string, string[]>();
  events.on("test:stderr", ({ file, message }) => void printed.set(file, [...(printed.get(file) ?? []), message]));
  for await (const _ of events);
  for (const [path, lines] of printed) {
    const file = relative(ROOT, path);
    if (outcome.failures.has(file)) console.log(`stderr of ${file}:\n${lines.join("").slice(-4000)}`);
  }
  return outcome;
}

/** What films, timelines and bad files must be like by the other engine as well. test/run began to build it: this waits until it is there. */
async function runOpenCvTests(): Promise<Tally> {
  const setup = spawn("sh", [join(ROOT, "bin/setup-opencv")], { stdio: ["ignore", "ignore", "inherit"] });
  await new Promise((resolve) => setup.on("close", resolve));
  process.env["STREAMERD_TEST_ENGINE"] = "opencv";
  const tally = await runTests("test/source/{opencv,kinds-of-film,timeline,bad-input}.test.ts", 2);
  delete process.env["STREAMERD_TEST_ENGINE"];
  return tally;
}

function isFileOrSuite(test: EventData.TestPass): boolean {
  return test.details.type === "suite" || (test.file !== undefined && test.name === test.file);
}

function describe(error: Error): string {
  const cause: unknown = error.cause;
  return cause instanceof Error ? (cause.stack ?? cause.message) : error.message;
}

process.exitCode = await main(process.argv.slice(2));

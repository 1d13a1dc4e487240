/**
 * The engines that a channel may have, on one film in one run, in turn: CPU and memory of the real source process, working as fast as it can.
 * `bin/node bench/engines.ts FILM [ROUNDS] [--setup] [--async]`: also what `npm run setup:opencv` takes from an empty cache, and how
 * OpenCV's async API ends.
 */

import { execFileSync, spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { framesOf, openCommand, startSource, STEREO } from "../test/source/run-source.ts";
import { processorSeconds } from "./process-use.ts";

const ROOT = join(import.meta.dirname, "..");
const ENGINES = ["default", "opencv"] as const;
type Engine = (typeof ENGINES)[number];
type Run = { readonly cpuMs: number; readonly wallMs: number; readonly startMs: number; readonly peakMegabytes: number };

/** The whole film. A frame's CPU and time count from the first frame on. */
async function measure(film: string, engine: Engine): Promise<Run> {
  const beganMs = performance.now();
  const run = startSource(openCommand([film], { format: { ...STEREO, engine } }));
  await run.waitFor(({ kind }) => kind === "frame");
  const startMs = performance.now() - beganMs;
  const startCpuSeconds = processorSeconds(run.pid);
  const before = framesOf(run.messages).length;
  await run.waitFor(({ kind }) => kind === "end");
  const cpuSeconds = processorSeconds(run.pid) - startCpuSeconds;
  const wallMs = performance.now() - beganMs - startMs;
  const peakKilobytes = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${run.pid}/status`, "utf8"))?.[1]);
  await run.stop();
  const frames = framesOf(run.messages).length - before;
  return { cpuMs: (cpuSeconds * 1000) / frames, wallMs: wallMs / frames, startMs, peakMegabytes: peakKilobytes / 1024 };
}

/** The median, and the least and the most. */
function spread(values: readonly number[], digits: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  const [least, median, most] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  return [median, least, most].map((value) => (value ?? NaN).toFixed(digits)).join(" / ");
}

async function compare(film: string, rounds: number): Promise<void> {
  const runs = new Map<Engine, Run[]>(ENGINES.map((engine) => [engine, []]));
  for (let round = 0; round < rounds; round++) for (const engine of ENGINES) runs.get(engine)?.push(await measure(film, engine));
  console.log("| median / least / most | CPU, ms a frame | wall, ms a frame | first frame after, ms | RSS at its most, MB |");
  console.log("| --- | --- | --- | --- | --- |");
  for (const [engine, of] of runs) {
    const cells = [
      spread(
        of.map(({ cpuMs }) => cpuMs),
        2,
      ),
      spread(
        of.map(({ wallMs }) => wallMs),
        2,
      ),
      spread(
        of.map(({ startMs }) => startMs),
        0,
      ),
      spread(
        of.map(({ peakMegabytes }) => peakMegabytes),
        0,
      ),
    ];
    console.log(`| ${engine} | ${cells.join(" | ")} |`);
  }
}

function measureSetup(): void {
  const cache = mkdtempSync(join(tmpdir(), "streamerd-engines-"));
  const beganMs = performance.now();
  execFileSync("sh", [join(ROOT, "bin/setup-opencv")], { env: { ...process.env, XDG_CACHE_HOME: cache }, stdio: "inherit" });
  console.log(`setup: ${((performance.now() - beganMs) / 1000).toFixed(0)} s, ${sizeOf(cache)} MB in the cache`);
  rmSync(cache, { recursive: true, force: true });
  console.log(
    `default engine: ${sizeOf(...globSync("node_modules/{node-av,@seydx,@julusian}", { cwd: ROOT }).map((name) => join(ROOT, name)))} MB`,
  );
}

function sizeOf(...folders: readonly string[]): string {
  const lines = execFileSync("du", ["-cm", "-s", ...folders], { encoding: "utf8" })
    .trimEnd()
    .split("\n");
  return lines.at(-1)?.split("\t")[0] ?? "?";
}

/** Many pictures in flight while Node collects garbage. Two threads decide when it comes to grief; here it did each time. */
const ASYNC = `
  const cv = require(process.argv[1]);
  const picture = new cv.VideoCapture(process.argv[2], 1900).read();
  const kept = Array.from({ length: 1e6 }, (_, index) => ({ index, list: [index] }));
  const resize = () => new Promise((done) => picture.resizeAsync(1440, 2560, 0, 0, 0, (error, mat) => done(mat)));
  (async () => {
    const flying = [];
    for (let count = 0; count < 2500; count++) {
      flying.push(resize());
      if (flying.length > 64) await flying.shift();
      kept[count] = { list: [count] };
    }
    console.log("all came");
  })();
`;

function showAsync(film: string): void {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const [binding] = globSync(`${cache}/streamerd/opencv/*-node${process.versions.modules}-*/opencv4nodejs.node`);
  if (binding === undefined) throw new Error("OpenCV's binding is missing: npm run setup:opencv");
  for (const tracking of ["as it is", "without its account of memory"]) {
    const off = tracking === "as it is" ? {} : { OPENCV4NODEJS_DISABLE_EXTERNAL_MEM_TRACKING: "1" };
    const { status, signal, stdout, stderr } = spawnSync(process.execPath, ["-e", ASYNC, binding, film], {
      encoding: "utf8",
      env: { ...process.env, ...off },
    });
    const words = `${stdout}${stderr}`.split("\n").filter((line) => /came|Fatal|Check failed/.test(line));
    console.log(`async API, ${tracking}: ${signal ?? `status ${status}`}: ${words.join(" ")}`);
  }
}

const [film, rounds = "5"] = process.argv.slice(2).filter((word) => !word.startsWith("--"));
if (film === undefined) throw new Error("name a film: bin/node bench/engines.ts FILM [ROUNDS] [--setup] [--async]");
await compare(film, Number(rounds));
if (process.argv.includes("--setup")) measureSetup();
if (process.argv.includes("--async")) showAsync(film);

/**
 * `fuzz.ts SECONDS [SEED]`: mutated packets and cases through every parser of `fuzz-targets.ts`. It fails, with seed and input, if one throws, answers with
 * more than its input can account for, or does not come back. The work is done in a worker, so that a hang can be seen from outside.
 */

import { randomInt } from "node:crypto";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";
import { targets } from "./fuzz-targets.ts";
import { mutate, randomFrom } from "./mutate.ts";
import { weigh, weightLimit } from "./weigh.ts";

/** One input takes well under a millisecond; a machine that is busy with other things may stall for seconds. */
const HANG_MS = 10_000;
const MAX_SHOWN_BYTES = 4096;
/** So many inputs between two looks at the clock. */
const ROUND = 200;

type Task = {
  readonly seconds: number;
  readonly seed: number;
  readonly progress: SharedArrayBuffer;
};
type Outcome = { readonly inputs: number; readonly failure: string | null };

if (isMainThread) await supervise(process.argv.slice(2));
else parentPort?.postMessage(fuzz(taskOf(workerData)), []);

async function supervise([secondsText = "10", seedText]: readonly string[]): Promise<void> {
  const seconds = Number(secondsText);
  const seed = seedText === undefined ? randomInt(2 ** 31) : Number(seedText);
  if (!(seconds > 0) || !Number.isInteger(seed)) {
    console.error("usage: fuzz.ts SECONDS [SEED]");
    process.exitCode = 2;
    return;
  }
  const progress = new SharedArrayBuffer(4);
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { seconds, seed, progress } satisfies Task,
  });
  const outcome = await outcomeOf(worker, new Int32Array(progress));
  const inputs = outcome.inputs.toLocaleString("en");
  if (outcome.failure === null) {
    console.log(`fuzz: ${inputs} inputs through ${targets.length} parsers in ${seconds} s, seed ${seed}: no failure`);
  } else {
    console.error(`fuzz: failure at input ${inputs}, seed ${seed}: ${outcome.failure}`);
    process.exitCode = 1;
  }
}

async function outcomeOf(worker: Worker, progress: Int32Array): Promise<Outcome> {
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
  let seen = -1;
  const watch = setInterval(() => {
    const now = Atomics.load(progress, 0);
    if (now === seen)
      resolve({
        inputs: now,
        failure: `${targets[now % targets.length]?.name}: no answer for ${HANG_MS / 1000} s`,
      });
    seen = now;
  }, HANG_MS);
  worker.on("message", resolve);
  worker.on("error", reject);
  try {
    return await promise;
  } finally {
    clearInterval(watch);
    await worker.terminate();
  }
}

function fuzz({ seconds, seed, progress }: Task): Outcome {
  const counter = new Int32Array(progress);
  const random = randomFrom(seed);
  const endMs = performance.now() + seconds * 1000;
  for (let inputs = 0; ; inputs++) {
    if (inputs % ROUND === 0 && performance.now() > endMs) return { inputs, failure: null };
    Atomics.store(counter, 0, inputs);
    const target = targets[inputs % targets.length];
    if (target === undefined) return { inputs, failure: "no targets" };
    const input = mutate(target.corpus, random);
    try {
      const weight = weigh(target.run(input));
      if (weight > weightLimit(input.length))
        return {
          inputs,
          failure: `${target.name}: ${weight} bytes from ${input.length}: ${shown(input)}`,
        };
    } catch (error) {
      return {
        inputs,
        failure: `${target.name}: ${error instanceof Error ? error.stack : String(error)}\ninput: ${shown(input)}`,
      };
    }
  }
}

function taskOf(data: unknown): Task {
  if (typeof data === "object" && data !== null && "seconds" in data && "seed" in data && "progress" in data) {
    const { seconds, seed, progress } = data;
    if (typeof seconds === "number" && typeof seed === "number" && progress instanceof SharedArrayBuffer)
      return { seconds, seed, progress };
  }
  throw new TypeError("fuzz.ts: the worker was started without its task");
}

function shown(input: Uint8Array): string {
  return Buffer.from(input.subarray(0, MAX_SHOWN_BYTES)).toString("hex");
}

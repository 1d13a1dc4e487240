import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Worker } from "node:worker_threads";

/** proc_pid_stat(5), fields 19, 40 and 41. The second one, the name, may have spaces. */
function schedulingIn(stat: string): { readonly niceness: number; readonly realTimePriority: number; readonly policy: number } {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const field = (number: number): number => Number(fields[number - 3]);
  return { niceness: field(19), realTimePriority: field(40), policy: field(41) };
}

const CAP_SYS_NICE = 23n;
const [, capabilities = "0"] = /^CapEff:\t(\w+)$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
const skip = (BigInt(`0x${capabilities}`) >> CAP_SYS_NICE) % 2n === 1n ? false : "who has no CAP_SYS_NICE may not hurry";

test("a thread that hurries has SCHED_RR 5 and niceness −15, and those beside it stay as they are", { skip }, async () => {
  const ownStat = (): string => readFileSync("/proc/thread-self/stat", "utf8");
  const before = schedulingIn(ownStat());
  const thread = new Worker(join(import.meta.dirname, "hurried-thread.ts"));
  const [stat]: string[] = await once(thread, "message");
  assert.deepEqual(schedulingIn(stat ?? ""), { niceness: -15, realTimePriority: 5, policy: 2 });
  assert.deepEqual(schedulingIn(ownStat()), before);
});

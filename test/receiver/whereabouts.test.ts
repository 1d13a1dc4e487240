import assert from "node:assert/strict";
import { test } from "node:test";
import type { ControlTarget } from "../../control/client.ts";
import { Whereabouts } from "../../receiver/join/whereabouts.ts";
import type { LastChannel } from "../../receiver/join/whereabouts.ts";

const at = (host: string): ControlTarget => ({ kind: "tcp", host, port: 9688 });
const LAST = { channel: "main", group: { group: "239.255.1.1", video: 5004, audio: 5006 }, target: at("10.77.0.1") };

test("a host that was named is waited for, and not looked for", async () => {
  const whereabouts = new Whereabouts([at("10.77.0.1")], null, () => assert.fail());
  whereabouts.noteAway(LAST);
  await whereabouts.stop();
  assert.deepEqual(whereabouts.targets, [at("10.77.0.1")]);
});

test("what was found is looked for by its name and group, once at a time, and asked where it is announced, behind where it was", async () => {
  const asked: LastChannel[] = [];
  const lines: string[] = [];
  const answers = [null, at("10.77.0.1"), at("10.77.0.9"), at("10.77.0.9"), at("10.77.0.8")];
  const search = async (last: LastChannel): Promise<ControlTarget | null> => {
    asked.push(last);
    return answers.shift() ?? null;
  };
  const whereabouts = new Whereabouts([at("10.77.0.1")], search, (line) => lines.push(line));
  const tried: (readonly ControlTarget[])[] = [];
  while (answers.length > 0) {
    whereabouts.noteAway(LAST);
    whereabouts.noteAway(LAST);
    await new Promise(setImmediate);
    tried.push(whereabouts.targets);
  }
  const first = [at("10.77.0.1")];
  const second = [...first, at("10.77.0.9")];
  assert.deepEqual(tried, [first, first, second, second, [...first, at("10.77.0.8")]]);
  assert.deepEqual(asked, Array(5).fill({ channel: "main", group: "239.255.1.1", host: "10.77.0.1" }));
  assert.deepEqual(lines, [
    "main is announced at 10.77.0.9:9688 now: going on there",
    "main is announced at 10.77.0.8:9688 now: going on there",
  ]);
});

test("a host that is back where it was ends the search, whatever is heard then", async () => {
  const search = (_last: LastChannel, signal: AbortSignal): Promise<ControlTarget | null> =>
    new Promise((resolve) => signal.addEventListener("abort", () => resolve(at("10.77.0.9"))));
  const whereabouts = new Whereabouts([at("10.77.0.1")], search, () => assert.fail());
  whereabouts.noteAway(LAST);
  await whereabouts.stop();
  assert.deepEqual(whereabouts.targets, [at("10.77.0.1")]);
});

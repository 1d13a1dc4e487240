import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { eachSecond } from "../../daemon/each-second.ts";

test("everybody looks at the same moment, until they are done", () => {
  mock.timers.enable({ apis: ["setInterval"] });
  const seen: string[] = [];
  const stopFirst = eachSecond(() => seen.push("first"));
  mock.timers.tick(600);
  const stopSecond = eachSecond(() => seen.push("second"));
  mock.timers.tick(400);
  assert.deepEqual(seen, ["first", "second"]);
  stopFirst();
  mock.timers.tick(1000);
  assert.deepEqual(seen, ["first", "second", "second"]);
  stopSecond();
  mock.timers.tick(5000);
  assert.equal(seen.length, 3);
  const stopThird = eachSecond(() => seen.push("third"));
  mock.timers.tick(1000);
  assert.equal(seen.at(-1), "third");
  stopThird();
  mock.timers.reset();
});

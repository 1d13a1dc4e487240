import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { targets } from "./fuzz-targets.ts";
import { mutate, randomFrom } from "./mutate.ts";
import { weigh, weightLimit } from "./weigh.ts";

describe("bytes from a network", () => {
  for (const { name, corpus, run } of targets) {
    const check = (input: Uint8Array): void => assert.ok(weigh(run(input)) <= weightLimit(input.length));

    test(`${name}: random bytes neither throw nor grow`, () => {
      fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), check), { numRuns: 500 });
    });

    test(`${name}: well-formed input with random changes neither throws nor grows`, () => {
      fc.assert(
        fc.property(fc.nat(), (seed) => check(mutate(corpus, randomFrom(seed)))),
        { numRuns: 1000 },
      );
    });

    test(`${name}: well-formed input cut off anywhere neither throws nor grows`, () => {
      for (const whole of corpus) {
        for (let length = 0; length <= Math.min(whole.length, 800); length++) check(whole.subarray(0, length));
      }
    });
  }
});

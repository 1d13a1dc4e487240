// Time that passes when it is told to, for a control server alone.
import type { TestContext } from "node:test";
import { setImmediate as turn } from "node:timers/promises";

/** So often the server looks at its deadlines. */
const LOOK_MS = 250;

export function steppedTime(context: TestContext) {
  context.mock.timers.enable({ apis: ["setInterval"] });
  let nowMs = 1e12;
  /** So much later there is one look. */
  const pass = (ms: number): void => {
    nowMs += ms;
    context.mock.timers.tick(LOOK_MS);
  };
  const passLooking = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += LOOK_MS) {
      pass(LOOK_MS);
      for (let turns = 0; turns < 3; turns++) await turn();
    }
  };
  const passUntil = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await passLooking(LOOK_MS);
  };
  return { nowMs: () => nowMs, pass, passLooking, passUntil };
}

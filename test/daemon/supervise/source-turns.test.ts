import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Turns } from "../../../daemon/supervise/source-turns.ts";

function takers(turns: Turns, names: string) {
  const begun: string[] = [];
  const takersByName = new Map(Array.from(names, (name) => [name, turns.join()]));
  const of = (name: string) => takersByName.get(name) ?? assert.fail();
  const ask = (name: string): void => of(name).ask(() => begun.push(name));
  const giveBack = (name: string): void => of(name).giveBack();
  return { ask, giveBack, begun: () => begun.join("") };
}

test("as many turns at a time as allowed, the first who asked first", () => {
  const { ask, giveBack, begun } = takers(new Turns(2, 200), "abcd");
  for (const name of "abcd") ask(name);
  assert.equal(begun(), "ab");
  giveBack("b");
  assert.equal(begun(), "abc");
  giveBack("a");
  assert.equal(begun(), "abcd");
  for (const name of "abcd") giveBack(name);
  ask("b");
  assert.equal(begun(), "abcdb");
  giveBack("b");
});

test("who does not want its turn any more is passed over, and what is given back twice counts once", () => {
  const { ask, giveBack, begun } = takers(new Turns(1, 200), "abcd");
  for (const name of "abcd") ask(name);
  giveBack("b");
  giveBack("a");
  giveBack("a");
  assert.equal(begun(), "ac");
  giveBack("c");
  assert.equal(begun(), "acd");
  giveBack("d");
});

test("for the end of a turn that lasts too long nobody waits", (context) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  context.after(() => mock.timers.reset());
  const { ask, giveBack, begun } = takers(new Turns(1, 200), "abc");
  for (const name of "abc") ask(name);
  mock.timers.tick(199);
  assert.equal(begun(), "a");
  mock.timers.tick(1);
  assert.equal(begun(), "ab");
  giveBack("a");
  assert.equal(begun(), "ab");
  giveBack("b");
  assert.equal(begun(), "abc");
});

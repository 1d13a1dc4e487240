/** A control server whose process stood still: SIGSTOP, a machine that was paused. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rawClient, startServer, until } from "./fixture.ts";
import { steppedTime } from "./stepped-time.ts";

test("a member and a newcomer outlast a minute in which the server stood still, and go when they are silent afterwards", async (context) => {
  const time = steppedTime(context);
  await using running = await startServer({ nowMs: time.nowMs });
  using member = await rawClient(running);
  using newcomer = await rawClient(running);
  await member.ask("session.join", { channel: "main" });
  await until(() => running.server.counters().connections === 2);
  time.pass(60_000);
  await time.passLooking(5_000);
  assert.partialDeepStrictEqual(await newcomer.ask("server.hello"), { result: { server: "streamerd" } });
  assert.partialDeepStrictEqual(await member.ask("clock.ping", { t0: 1 }), { result: { t0: 1 } });
  await time.passLooking(29_000);
  assert.equal(running.server.clientCount(), 1);
  await time.passLooking(2_000);
  assert.equal(running.server.clientCount(), 0);
  assert.equal(await member.line(), null);
});

test("what a client has sent is read before its deadline is looked at", async (context) => {
  const time = steppedTime(context);
  await using running = await startServer({ nowMs: time.nowMs });
  using member = await rawClient(running);
  await member.ask("session.join", { channel: "main" });
  await time.passLooking(29_500);
  member.call("clock.ping", { t0: 2 });
  time.pass(1_000);
  assert.partialDeepStrictEqual(await member.answer(), { result: { t0: 2 } });
  await time.passLooking(1_000);
  assert.equal(running.server.clientCount(), 1);
});

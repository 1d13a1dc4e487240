// Whoever sends far more lines than the rate allows: what the lines cost is bounded by time, not by how many there are.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { rawClient, startServer, until } from "./fixture.ts";
import { steppedTime } from "./stepped-time.ts";

/** Whatever can be done without time passing has been done. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 100; turns += 1) await turn();
}

const burst = { callBurst: 10, refusalsPerSecond: 10 };

test("of a thousand calls in one piece no more than two bursts are handled until time passes; then all are, in their order", async (context) => {
  const time = steppedTime(context);
  await using running = await startServer({ nowMs: time.nowMs, limits: burst });
  using client = await rawClient(running);
  const answered: (readonly [id: number, isRefused: boolean])[] = [];
  const reading = (async () => {
    for (let id = 1; id <= 1000; id += 1) {
      const answer = await client.answer();
      answered.push([Number(answer.id), answer.error !== undefined]);
    }
  })();
  const call = (_: unknown, index: number): string => `{"jsonrpc":"2.0","id":${index + 1},"method":"clock.ping","params":{"t0":0}}\n`;
  client.send(Array.from({ length: 1000 }, call).join(""));
  await until(() => answered.length >= 21);
  await settle();
  assert.deepEqual(
    answered,
    Array.from({ length: 21 }, (_, index) => [index + 1, index >= 10]),
  );
  await time.passLooking(250);
  await until(() => answered.length >= 34);
  await settle();
  assert.equal(answered.length, 34, "ten calls, two refusals and the one that is over the rate");
  await time.passUntil(() => answered.length === 1000);
  await reading;
  assert.deepEqual(
    answered.map(([id]) => id),
    Array.from({ length: 1000 }, (_, index) => index + 1),
  );
});

test("lines that are no call are not even parsed beyond that", async (context) => {
  const time = steppedTime(context);
  await using running = await startServer({ nowMs: time.nowMs, limits: burst });
  using client = await rawClient(running);
  client.send("1\n".repeat(30_000));
  const handled = (): number => running.server.counters().badInput.notACall;
  await until(() => handled() >= 21);
  await settle();
  assert.equal(handled(), 21);
});

test("a client that sends blank lines without an end is read no faster than one that calls, and then goes on", async (context) => {
  const time = steppedTime(context);
  await using running = await startServer({ nowMs: time.nowMs, limits: { ...burst, idleMs: 1e9 } });
  using client = await rawClient(running);
  assert.ok((await client.ask("server.hello")).result);
  let isAnswered = false;
  client.send("\n".repeat(2_000_000));
  client.call("clock.ping", { t0: 1 });
  const answering = client.answer().then((answer) => {
    isAnswered = true;
    return answer;
  });
  await until(() => isAnswered || running.server.counters().badInput.tooOften > 0);
  await settle();
  assert.ok(!isAnswered);
  await time.passUntil(() => isAnswered);
  assert.partialDeepStrictEqual(await answering, { id: 1 });
});

test("blank lines between calls cost nothing", async (context) => {
  const time = steppedTime(context);
  await using running = await startServer({ nowMs: time.nowMs, limits: burst });
  using client = await rawClient(running);
  for (let id = 1; id <= 10; id += 1) {
    client.send(`{"jsonrpc":"2.0","id":${id},"method":"clock.ping","params":{"t0":0}}\n\n\r\n`);
    assert.ok((await client.answer()).result);
  }
});

test("who has sent more than the rate and its last word gets every answer before the end", async (context) => {
  const time = steppedTime(context);
  await using running = await startServer({ nowMs: time.nowMs, limits: burst });
  using client = await rawClient(running);
  client.socket.end('{"jsonrpc":"2.0","id":1,"method":"clock.ping","params":{"t0":0}}\n'.repeat(50).trimEnd());
  let lines = 0;
  let isOver = false;
  const reading = (async () => {
    while ((await client.line()) !== null) lines += 1;
    isOver = true;
  })();
  await time.passUntil(() => isOver);
  await reading;
  assert.equal(lines, 50);
});

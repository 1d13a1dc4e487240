import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import { rawClient, startServer, testHandlers, until } from "./fixture.ts";

const REPAIR_PORT = 9688;
const offer = v.object({ port: v.literal(REPAIR_PORT), ssrc: v.number() });

const base = testHandlers();
const handlers: typeof base = {
  ...base,
  "session.join": async (params, caller) => ({ ...(await base["session.join"](params, caller)), repairPort: REPAIR_PORT }),
};

test("who joins is told where lost packets are asked for, and is known by its SSRC until it leaves", async () => {
  await using running = await startServer({ handlers });
  using client = await rawClient(running);
  using other = await rawClient(running);
  const { result } = await client.ask("session.join", { channel: "main" });
  const { ssrc } = v.parse(offer, result?.["repair"]);
  const again = v.parse(offer, (await client.ask("session.join", { channel: "main" })).result?.["repair"]);
  const second = v.parse(offer, (await other.ask("session.join", { channel: "main" })).result?.["repair"]);
  assert.equal(again.ssrc, ssrc);
  assert.notEqual(second.ssrc, ssrc);
  assert.deepEqual(running.server.memberOf(ssrc), { channel: "main", address: "127.0.0.1" });
  assert.equal(running.server.memberOf((ssrc + 1) % 2 ** 32), null);
  await client.ask("session.leave", { sessionId: result?.["sessionId"] });
  assert.equal(running.server.memberOf(ssrc), null);
  other.socket.destroy();
  await until(() => running.server.memberOf(second.ssrc) === null);
  assert.deepEqual(running.members, [
    ["main", 1],
    ["main", 2],
    ["main", 1],
    ["main", 0],
  ]);
});

test("over TCP nothing is lost, and where nothing is sent again nobody is told where to ask", async () => {
  await using running = await startServer({ handlers });
  using client = await rawClient(running);
  const { result } = await client.ask("session.join", { channel: "main", transport: "tcp" });
  assert.equal(result?.["repair"], undefined);
  await using without = await startServer();
  using second = await rawClient(without);
  const joined = await second.ask("session.join", { channel: "main" });
  assert.equal(joined.result?.["transport"], "multicast");
  assert.equal(joined.result?.["repair"], undefined);
});

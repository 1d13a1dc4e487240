import assert from "node:assert/strict";
import { test } from "node:test";
import { describedSession } from "../../receiver/join/described.ts";
import { joinSession } from "../../receiver/join/session.ts";
import type { Size } from "../../receiver/reassemble/picture-assembler.ts";
import { startServer, testHandlers, until, type TestServer } from "../control/fixture.ts";

test("a picture that takes another size while somebody joins is heard of, though nobody listens yet", async () => {
  const handlers = testHandlers();
  let running: TestServer | null = null;
  await using server = await startServer({
    handlers: {
      ...handlers,
      "session.join": (params, caller) => {
        running?.server.publish("channel.picture", { channel: "main", width: 400, height: 225, quality: 80 });
        return handlers["session.join"](params, caller);
      },
    },
  });
  running = server;
  const target = { kind: "tcp", host: "127.0.0.1", port: server.port } as const;
  const session = await joinSession([target], { channel: "main", transport: "auto", name: "hall", pass: null });
  const sizes: Size[] = [];
  session.onSize((size) => sizes.push(size));
  await until(() => sizes.length > 0);
  server.server.publish("channel.picture", { channel: "main", width: 500, height: 281, quality: 80 });
  await until(() => sizes.length > 1);
  assert.deepEqual(sizes, [
    { width: 400, height: 225 },
    { width: 500, height: 281 },
  ]);
  session.close();
  await session.lost;
});

test("whoever joins in a pause is told of it, and of its end", async () => {
  const handlers = testHandlers();
  await using running = await startServer({
    handlers: {
      ...handlers,
      "channel.get": async (params, caller) => ({ ...(await handlers["channel.get"](params, caller)), state: "paused" }),
    },
  });
  const target = { kind: "tcp", host: "127.0.0.1", port: running.port } as const;
  const session = await joinSession([target], { channel: "main", transport: "auto", name: "hall", pass: null });
  const states: string[] = [];
  session.onState((state) => states.push(state));
  await until(() => states.length === 1);
  running.server.publish("channel.state", { channel: "main", state: "playing", reason: null });
  await until(() => states.length === 2);
  assert.deepEqual(states, ["paused", "playing"]);
  session.close();
  await session.lost;
});

test("the name that a stranger announces steers no terminal", () => {
  const announced = {
    sessionId: "1",
    sessionVersion: "1",
    originAddress: "10.77.0.9",
    name: "ma\u001b[2Jin\u202e",
    information: null,
    group: "239.255.1.1",
    ttl: 1,
    control: null,
    video: { port: 5004, size: null, fps: null },
    audio: null,
  };
  const { channel, form } = describedSession(announced, { kind: "tcp", host: "10.77.0.9", port: 9688 }, "10.77.0.9:9688");
  assert.deepEqual([channel, form.name], ["ma[2Jin", "ma[2Jin"]);
});

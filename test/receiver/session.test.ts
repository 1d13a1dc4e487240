import assert from "node:assert/strict";
import { test } from "node:test";
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
  const session = await joinSession([target], { channel: "main", transport: "auto", name: "hall" });
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

import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import { startHelloServer } from "../../../daemon/hello/hello-server.ts";
import type { ToSender } from "../../../daemon/send/sender-messages.ts";

const PORT = 9688;
const HOST = "127.0.0.88";

test("a picture is no hello: two servers do not go on sending each other what a forged hello began", async () => {
  const orders: ToSender[] = [];
  const socket = createSocket("udp4").bind(PORT, HOST);
  await once(socket, "listening");
  startHelloServer({
    socket,
    channels: [{ name: "main" }],
    sender: { post: (order) => void orders.push(order) },
    log: pino({ level: "silent" }),
  });
  const client = createSocket("udp4").bind(0, "127.0.0.1");
  await once(client, "listening");
  client.send(Buffer.alloc(257), PORT, HOST);
  await delay(100);
  assert.deepEqual(orders, []);
  client.send("hello", PORT, HOST);
  while (orders.length === 0) await delay(10);
  assert.deepEqual(orders, [{ kind: "tap", channel: "main", isOn: true }]);
  client.close();
  socket.close();
});

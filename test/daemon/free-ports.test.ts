import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { areFree } from "../../daemon/free-ports.ts";

test("an address is free until somebody listens on it, and again afterwards", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const taken = { host: "127.0.0.1", port: address.port };
  const any = { host: "127.0.0.1", port: 0 };
  assert.equal(await areFree([any, taken]), false);
  server.close();
  await once(server, "close");
  assert.equal(await areFree([any, taken]), true);
  assert.equal(await areFree([]), true);
});

test("an address of no interface is not free", async () => {
  assert.equal(await areFree([{ host: "192.0.2.1", port: 0 }]), false);
});

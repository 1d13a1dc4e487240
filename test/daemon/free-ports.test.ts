import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { test } from "node:test";
import { areFree } from "../../daemon/free-ports.ts";

async function listen(host: string): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return { server, port: address.port };
}

test("an address is free until somebody listens on it, and again afterwards", async () => {
  for (const host of ["127.0.0.1", "0.0.0.0", "::"]) {
    const { server, port } = await listen(host);
    const any = { host: "127.0.0.1", port: 0 };
    assert.equal(areFree([any, { host: "127.0.0.1", port }]), false, host);
    assert.equal(areFree([any, { host: "0.0.0.0", port }]), false, host);
    server.close();
    await once(server, "close");
    assert.equal(areFree([any, { host: "127.0.0.1", port }]), true, host);
  }
  assert.equal(areFree([]), true);
});

test("an address that was found to be free can be listened on at once", async () => {
  const { server, port } = await listen("127.0.0.1");
  server.close();
  await once(server, "close");
  assert.equal(areFree([{ host: "127.0.0.1", port }]), true);
  const second = createServer().listen(port, "127.0.0.1");
  await once(second, "listening");
  second.close();
});

test("an address of no interface is not free", () => {
  assert.equal(areFree([{ host: "192.0.2.1", port: 0 }]), false);
});

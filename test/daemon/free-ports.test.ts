import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Server } from "node:net";
import { test } from "node:test";
import { areFree } from "../../daemon/free-ports.ts";

async function listen(host: string): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer().listen({ host, port: 0, ipv6Only: false });
  await once(server, "listening");
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return { server, port: address.port };
}

test("an address is free until somebody listens on it, and again afterwards", async () => {
  const { server, port } = await listen("127.0.0.1");
  assert.equal(
    areFree([
      { host: "127.0.0.1", port: 1 },
      { host: "127.0.0.1", port },
    ]),
    false,
  );
  assert.equal(areFree([{ host: "127.0.0.2", port }]), true, "another address");
  assert.equal(areFree([{ host: "0.0.0.0", port }]), false, "every address has that one among them");
  server.close();
  await once(server, "close");
  assert.equal(areFree([{ host: "127.0.0.1", port }]), true);
  assert.equal(areFree([]), true);
});

test("who listens on every address has each of them", async () => {
  for (const host of ["0.0.0.0", "::"]) {
    const { server, port } = await listen(host);
    assert.equal(areFree([{ host: "127.0.0.1", port }]), false, host);
    server.close();
  }
});

test("a connection takes no address, and who listens is found beside many of them", async () => {
  const { server, port } = await listen("127.0.0.1");
  const sockets = await Promise.all(
    Array.from({ length: 100 }, async () => {
      const socket = connect({ host: "127.0.0.1", port });
      await once(socket, "connect");
      return socket;
    }),
  );
  assert.equal(areFree([{ host: "127.0.0.1", port }]), false);
  const own = sockets[0]?.localPort ?? 0;
  assert.equal(areFree([{ host: "127.0.0.1", port: own }]), true);
  for (const socket of sockets) socket.destroy();
  server.close();
});

test("each of many who listen is found", async () => {
  const all = await Promise.all(Array.from({ length: 100 }, () => listen("127.0.0.1")));
  for (const { port } of all) assert.equal(areFree([{ host: "127.0.0.1", port }]), false);
  for (const { server } of all) server.close();
});

test("an address of no interface is not free", () => {
  assert.equal(areFree([{ host: "192.0.2.1", port: 1 }]), false);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { HelloClients } from "../../../daemon/hello/hello-clients.ts";
import { isOnLink } from "../../../daemon/hello/own-links.ts";

const client = (last: number, port = 4000) => ({ address: `10.0.0.${last}`, port });

test("who says hello is sent the first channel for ten seconds, and the channel that it names", () => {
  const clients = new HelloClients(["main", "lobby"]);
  assert.equal(clients.hear(client(1), "hello", true, 0), true);
  assert.equal(clients.hear(client(2), "lobby\n", true, 0), true);
  assert.equal(clients.hear(client(1), "again", true, 6000), false);
  assert.deepEqual(clients.clientsOf("lobby", 9999).length, 1);
  assert.deepEqual(clients.clientsOf("lobby", 10_000), []);
  assert.equal(clients.clientsOf("main", 15_999).length, 1);
  assert.deepEqual(clients.clientsOf("main", 16_000), []);
});

test("nobody from beyond our links is heard, no host has more than four places, and all have no more than 64", () => {
  const clients = new HelloClients(["main"]);
  assert.equal(clients.hear(client(1), "", false, 0), false);
  for (let port = 1; port <= 6; port++) clients.hear(client(1, port), "", true, 0);
  assert.equal(clients.clientsOf("main", 0).length, 4);
  for (let last = 2; last < 120; last++) clients.hear(client(last), "", true, 0);
  assert.equal(clients.clientsOf("main", 0).length, 64);
});

test("a hello from port 0, to which nothing can be sent, is none", () => {
  const clients = new HelloClients(["main"]);
  assert.equal(clients.hear(client(1, 0), "", true, 0), false);
  assert.deepEqual(clients.clientsOf("main", 0), []);
});

test("a flood of hellos is not even read: who is there stays, who comes in the next second is heard", () => {
  const clients = new HelloClients(["main"]);
  for (let count = 0; count < 10_000; count++) clients.hear(client(count % 8), "", true, 500);
  assert.equal(clients.hear(client(200), "", true, 999), false);
  assert.equal(clients.hear(client(200), "", true, 1000), true);
});

test("an address is on a link if it lies in one of our networks", () => {
  const links = [
    { address: "10.77.0.1", netmask: "255.255.255.0" },
    { address: "127.0.0.1", netmask: "255.0.0.0" },
    { address: "192.0.2.1", netmask: "0.0.0.0" },
  ];
  for (const address of ["10.77.0.9", "10.77.0.1", "127.0.0.1"]) assert.equal(isOnLink(address, links), true, address);
  for (const address of ["10.77.1.9", "8.8.8.8", "192.0.2.1"]) assert.equal(isOnLink(address, links), false, address);
});

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { startHttpServer } from "../../../daemon/http/server.ts";
import { closeHttpServer, listenProblem, startBoundedServer } from "../../../daemon/http/bounded-server.ts";
import { waitFor } from "../../e2e/wait.ts";

test("who comes by IPv6 is given addresses that can be typed", async () => {
  const named: string[] = [];
  const server = await startHttpServer(
    { host: "::1", port: 0 },
    {
      channelNames: () => [],
      sdp: () => null,
      isEncrypted: () => false,
      reference: () => null,
      page: async (host, authority) => (named.push(host, authority), ""),
    },
  );
  const bound = server.address();
  assert.ok(bound !== null && typeof bound === "object");
  await (await fetch(`http://[::1]:${bound.port}/`)).text();
  assert.deepEqual(named, ["::1", `[::1]:${bound.port}`]);
  assert.match(listenProblem("http.listen", { host: "::1", port: 9680 }, new Error("no")), /^http\.listen: \[::1\]:9680 cannot/);
  server.close();
});

test("an address that this host does not have is told in words", () => {
  const problem = Object.assign(new Error("listen EADDRNOTAVAIL: address not available 10.9.9.9:80"), { code: "EADDRNOTAVAIL" });
  assert.equal(
    listenProblem("http.listen", { host: "10.9.9.9", port: 80 }, problem),
    "http.listen: 10.9.9.9:80 cannot be listened on (this host has no such address): correct it or set http.listen to another one",
  );
});

test("a channel whose sound is not served says what that takes", async () => {
  const server = await startHttpServer(
    { host: "127.0.0.1", port: 0 },
    { channelNames: () => ["main"], sdp: () => null, isEncrypted: () => false, reference: () => null, page: async () => "" },
  );
  const bound = server.address();
  assert.ok(bound !== null && typeof bound === "object");
  const answer = async (path: string): Promise<string> => (await fetch(`http://127.0.0.1:${bound.port}${path}`)).text();
  assert.match(await answer("/main.wav"), /^the sound of main is not served: that takes audio\.reference: true, .*WAV file\n$/);
  assert.match(await answer("/hall.wav"), /^not here; there is\n/);
  server.close();
});

test("the description of a channel that is encrypted is refused with what helps: without its key it is of no use", async () => {
  const server = await startHttpServer(
    { host: "127.0.0.1", port: 0 },
    { channelNames: () => ["main"], sdp: () => "v=0", isEncrypted: () => true, reference: () => null, page: async () => "" },
  );
  const bound = server.address();
  assert.ok(bound !== null && typeof bound === "object");
  const answer = await fetch(`http://127.0.0.1:${bound.port}/main.sdp`);
  assert.equal(answer.status, 403);
  assert.match(await answer.text(), /^main is encrypted, for who has a pass: streamctl watch main --pass PASS, .*\n$/);
  server.close();
});

test("a client that stops reading an answer gives its place back", async (context) => {
  // More than the sockets' buffers hold.
  const answer = Buffer.alloc(64 << 20);
  const server = await startBoundedServer({ host: "127.0.0.1", port: 0 }, 4, (_request, response) => void response.end(answer), 100);
  context.after(() => closeHttpServer(server));
  const bound = server.address();
  assert.ok(bound !== null && typeof bound === "object");
  const client = connect(bound.port, "127.0.0.1").on("error", () => undefined);
  context.after(() => client.destroy());
  client.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  await once(client, "readable");
  const connections = (): Promise<number> =>
    new Promise((resolve, reject) => server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))));
  await waitFor("its place", async () => (await connections()) === 0, 5000);
});

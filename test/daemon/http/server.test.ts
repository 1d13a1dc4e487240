import assert from "node:assert/strict";
import { test } from "node:test";
import { startHttpServer } from "../../../daemon/http/server.ts";
import { listenProblem } from "../../../daemon/http/bounded-server.ts";

test("who comes by IPv6 is given addresses that can be typed", async () => {
  const named: string[] = [];
  const server = await startHttpServer(
    { host: "::1", port: 0 },
    { channelNames: () => [], sdp: () => null, reference: () => null, page: async (host, authority) => (named.push(host, authority), "") },
  );
  const bound = server.address();
  assert.ok(bound !== null && typeof bound === "object");
  await (await fetch(`http://[::1]:${bound.port}/`)).text();
  assert.deepEqual(named, ["::1", `[::1]:${bound.port}`]);
  assert.match(listenProblem("http.listen", { host: "::1", port: 9680 }, new Error("no")), /^http\.listen: \[::1\]:9680 cannot/);
  server.close();
});

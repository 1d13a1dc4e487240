import assert from "node:assert/strict";
import { syncBuiltinESMExports } from "node:module";
import os from "node:os";
import { test } from "node:test";
import { readInterfaces, resolveInterface, routeInterface } from "../../../daemon/send/interfaces.ts";

const HEAD = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n";
const DEFAULT_ETH0 = "eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n";
const DEFAULT_WLAN0 = "wlan0\t00000000\t0102000A\t0003\t0\t0\t600\t00000000\t0\t0\t0\n";
const MULTICAST_ETH1 = "eth1\t000000E0\t00000000\t0001\t0\t0\t0\t000000F0\t0\t0\t0\n";
const REJECTED = "*\t00000000\t00000000\t0203\t0\t0\t0\t00000000\t0\t0\t0\n";
const BLACK_HOLE = "*\t000000EF\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0\n";

const cases = [
  { name: "the multicast route wins over the default route", routes: HEAD + DEFAULT_ETH0 + MULTICAST_ETH1, found: "eth1" },
  { name: "without a multicast route the default route is taken", routes: HEAD + DEFAULT_ETH0, found: "eth0" },
  { name: "of two default routes the one with the least metric is taken", routes: HEAD + DEFAULT_WLAN0 + DEFAULT_ETH0, found: "eth0" },
  { name: "a rejecting route is no route", routes: HEAD + REJECTED, found: null },
  { name: "a black hole is no route", routes: HEAD + BLACK_HOLE + DEFAULT_ETH0, found: "eth0" },
  { name: "no routes, no interface", routes: HEAD, found: null },
  { name: "an empty or damaged table is no error", routes: "garbage\n\t\n", found: null },
];

for (const { name, routes, found } of cases) {
  test(name, () => assert.equal(routeInterface(routes, "239.255.1.1"), found));
}

test("an interface that is not there is answered with those that are", () => {
  const resolved = resolveInterface("nosuch0", "239.255.1.1", readInterfaces());
  assert.match(resolved.ok ? "" : resolved.problem, /^nosuch0 is no interface or address of this host; there are .*lo \(127\.0\.0\.1\)/);
});

test("an interface that is down is told apart from one without an address", () => {
  const problem = (wanted: string, link: "down" | "up"): string => {
    const resolved = resolveInterface(wanted, "239.255.1.1", { present: [], routes: HEAD + MULTICAST_ETH1, linkOf: () => link });
    return resolved.ok ? "" : resolved.problem;
  };
  assert.match(problem("auto", "down"), /^eth1, which has the route, is down \(is its cable in\?\); name an interface/);
  assert.match(problem("auto", "up"), /^eth1, which has the route, has no IPv4 address; name an interface/);
  assert.match(problem("eth1", "down"), /^eth1 is down \(is its cable in\?\); there are/);
  assert.match(problem("eth1", "up"), /^eth1 has no IPv4 address; there are/);
});

test("an interface is found by its name and by its address", () => {
  assert.deepEqual(resolveInterface("lo", "239.255.1.1", readInterfaces()), { ok: true, name: "lo", address: "127.0.0.1" });
  assert.deepEqual(resolveInterface("127.0.0.1", "239.255.1.1", readInterfaces()), { ok: true, name: "lo", address: "127.0.0.1" });
});

test("where the system cannot be asked any more, since no file may be opened, what was there stays", (context) => {
  const before = readInterfaces().present;
  assert.ok(before.length > 0);
  const asked = context.mock.method(os, "networkInterfaces", () => {
    throw new Error("uv_interface_addresses returned Unknown system error 24");
  });
  syncBuiltinESMExports();
  context.after(() => {
    asked.mock.restore();
    syncBuiltinESMExports();
  });
  assert.deepEqual(readInterfaces().present, before);
});

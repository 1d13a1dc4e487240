import assert from "node:assert/strict";
import { syncBuiltinESMExports } from "node:module";
import os from "node:os";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { membershipAddresses, refuseUnknownInterface } from "../../receiver/join/membership-place.ts";

const address = (text: string) =>
  ({ address: text, netmask: "255.255.255.0", family: "IPv4", mac: "00:00:00:00:00:00", internal: false, cidr: null }) as const;

/** This host has these, until the next call. */
function interfaces(context: TestContext, present: Readonly<Record<string, readonly string[]>>): void {
  const listed = Object.entries(present).map(([name, addresses]) => [name, addresses.map(address)]);
  context.mock.method(os, "networkInterfaces", () => Object.fromEntries(listed));
  syncBuiltinESMExports();
}

test("an interface is followed by its name: to another address, away, and back", (context) => {
  context.after(syncBuiltinESMExports);
  context.after(() => context.mock.restoreAll());
  interfaces(context, { lo: ["127.0.0.1"], wlan0: ["10.77.0.2", "10.77.0.3"] });
  refuseUnknownInterface("wlan0");
  assert.deepEqual(membershipAddresses("10.77.0.2", "wlan0"), ["10.77.0.2"]);
  assert.deepEqual(membershipAddresses("10.77.0.2", "10.77.0.3"), ["10.77.0.3"]);
  interfaces(context, { lo: ["127.0.0.1"], wlan0: ["10.78.0.9"] });
  assert.deepEqual(membershipAddresses("10.78.0.9", "wlan0"), ["10.78.0.9"]);
  interfaces(context, { lo: ["127.0.0.1"] });
  assert.deepEqual(membershipAddresses(null, "wlan0"), []);
  assert.throws(() => refuseUnknownInterface("wlan0"), { message: "--interface wlan0: this host has lo" });
  assert.deepEqual(membershipAddresses(null, null), ["127.0.0.1"]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { SessionTable } from "../../receiver/discover/session-table.ts";
import { buildSap } from "../../wire/sap.ts";
import { buildSdp } from "../../wire/sdp.ts";

function packet(
  name: string,
  options: { readonly kind?: "announcement" | "deletion"; readonly hash?: number; readonly version?: string; readonly group?: string } = {},
) {
  const { kind = "announcement", hash = 7, version = "1", group = "239.255.1.1" } = options;
  const payload = buildSdp({
    sessionId: "1",
    sessionVersion: version,
    originAddress: "10.77.0.1",
    name,
    group,
    ttl: 1,
    control: null,
    video: { port: 5004, size: null, fps: null },
    audio: null,
  });
  return buildSap({ kind, hash, origin: "10.77.0.1", payload });
}

test("a session is found, changes and goes", () => {
  const table = new SessionTable();
  assert.equal(table.hear(packet("main"), "10.77.0.1", 0)?.kind, "found");
  assert.equal(table.hear(packet("main"), "10.77.0.1", 5000), null, "the same again is no news");
  assert.equal(table.hear(packet("main", { version: "2", hash: 8 }), "10.77.0.1", 6000)?.kind, "changed");
  assert.equal(table.hear(packet("main", { kind: "deletion", hash: 8 }), "10.77.0.1", 7000)?.kind, "gone");
  assert.deepEqual(table.sessions, []);
});

test("nobody takes back what another host announces", () => {
  const table = new SessionTable();
  table.hear(packet("main"), "10.77.0.1", 0);
  assert.equal(table.hear(packet("main", { kind: "deletion" }), "10.77.0.66", 1), null);
  assert.equal(table.sessions.length, 1);
});

test("what is not announced any more is forgotten after a minute, or three of its periods", () => {
  const table = new SessionTable();
  table.hear(packet("quick"), "10.77.0.1", 0);
  assert.deepEqual(table.expire(59_000), []);
  assert.equal(table.expire(61_000)[0]?.kind, "gone");
  table.hear(packet("slow"), "10.77.0.1", 100_000);
  table.hear(packet("slow"), "10.77.0.1", 150_000);
  assert.deepEqual(table.expire(290_000), []);
  assert.equal(table.expire(301_000).length, 1);
});

test("a flood of ten thousand announcements by one host leaves room for the others", () => {
  const table = new SessionTable();
  for (let index = 0; index < 10_000; index++) table.hear(packet(`flood-${index}`), "10.77.0.66", index);
  assert.equal(table.sessions.length, 128);
  assert.equal(table.hear(packet("main"), "10.77.0.1", 10_000)?.kind, "found");
});

test("many hosts fill the table, and it grows no further", () => {
  const table = new SessionTable();
  for (let index = 0; index < 10_000; index++) table.hear(packet(`flood-${index}`), `10.${index >> 8}.${index & 255}.1`, index);
  assert.equal(table.sessions.length, 512);
});

test("what is no session for a multicast group is passed over", () => {
  const table = new SessionTable();
  assert.equal(table.hear(packet("main", { group: "10.0.0.1" }), "10.77.0.1", 0), null);
  assert.equal(table.hear(new Uint8Array(3), "10.77.0.1", 0), null);
  assert.equal(
    table.hear(buildSap({ kind: "announcement", hash: 1, origin: "10.77.0.1", payload: "v=0\r\nnonsense" }), "10.77.0.1", 0),
    null,
  );
});

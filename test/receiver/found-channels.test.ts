import assert from "node:assert/strict";
import { test } from "node:test";
import { SessionTable } from "../../receiver/discover/session-table.ts";
import { FoundChannels } from "../../receiver/join/found-channels.ts";
import { buildSap } from "../../wire/sap.ts";
import { buildSdp } from "../../wire/sdp.ts";

type Announced = { readonly heardFrom: string; readonly name?: string; readonly sessionId?: string; readonly group?: string };

/** What was heard, one after the other. */
function heard(
  wanted: string | null | readonly [name: string, known: { readonly group: string; readonly host: string }],
  ...all: readonly Announced[]
): FoundChannels {
  const found = typeof wanted === "object" && wanted !== null ? new FoundChannels(...wanted) : new FoundChannels(wanted);
  const table = new SessionTable();
  for (const { heardFrom, name = "main", sessionId = "1", group = "239.255.1.1" } of all) {
    const payload = buildSdp({
      sessionId,
      sessionVersion: "1",
      originAddress: heardFrom,
      name,
      group,
      ttl: 1,
      control: { host: heardFrom, port: 9688 },
      video: { port: 5004, size: null, fps: null },
      audio: null,
    });
    const news = table.hear(buildSap({ kind: "announcement", hash: 7, origin: heardFrom, payload }), heardFrom, 0);
    if (news !== null) found.hear(news);
  }
  return found;
}

test("a channel that is heard from two addresses of its daemon is one channel, by the address heard first", () => {
  const { host, port, session } = heard(null, { heardFrom: "10.77.0.1" }, { heardFrom: "192.168.0.1" }).choose();
  assert.deepEqual([host, port, session.name], ["10.77.0.1", 9688, "main"]);
});

test("channels of other names, groups or sessions are others: they are listed", () => {
  for (const other of [{ name: "hall" }, { group: "239.255.1.2" }, { sessionId: "2" }]) {
    const found = heard(null, { heardFrom: "10.77.0.1" }, { heardFrom: "10.77.0.2", ...other });
    assert.throws(
      () => found.choose(),
      /^UsageError: there are several channels; name one:\n {2}--host 10\.77\.0\.1 main\n {2}--host 10\.77\.0\.2 (main|hall)$/,
    );
  }
});

test("a name that was given is the only one that is looked for", () => {
  const all = [{ heardFrom: "10.77.0.1" }, { heardFrom: "10.77.0.1", name: "hall" }];
  assert.equal(heard("hall", ...all).choose().session.name, "hall");
  assert.throws(
    () => heard("attic", ...all).choose(),
    /^CannotConnectError: no channel named attic is announced on this network: name the daemon's host with --host$/,
  );
});

test("a channel that is looked for again is known by its group or its host: another daemon may have one of the same name", () => {
  const all = [{ heardFrom: "10.77.0.2", group: "239.255.1.2" }, { heardFrom: "10.77.0.9" }];
  assert.equal(heard(["main", { group: "239.255.1.1", host: "10.77.0.1" }], ...all).choose().host, "10.77.0.9");
  assert.equal(heard(["main", { group: "239.255.1.3", host: "10.77.0.2" }], ...all).choose().session.group, "239.255.1.2");
  assert.throws(() => heard(["main", { group: "239.255.1.3", host: "10.77.0.1" }], ...all).choose(), /no channel named main is announced/);
});

test("what is taken back while others are listened for is not offered", () => {
  const found = heard("main", { heardFrom: "10.77.0.1" }, { heardFrom: "10.77.0.1", sessionId: "2", group: "239.255.1.2" });
  const { session } = heard("main", { heardFrom: "10.77.0.1" }).choose();
  found.hear({ kind: "gone", heard: { session, sdp: "", heardFrom: "10.77.0.1" } });
  assert.equal(found.choose().session.group, "239.255.1.2");
});

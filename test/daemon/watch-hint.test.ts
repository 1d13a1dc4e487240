import assert from "node:assert/strict";
import { test } from "node:test";
import { loadConfig } from "../../config/load.ts";
import { watchHint } from "../../daemon/watch-hint.ts";

type Watched = Parameters<typeof watchHint>[0];

function hint(state: Watched["state"], ...sets: readonly string[]): string {
  const loaded = loadConfig({ sets: ["channels.main.group=239.255.1.1", ...sets], env: {}, files: [], cwd: "/" });
  const [config] = loaded.ok ? loaded.config.channels : [];
  assert.ok(config !== undefined);
  return watchHint({ name: "main", state, config, interfaces: [] }, "10.77.0.1", 9680).join("\n");
}

test("who starts a camera that is away is told how its slate, and later the camera, is watched", () => {
  assert.match(hint("playing"), /ffplay .* http:\/\/10\.77\.0\.1:9680\/main\.sdp$/);
  assert.equal(hint("no-signal"), hint("playing"));
  assert.equal(hint("failed"), "");
});

test("a channel that begins when somebody joins is told with what joins: a player that only takes the group starts nothing", () => {
  assert.match(hint("idle"), /main: begins when somebody joins[^]* streamctl watch main$/);
  assert.doesNotMatch(hint("idle"), /ffplay/);
});

test("a channel that is encrypted is told with how a pass is made, and no address that is of no use", () => {
  const text = hint("playing", "channels.main.access=pass");
  assert.match(text, /^ {4}pass {4}streamctl pass create main$/m);
  assert.match(text, /^ {4}watch {3}streamctl watch main --pass PASS$/m);
  assert.doesNotMatch(text, /ffplay|http/);
  assert.match(hint("idle", "channels.main.access=pass"), /streamctl watch main --pass PASS$/);
});

test("only the ports that the channel sends to are named", () => {
  assert.match(hint("playing"), /ports 5004 to 5007$/m);
  assert.match(hint("playing", "channels.main.audio.enabled=false"), /ports 5004 to 5005$/m);
});

test("a channel of datagrams is told in the form that it has", () => {
  const datagrams = "channels.main.profile=datagram";
  assert.match(hint("playing", datagrams), /main: a JPEG file in each datagram/);
  assert.match(hint("playing", datagrams, "channels.main.datagram.encoding=base64"), /main: a JPEG file as base64 text in each datagram/);
});

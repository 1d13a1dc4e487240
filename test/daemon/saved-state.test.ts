import assert from "node:assert/strict";
import { test } from "node:test";
import { readState } from "../../daemon/state/saved-state.ts";
import { stateDirectory } from "../../daemon/state/directory.ts";

const main = {
  overrides: [{ key: "video.fps", value: 12, configured: "source" }],
  told: "pause",
  place: { path: "/films/a.mp4", itemIndex: 1, positionMs: 1234 },
};

const cases: readonly (readonly [string, unknown, string])[] = [
  ["a file that was never written is an empty state", {}, "state"],
  ["what was written is read", { version: 1, channels: { main } }, "state"],
  ["a later version is told apart from damage", { version: 2, channels: [] }, "newer"],
  ["a wrong place is damage", { version: 1, channels: { main: { ...main, place: { path: 1 } } } }, "damaged"],
  ["no object is damage", [1, 2], "damaged"],
  [
    "an endless list of overrides is damage",
    { version: 1, channels: { main: { ...main, overrides: Array.from({ length: 65 }, () => main.overrides[0]) } } },
    "damaged",
  ],
];
for (const [title, content, kind] of cases) test(title, () => assert.equal(readState(content).kind, kind));

test("state goes where the configuration, systemd or the user's environment say", () => {
  const env = { HOME: "/home/ada", XDG_STATE_HOME: "/var/ada", STATE_DIRECTORY: "/var/lib/streamerd:/var/lib/other" };
  assert.equal(stateDirectory("/srv/state", env), "/srv/state");
  assert.equal(stateDirectory(null, env), "/var/lib/streamerd");
  assert.equal(stateDirectory(null, { ...env, STATE_DIRECTORY: undefined }), "/var/ada/streamerd");
  assert.equal(stateDirectory(null, { HOME: "/home/ada" }), "/home/ada/.local/state/streamerd");
  assert.equal(stateDirectory(null, { HOME: "not/absolute" }), null);
});

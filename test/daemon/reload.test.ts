import assert from "node:assert/strict";
import { test } from "node:test";
import { loadConfig } from "../../config/load.ts";
import { createReload } from "../../daemon/reload.ts";

test("a daemon that was started without a file has none to read again, and says so", () => {
  const loaded = loadConfig({ sets: [], env: {}, files: [], cwd: "/" });
  assert.ok(loaded.ok);
  assert.deepEqual(createReload(null, loaded.config, new Map())(), {
    ok: false,
    reason: "there is no file to read again: start the daemon with --config FILE",
  });
});

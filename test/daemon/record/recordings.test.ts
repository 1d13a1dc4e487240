import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { startRecordings } from "../../../daemon/record/recordings.ts";
import { load } from "../../config/request.ts";
import { temporaryFolder } from "../../source/media.ts";

const folder = temporaryFolder();

test("where there is no Unix socket a channel that wants a pass is not recorded, and it is said once why", async (context) => {
  const loaded = load(`channels: {main: {access: pass, record: {dir: ${join(folder, "recordings")}}}}`);
  assert.ok(loaded.ok);
  const warnings: string[] = [];
  const recordings = startRecordings(loaded.config.channels, { socket: null, host: "127.0.0.1", port: 1 }, (_, text) =>
    warnings.push(text),
  );
  context.after(() => recordings.close());
  const problem =
    "a channel with access: pass is recorded by way of the daemon's Unix socket, and there is none; set control.socket to a path where it can be made";
  assert.equal(recordings.problemOf("main"), problem);
  assert.deepEqual(warnings, [`recording: ${problem}`]);
});

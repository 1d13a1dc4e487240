import assert from "node:assert/strict";
import { test } from "node:test";
import { USUAL_STREAM } from "../../control/streamctl/usual-stream.ts";
import { load } from "../config/request.ts";

test("what streamctl takes for usual is what the configuration has", () => {
  const loaded = load("channels: {main: {source: test}}\n");
  assert.ok(loaded.ok);
  const [main] = loaded.config.channels;
  assert.deepEqual([main?.profile, main?.maxPacketBytes, main?.video.maxFrameBytes], Object.values(USUAL_STREAM).slice(1));
});

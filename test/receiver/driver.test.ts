import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { Driver } from "../../receiver/driver.ts";
import { Receiver } from "../../receiver/receiver.ts";

test("a driver that is closed between a packet and its turn leaves nothing behind that keeps the program alive", async () => {
  const config = { latencyMs: 200, leadMs: 0, mostFps: null, audio: null };
  const video = { size: null, payloadType: 26, ssrc: null, time: null };
  const nothing = { picture: () => undefined, sound: () => undefined, missing: () => undefined };
  const driver = new Driver(new Receiver({ ...config, video }), nothing);
  const before = timers();
  driver.push("video", new Uint8Array(20));
  driver.close();
  await delay(50);
  assert.equal(timers(), before);
});

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { statusText } from "../../../daemon/notify/status-text.ts";

const playing = (name: string, clients = 0) => ({ name, state: "playing", fps: 23.976, clients });

test("the status names each channel, its frame rate and how many receive", () => {
  const stopped = { name: "foyer", state: "stopped", fps: null, clients: 0 };
  assert.equal(statusText([playing("main", 1), stopped], null), "main playing 24.0 FPS, foyer stopped; 1 client");
});

test("a channel that does not play shows no frame rate, whatever was measured last", () => {
  assert.equal(statusText([{ ...playing("main"), state: "no-interface" }], null), "main no-interface; 0 clients");
});

test("many channels are counted by their state", () => {
  const channels = ["a", "b", "c", "d"].map((name) => playing(name, 2));
  const text = statusText([...channels, { name: "e", state: "failed", fps: null, clients: 0 }], null);
  assert.equal(text, "5 channels: 4 playing, 1 failed, 95.9 FPS in all; 8 clients");
});

test("a configuration that was refused stands before everything else", () => {
  assert.match(
    statusText([playing("main")], "a.yml:3: no such key"),
    /^configuration refused, the one before stays: a\.yml:3: no such key; main/,
  );
});

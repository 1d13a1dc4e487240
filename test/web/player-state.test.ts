import assert from "node:assert/strict";
import { test } from "node:test";
import { wordsFor } from "../../web/player-state.js";

const playing = {
  connection: "open",
  receiver: { state: "playing", text: "" },
  hasVideo: true,
  isLosingAll: false,
  sound: "playing",
} as const;

test("while it plays nothing stands on the picture", () => {
  const words = wordsFor(playing);
  assert.deepEqual([words.short, words.text, words.soundText, words.isStale, words.needsClick], ["playing", "", "", false, false]);
});

test("a pause is called one, and its picture is what is being sent", () => {
  const words = wordsFor({ ...playing, receiver: { state: "paused", text: "paused" } });
  assert.deepEqual([words.short, words.text, words.isStale, words.tone], ["paused", "", false, "calm"]);
});

test("a line that loses all pictures is told from one that plays", () => {
  const words = wordsFor({ ...playing, isLosingAll: true });
  assert.deepEqual([words.short, words.tone, words.isStale], ["packets lost", "bad", true]);
  assert.match(words.text, /--transport tcp/);
  assert.equal(wordsFor({ ...playing, hasVideo: false, isLosingAll: true }).short, "playing");
});

test("what the receiver waits for is said in its own words, and the picture is known to be old", () => {
  for (const state of ["waiting", "away"] as const) {
    const words = wordsFor({ ...playing, receiver: { state, text: "its words" } });
    assert.deepEqual([words.text, words.isStale], ["its words", true]);
    assert.notEqual(wordsFor({ ...playing, receiver: { state, text: "" } }).text, "");
  }
});

test("without a receiver nothing that it has said before counts", () => {
  assert.match(wordsFor({ ...playing, connection: "lost" }).text, /connection to the receiver is lost/);
  assert.match(wordsFor({ ...playing, connection: "connecting" }).text, /Connecting/);
  assert.match(wordsFor({ ...playing, connection: "refused" }).text, /open the link that streamctl has printed/);
  assert.match(wordsFor({ ...playing, connection: "full" }).text, /close one/);
});

test("sound that cannot be heard has a reason and a remedy", () => {
  assert.match(wordsFor({ ...playing, sound: "insecure" }).soundText, /localhost or over https/);
  assert.match(wordsFor({ ...playing, sound: "no device" }).soundText, /no sound device/);
  assert.match(wordsFor({ ...playing, sound: "none" }).soundText, /has no sound/);
  assert.match(wordsFor({ ...playing, sound: "loudspeaker" }).soundText, /loudspeaker of the receiver's host/);
  assert.equal(wordsFor({ ...playing, sound: "unknown" }).soundText, "");
  assert.equal(wordsFor({ ...playing, sound: "blocked" }).needsClick, true);
  const away = wordsFor({ ...playing, connection: "lost", sound: "blocked" });
  assert.deepEqual([away.needsClick, away.soundText], [false, wordsFor({ ...playing, sound: "blocked" }).soundText]);
});

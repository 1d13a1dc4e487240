import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SoundTrack } from "../../../daemon/pace/sound-track.ts";

const CHANNELS = 2;

/** Sample frame n holds n + 1 in both channels. */
function piece(timelineSample: number, length: number) {
  const pcm = Buffer.alloc(length * 4);
  for (let index = 0; index < length; index++) {
    pcm.writeUInt16BE((timelineSample + index + 1) & 0xffff, index * 4);
    pcm.writeUInt16BE((timelineSample + index + 1) & 0xffff, index * 4 + 2);
  }
  return { timelineSample, pcm };
}

function pull(track: SoundTrack, from: number, count: number): number[] {
  const target = Buffer.alloc(count * 4);
  track.pull(from, count, target, 0);
  return Array.from({ length: count }, (_, index) => target.readUInt16BE(index * 4));
}

test("blocks that do not match the pieces hold every sample once and in order", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 400 }),
      (lengths, block) => {
        const track = new SoundTrack(CHANNELS, 1);
        let total = 0;
        for (const length of lengths) {
          track.push(piece(total, length));
          total += length;
        }
        for (let from = 0; from < total; from += block) {
          const expected = Array.from({ length: block }, (_, index) => (from + index < total ? (from + index + 1) & 0xffff : 0));
          assert.deepEqual(pull(track, from, block), expected);
        }
        assert.equal(track.queuedSamples, 0);
        assert.equal(track.removedSamples, total);
      },
    ),
  );
});

test("where nothing came there is silence of exactly that length", () => {
  const track = new SoundTrack(CHANNELS, 1);
  track.push(piece(0, 10));
  track.push(piece(15, 10));
  assert.deepEqual(pull(track, 5, 15), [6, 7, 8, 9, 10, 0, 0, 0, 0, 0, 16, 17, 18, 19, 20]);
});

test("sound that comes after its time is forgotten, and the rest of the piece plays", () => {
  const track = new SoundTrack(CHANNELS, 1);
  assert.deepEqual(pull(track, 0, 5), [0, 0, 0, 0, 0]);
  track.push(piece(0, 10));
  assert.deepEqual(pull(track, 5, 5), [6, 7, 8, 9, 10]);
  assert.equal(track.queuedSamples, 0);
});

test("a stretch before the first piece is silence and removes nothing", () => {
  const track = new SoundTrack(CHANNELS, 1);
  track.push(piece(0, 10));
  assert.deepEqual(pull(track, -5, 5), [0, 0, 0, 0, 0]);
  assert.equal(track.queuedSamples, 10);
});

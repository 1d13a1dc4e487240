import assert from "node:assert/strict";
import { test } from "node:test";
import { SoundRing } from "../../web/sound-ring.js";

const RATE = 44_100;
const QUANTUM = 128;
const BLOCK = 320;

/** A ramp that tells its place: 0 … 0.999, again and again each 4,000 samples. */
const ramp = (position: number): number => Math.round(((position % 4000) / 4000) * 32_767);

function write(ring: SoundRing, from: number, count: number, seconds: number): void {
  for (let at = from; at < from + count; at += BLOCK) {
    ring.write(
      Int16Array.from({ length: BLOCK }, (_, index) => ramp(at + index)),
      at,
      seconds + (at - from) / RATE,
    );
  }
}

function read(ring: SoundRing, seconds: number): Float32Array {
  const output = new Float32Array(QUANTUM);
  ring.read([output], seconds);
  return output;
}

/** Plays for a while with a loudspeaker whose clock is off by `drift`; from `lateFrom` on all is due a little later. */
function play(ring: SoundRing, { until, drift = 0, lateSeconds = 0 }: { until: number; drift?: number; lateSeconds?: number }) {
  const start = 1;
  const lateFrom = 2;
  let errorSeconds = 0;
  let written = 0;
  for (let seconds = start; seconds < until; seconds += QUANTUM / RATE) {
    const late = seconds < lateFrom ? 0 : lateSeconds;
    for (; written < ((seconds - start) * (1 + drift) + 0.1) * RATE; written += BLOCK) {
      write(ring, written, BLOCK, start + written / RATE / (1 + drift) + late);
    }
    read(ring, seconds);
    if (ring.blockPosition !== null) errorSeconds = ring.blockPosition / RATE - (seconds - start - late) * (1 + drift);
  }
  return errorSeconds;
}

/** Within a ten-thousandth of a sample: times are fractions. */
function assertPosition(ring: SoundRing, position: number): void {
  assert.ok(ring.blockPosition !== null && Math.abs(ring.blockPosition - position) < 1e-4, `${ring.blockPosition}`);
}

test("a sample comes out at its time, as it was written", () => {
  const ring = new SoundRing(RATE, 1);
  write(ring, 0, 9600, 1);
  assert.deepEqual(
    [...read(ring, 0.9)],
    Array.from({ length: QUANTUM }, () => 0),
    "not before its time",
  );
  for (let block = 0; block < 8; block++) read(ring, 1 + (block * QUANTUM) / RATE);
  const output = read(ring, 1 + (8 * QUANTUM) / RATE);
  for (const [index, value] of output.entries()) assert.ok(Math.abs(value - ramp(8 * QUANTUM + index) / 32_768) < 1e-4);
});

test("both channels come out, each its own", () => {
  const ring = new SoundRing(RATE, 2);
  ring.write(
    Int16Array.from({ length: 2 * 2048 }, (_, index) => (index % 2 === 0 ? 8192 : -16_384)),
    0,
    1,
  );
  const outputs = [new Float32Array(1024), new Float32Array(1024)];
  ring.read(outputs, 1);
  assert.deepEqual([outputs[0]?.[1000], outputs[1]?.[1000]], [0.25, -0.5]);
});

test("it follows a loudspeaker whose clock is 200 ppm off by a hair of speed, without a jump", () => {
  for (const drift of [200e-6, -200e-6]) {
    const ring = new SoundRing(RATE, 1);
    const errorSeconds = play(ring, { until: 61, drift });
    assert.ok(Math.abs(errorSeconds) < 0.001, `${errorSeconds} s`);
    assert.ok(Math.abs(ring.ratio - 1 - drift) < 100e-6, `${ring.ratio}`);
    assert.deepEqual([ring.jumps, ring.underruns], [0, 0]);
  }
});

test("20 ms are made up for by speed, 80 ms by a jump", () => {
  for (const [lateSeconds, jumps] of [
    [0.02, 0],
    [0.08, 1],
  ] as const) {
    const ring = new SoundRing(RATE, 1);
    const errorSeconds = play(ring, { until: 40, lateSeconds });
    assert.ok(Math.abs(errorSeconds) < 0.001, `${errorSeconds} s`);
    assert.equal(ring.jumps, jumps);
    assert.equal(ring.underruns, 0);
  }
});

test("where nothing is there it gives zeros, and counts it if sound comes back soon", () => {
  const ring = new SoundRing(RATE, 1);
  write(ring, 0, 3200, 0);
  for (let at = 0; at < 0.15; at += QUANTUM / RATE) read(ring, at);
  assert.deepEqual(
    [...read(ring, 0.15)],
    Array.from({ length: QUANTUM }, () => 0),
  );
  assert.equal(ring.underruns, 0, "it may be the end");
  write(ring, 3200, 16_000, 3200 / RATE);
  read(ring, 0.16);
  assert.equal(ring.underruns, 1);
  // And it goes on where it should be by now.
  assertPosition(ring, 0.16 * RATE);
});

test("a stream that was away for long and begins anew is no underrun", () => {
  const ring = new SoundRing(RATE, 1);
  write(ring, 1_000_000, 3200, 0);
  for (let at = 0; at < 5; at += QUANTUM / RATE) read(ring, at);
  write(ring, 0, 3200, 5);
  read(ring, 5.01);
  assertPosition(ring, 441);
  assert.deepEqual([ring.underruns, ring.jumps], [0, 0]);
});

test("a gap in the stream's own clock is zeros of its length", () => {
  const ring = new SoundRing(RATE, 1);
  const loud = Int16Array.from({ length: 2000 }, () => 16_384);
  ring.write(loud, 0, 0);
  ring.write(loud, 4000, 4000 / RATE);
  const output = new Float32Array(6144 - QUANTUM);
  for (let at = 0; at + QUANTUM < output.length; at += QUANTUM) ring.read([output.subarray(at, at + QUANTUM)], at / RATE);
  assert.deepEqual([output[1000], output[3000], output[5000]], [0.5, 0, 0.5]);
});

test("places beyond 32 bits are as good as others", () => {
  const ring = new SoundRing(RATE, 1);
  const first = 2 ** 40 + 7;
  ring.write(
    Int16Array.from({ length: 3200 }, (_, index) => index),
    first,
    1,
  );
  for (let block = 0; block < 4; block++) read(ring, 1 + (block * QUANTUM) / RATE);
  assert.equal(read(ring, 1 + (4 * QUANTUM) / RATE)[0], 512 / 32_768);
});

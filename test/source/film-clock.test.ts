import assert from "node:assert/strict";
import { test } from "node:test";
import { FilmClock } from "../../daemon/source/live/film-clock.ts";

const SECOND = 1e6;
const FRAME = 40_000;

/** When the packets are due that a server gives at these times, in order; those that come early are waited with. `workUs`: what each takes besides. */
function play(
  packets: readonly { readonly stampUs: number; readonly givenUs: number; readonly stream?: number }[],
  workUs = 0,
): readonly number[] {
  const clock = new FilmClock();
  let nowUs = 0;
  return packets.map(({ stampUs, givenUs, stream = 0 }) => {
    const arrivedUs = Math.max(nowUs, givenUs);
    const waitedUs = arrivedUs - nowUs;
    const dueUs = clock.place({ stream, stampUs, durationUs: FRAME, arrivedUs, waitedUs }) + stampUs;
    nowUs = Math.max(arrivedUs, dueUs) + workUs;
    return dueUs;
  });
}

const film = (count: number, fromUs = 0): readonly { readonly stampUs: number; readonly givenUs: number }[] =>
  Array.from({ length: count }, (_, index) => ({ stampUs: fromUs + index * FRAME, givenUs: 0 }));

/** The steps between due times that are no frame's length, as [index, µs]. */
function breaksIn(dueUs: readonly number[]): readonly (readonly [number, number])[] {
  return dueUs.flatMap((due, index) => {
    const step = due - (dueUs[index - 1] ?? due - FRAME);
    return step === FRAME ? [] : [[index, step] as const];
  });
}

test("what lies ready is due at its own speed, from the first arrival on", () => {
  assert.deepEqual(breaksIn(play(film(500, 7 * SECOND))), []);
});

test("what a server held up goes on where it was, though it comes no faster afterwards", () => {
  const held = film(500).map(({ stampUs }) => ({ stampUs, givenUs: stampUs + (stampUs < 4 * SECOND ? 0 : 3 * SECOND) }));
  assert.deepEqual(breaksIn(play(held)), [[100, FRAME + 3 * SECOND]]);
});

test("where it is this machine that is too slow, the film goes on at its speed", () => {
  assert.deepEqual(breaksIn(play(film(500), 60_000)), []);
});

test("a splice goes on without a gap, forwards and back, though one stream comes to it later than the other", () => {
  for (const jumpUs of [100 * SECOND, -3 * SECOND - 200 * FRAME]) {
    const picture = [...film(200, 300 * SECOND), ...film(200, 308 * SECOND + jumpUs)].map((packet) => ({ ...packet, stream: 0 }));
    const both = picture.flatMap((packet, index) => {
      const sound = picture[index - 20];
      return sound === undefined ? [packet] : [packet, { ...sound, stream: 1 }];
    });
    const dueUs = play(both);
    const of = (stream: number): readonly number[] => dueUs.filter((_, index) => both[index]?.stream === stream);
    assert.deepEqual(breaksIn(of(0)), [], `${jumpUs}`);
    assert.deepEqual(breaksIn(of(1)), [], `${jumpUs}`);
  }
});

test("sound that lies beside pictures a second before stays beside them", () => {
  const dueUs = play(film(100).flatMap((packet) => [packet, { stampUs: packet.stampUs - SECOND, givenUs: 0, stream: 1 }]));
  assert.ok(dueUs.every((due, index) => index % 2 === 0 || due === (dueUs[index - 1] ?? 0) - SECOND));
});

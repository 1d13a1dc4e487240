import assert from "node:assert/strict";
import { test } from "node:test";
import { RtpStream } from "../../receiver/reassemble/rtp-stream.ts";

const SAME = { ssrc: 1, rtpTs: 0, payloadType: 26, marker: false, csrcs: [], extension: null, payload: new Uint8Array() };

/** For each of these packets in turn: the numbers that were taken, `new N` for the beginning of a stream. */
function accepted(stream: RtpStream, ...sequences: readonly number[]): readonly string[] {
  return sequences.map((sequence) => given(stream, 1, sequence));
}

function given(stream: RtpStream, ssrc: number, sequence: number, rtpTs = 0): string {
  const answer = stream.accept({ ...SAME, ssrc, sequence, rtpTs }, 0);
  return answer.map(({ packet, isNewSource }) => `${isNewSource ? "new " : ""}${packet.sequence}`).join(" ");
}

/** Named, with the time 0. */
function named(): RtpStream {
  return new RtpStream(90_000, 1, 0);
}

test("duplicates are known after more than 2^31 packets", () => {
  const stream = named();
  let sequence = 0;
  const accept = () => stream.accept({ ...SAME, sequence: sequence & 0xffff }, 0);
  accept();
  // As far as one packet may lead: what was lost meanwhile does not matter here.
  const MOST_UNPROVEN = 1000;
  while (sequence <= 2 ** 31) {
    sequence += MOST_UNPROVEN;
    accept();
  }
  assert.deepEqual(accept(), []);
  assert.equal(stream.counters.duplicates, 1);
});

test("one packet far from the others restarts nothing, whatever its number, and no good packet is lost by it", () => {
  for (let stray = 0; stray < 0x10000; stray += 50) {
    const stream = named();
    accepted(stream, 65_533, 65_534, 65_535);
    accepted(stream, stray + 7);
    assert.deepEqual(accepted(stream, 0, 1, 2), ["0", "1", "2"], `after ${stray + 7}`);
  }
});

test("strays that come again and again, good packets between them, prove nothing", () => {
  const stream = named();
  assert.deepEqual(accepted(stream, 1, 30_000, 2, 30_001, 3, 30_002, 4), ["new 1", "", "2", "", "3", "", "4"]);
  const { received, expected, lost, foreign } = stream.counters;
  assert.deepEqual({ received, expected, lost, foreign }, { received: 4, expected: 4, lost: 0, foreign: 3 });
});

test("a sender that has begun anew is followed at its second packet", () => {
  const stream = named();
  assert.deepEqual(accepted(stream, 65_534, 65_535, 0), ["new 65534", "65535", "0"], "a wrap is none");
  assert.deepEqual(accepted(stream, 30_000, 30_001, 30_002), ["", "new 30000 30001", "30002"]);
  assert.deepEqual(accepted(stream, 10_000, 10_000, 10_001), ["", "", "new 10000 10001"], "the network doubles packets");
});

test("a long gap is a loss, and is believed at its second packet", () => {
  const stream = named();
  assert.deepEqual(accepted(stream, 1, 2501, 2502), ["new 1", "", "2501 2502"]);
  assert.equal(stream.counters.lost, 2499);
});

test("the packet before number zero may come after it", () => {
  assert.deepEqual(accepted(named(), 0, 65_535, 65_535, 1), ["new 0", "65535", "", "1"]);
});

test("answers begin nothing, however late they come, and count as repaired only while they are waited for", () => {
  const stream = new RtpStream(90_000, 1, 0, 200);
  const answer = (sequence: number, ssrc = 1): readonly number[] =>
    stream.acceptAnswer({ ...SAME, ssrc, sequence }, 0).map(({ packet, isNewSource }) => (isNewSource ? NaN : packet.sequence));
  assert.deepEqual(answer(1), [], "nothing has been heard");
  accepted(stream, 1, 2, 6);
  assert.deepEqual(answer(3), [], "not asked for");
  assert.deepEqual(stream.takeMissing(3), [3, 4, 5]);
  assert.deepEqual([answer(3), answer(3), answer(4, 2)], [[3], [], []]);
  accepted(stream, 4);
  assert.deepEqual(answer(4), []);
  const { received, lost, duplicates, repaired } = stream.counters;
  assert.deepEqual({ received, lost, duplicates, repaired }, { received: 5, lost: 1, duplicates: 2, repaired: 1 });
  accepted(stream, 1000, 2000, 3000);
  assert.deepEqual([answer(5), answer(4), answer(1), answer(2)], [[5], [], [], []]);
  assert.deepEqual(accepted(stream, 3001), ["3001"]);
});

test("the next packet of a picture without its end is asked for when it is overdue, once it is known how long pictures take", () => {
  const stream = new RtpStream(90_000, 1, 0, 200, true);
  const come = (sequence: number, picture: number, atMs: number, marker = false): void =>
    void stream.accept({ ...SAME, sequence, rtpTs: picture * 45_000, marker }, atMs);
  come(1, 0, 0, true);
  come(2, 1, 500);
  come(3, 1, 520, true);
  assert.equal(stream.nextMissingMs, Infinity);
  come(4, 2, 1000);
  assert.equal(stream.nextMissingMs, 1025);
  assert.deepEqual([stream.takeMissing(1025), stream.nextMissingMs, stream.takeMissing(1028)], [[], 1028, [5]]);
  const answer = { ...SAME, sequence: 5, rtpTs: 90_000, marker: false };
  assert.equal(stream.acceptAnswer(answer, 1030).length, 1);
  assert.deepEqual(stream.takeMissing(1030), [6], "at once");
  assert.equal(stream.acceptAnswer({ ...answer, sequence: 6, marker: true }, 1032).length, 1);
  assert.deepEqual([stream.nextMissingMs, stream.counters.lost], [Infinity, 0]);
  come(7, 3, 1500);
  stream.forgetMissing();
  assert.equal(stream.nextMissingMs, Infinity, "nobody is asked");
});

test("a source that nobody has named begins at its second packet, with its first; strays before and between them begin nothing", () => {
  const stream = new RtpStream(90_000, null, null);
  const packets = [
    [7, 500],
    [1, 10],
    [8, 40_000],
    [9, 1],
    [1, 11],
    [1, 12],
  ] as const;
  const taken = packets.map(([ssrc, sequence]) => given(stream, ssrc, sequence));
  assert.deepEqual(taken, ["", "", "", "", "new 10 11", "12"]);
  const { received, expected, foreign } = stream.counters;
  assert.deepEqual({ received, expected, foreign, ssrc: stream.ssrc }, { received: 3, expected: 3, foreign: 3, ssrc: 1 });
});

test("the first packets may come out of order, or with a hole: all that has come counts", () => {
  assert.deepEqual(accepted(new RtpStream(90_000, null, null), 12, 10, 11), ["", "", "new 10 11 12"]);
  assert.deepEqual(accepted(new RtpStream(90_000, null, null), 10, 12, 13), ["", "", "new 10 12 13"]);
  assert.deepEqual(accepted(new RtpStream(90_000, null, null), 65_535, 0), ["", "new 65535 0"]);
});

test("a named source is believed at its first packet by the time that was told, and needs a second one where that is far, or was not told", () => {
  assert.equal(given(named(), 1, 10, 800_000), "new 10");
  const stream = named();
  assert.equal(given(stream, 1, 50_000, 2_000_000_000), "");
  assert.equal(given(stream, 1, 10, 3000), "new 10");
  const untold = new RtpStream(90_000, 1, null);
  assert.deepEqual(accepted(untold, 50_000, 10, 11), ["", "", "new 10 11"]);
});

test("two packets of one number, or of two sources, prove nothing", () => {
  const stream = new RtpStream(90_000, null, null);
  assert.deepEqual([given(stream, 1, 10), given(stream, 1, 10), given(stream, 2, 11), given(stream, 3, 12)], ["", "", "", ""]);
  assert.equal(stream.counters.received, 0);
});

test("what waits for its proof is forgotten after two seconds, and in a flood", () => {
  const old = new RtpStream(90_000, null, null);
  old.accept({ ...SAME, sequence: 10 }, 0);
  assert.deepEqual(old.accept({ ...SAME, sequence: 11 }, 3000), []);
  const flooded = new RtpStream(90_000, null, null);
  for (let ssrc = 1; ssrc <= 100; ssrc++) flooded.accept({ ...SAME, ssrc, sequence: 10 }, 0);
  assert.deepEqual([given(flooded, 1, 11), given(flooded, 100, 11)], ["", "new 10 11"]);
});

test("a stream that goes on after any number of hours, as a stopped channel does, goes on in its time", () => {
  const HOUR_MS = 3_600_000;
  for (const hours of [1, 7, 14, 50, 1000]) {
    const stream = named();
    const passed = hours * 3600 * 90_000;
    stream.accept({ ...SAME, sequence: 1, rtpTs: 5000 }, 0);
    assert.equal(stream.extend(1, (5000 + passed) >>> 0, hours * HOUR_MS), 5000 + passed);
    const [next] = stream.accept({ ...SAME, sequence: 2, rtpTs: (5000 + passed) >>> 0 }, hours * HOUR_MS);
    assert.deepEqual([next?.rtpTs, next?.isNewSource], [5000 + passed, false]);
  }
});

/** Sound that is sent without a pause: packet `number` when its time has come, or that of `now`. */
function sound() {
  const stream = new RtpStream(48_000, 1, 0, 200);
  const packet = (number: number) => ({ ...SAME, sequence: number & 0xffff, rtpTs: (number * 320) >>> 0 });
  const atMs = (number: number): number => (number * 320) / 48;
  const hear = (number: number, now = number) => stream.accept(packet(number), atMs(now));
  for (let number = 0; number <= 2000; number++) hear(number);
  return { stream, hear, missingAt: (number: number) => stream.takeMissing(atMs(number)) };
}

test("a stream that is heard again after its numbers have gone round, to a little behind the last ones, begins anew: no packet of it is taken for a duplicate, or asked for", () => {
  const ROUND = 0x10000;
  for (const [rounds, behind] of [
    [1, 1000],
    [1, 500],
    [1, 1],
    [3, 20],
    [200, 300],
  ] as const) {
    const { stream, hear, missingAt } = sound();
    const first = rounds * ROUND + 2000 - behind;
    const taken = [];
    for (let number = first; number < first + 1500; number++) taken.push(...hear(number));
    assert.deepEqual([taken.length, taken[0]?.isNewSource, taken[1]?.isNewSource], [1500, true, false], `${behind} behind`);
    const { received, expected, lost, duplicates, foreign } = stream.counters;
    assert.deepEqual(
      { received, expected, lost, duplicates, foreign },
      { received: 3501, expected: 3501, lost: 0, duplicates: 0, foreign: 0 },
    );
    assert.deepEqual(missingAt(first + 1510), []);
  }
});

test("the last packets, when they come once more after a silence, are duplicates, and one stray of a later time begins nothing", () => {
  const { stream, hear } = sound();
  const LATER = 5000;
  assert.deepEqual(
    [1000, 1500, 1999, 2000].map((number) => hear(number, LATER).length),
    [0, 0, 0, 0],
  );
  assert.deepEqual([stream.counters.duplicates, stream.counters.received], [4, 2001]);
  const stray = { ...SAME, sequence: 1990, rtpTs: LATER * 320 };
  assert.deepEqual(stream.accept(stray, (LATER * 320) / 48), []);
  assert.deepEqual(
    hear(2001).map(({ isNewSource }) => isNewSource),
    [false],
  );
});

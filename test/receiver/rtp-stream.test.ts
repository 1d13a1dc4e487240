import assert from "node:assert/strict";
import { test } from "node:test";
import { RtpStream } from "../../receiver/reassemble/rtp-stream.ts";

const SAME = { ssrc: 1, rtpTs: 0, payloadType: 26, marker: false, csrcs: [], extension: null, payload: new Uint8Array() };

/** For each of these packets in turn: taken, the beginning of a stream, or nothing. */
function accepted(stream: RtpStream, ...sequences: readonly number[]): readonly ("taken" | "new" | null)[] {
  return sequences.map((sequence) => {
    const answer = stream.accept({ ...SAME, sequence }, 0);
    return answer === null ? null : answer.isNewSource ? "new" : "taken";
  });
}

test("duplicates are known after more than 2^31 packets", () => {
  const stream = new RtpStream(90_000, 1);
  let sequence = 0;
  const accept = () => stream.accept({ ...SAME, sequence: sequence & 0xffff }, 0);
  accept();
  // As far as one packet may lead: what was lost meanwhile does not matter here.
  const MOST_UNPROVEN = 1000;
  while (sequence <= 2 ** 31) {
    sequence += MOST_UNPROVEN;
    accept();
  }
  assert.equal(accept(), null);
  assert.equal(stream.counters.duplicates, 1);
});

test("one packet far from the others restarts nothing, whatever its number, and no good packet is lost by it", () => {
  for (let stray = 0; stray < 0x10000; stray += 50) {
    const stream = new RtpStream(90_000, 1);
    accepted(stream, 65_533, 65_534, 65_535);
    accepted(stream, stray + 7);
    assert.deepEqual(accepted(stream, 0, 1, 2), ["taken", "taken", "taken"], `after ${stray + 7}`);
  }
});

test("strays that come again and again, good packets between them, prove nothing", () => {
  const stream = new RtpStream(90_000, 1);
  assert.deepEqual(accepted(stream, 1, 30_000, 2, 30_001, 3, 30_002, 4), ["new", null, "taken", null, "taken", null, "taken"]);
  const { received, expected, lost, foreign } = stream.counters;
  assert.deepEqual({ received, expected, lost, foreign }, { received: 4, expected: 4, lost: 0, foreign: 3 });
});

test("a sender that has begun anew is followed at its second packet", () => {
  const stream = new RtpStream(90_000, 1);
  assert.deepEqual(accepted(stream, 65_534, 65_535, 0), ["new", "taken", "taken"], "a wrap is none");
  assert.deepEqual(accepted(stream, 30_000, 30_001, 30_002), [null, "new", "taken"]);
  assert.deepEqual(accepted(stream, 10_000, 10_000, 10_001), [null, null, "new"], "the network doubles packets");
});

test("a long gap is a loss, and is believed at its second packet", () => {
  const stream = new RtpStream(90_000, 1);
  assert.deepEqual(accepted(stream, 1, 2501, 2502), ["new", null, "taken"]);
  assert.equal(stream.counters.lost, 2500);
});

test("the packet before number zero may come after it", () => {
  assert.deepEqual(accepted(new RtpStream(90_000, 1), 0, 65_535, 65_535, 1), ["new", "taken", null, "taken"]);
});

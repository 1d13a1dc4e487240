import assert from "node:assert/strict";
import { test } from "node:test";
import { RtpStream } from "../../receiver/reassemble/rtp-stream.ts";

test("duplicates are known after more than 2^31 packets", () => {
  const stream = new RtpStream(90_000, 1);
  const same = { ssrc: 1, rtpTs: 0, payloadType: 26, marker: false, csrcs: [], extension: null, payload: new Uint8Array() };
  let sequence = 0;
  const accept = () => stream.accept({ ...same, sequence: sequence & 0xffff }, 0);
  accept();
  // As far as one packet may lead: what was lost meanwhile does not matter here.
  const MOST_AHEAD = 3000;
  while (sequence <= 2 ** 31) {
    sequence += MOST_AHEAD;
    accept();
  }
  assert.equal(accept(), null);
  assert.equal(stream.counters.duplicates, 1);
});

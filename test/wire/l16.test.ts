import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { L16_PACKET_FRAMES, l16FrameBytes, l16PayloadType, parseL16Payload, writeL16Packet } from "../../wire/l16.ts";
import { parseRtp } from "../../wire/rtp.ts";

describe("L16", () => {
  const payloadTypes = [
    { sampleRateHz: 44100, channels: 2, payloadType: 10 },
    { sampleRateHz: 44100, channels: 1, payloadType: 11 },
    { sampleRateHz: 48000, channels: 2, payloadType: 97 },
    { sampleRateHz: 48000, channels: 1, payloadType: 97 },
  ] as const;
  for (const { sampleRateHz, channels, payloadType } of payloadTypes) {
    test(`${sampleRateHz} Hz with ${channels} channel(s) has payload type ${payloadType}`, () => {
      assert.equal(l16PayloadType(sampleRateHz, channels), payloadType);
    });
  }

  test("a packet of our size is 1,280 bytes of stereo after the header, and comes back", () => {
    const pcm = Uint8Array.from({ length: L16_PACKET_FRAMES * l16FrameBytes(2) }, (_, index) => index);
    const header = { payloadType: 10, marker: false, sequence: 65535, rtpTs: 4294967295, ssrc: 7 };
    const packet = writeL16Packet(header, pcm);
    assert.equal(packet.length, 1292);
    const rtp = parseRtp(packet);
    assert.ok(rtp.ok);
    assert.deepEqual(rtp.value, { ...header, csrcs: [], extension: null, payload: pcm });
    assert.deepEqual(parseL16Payload(rtp.value.payload, 2), {
      ok: true,
      value: { frames: 320, pcm },
    });
  });

  test("a payload that is no whole number of sample frames is refused", () => {
    assert.deepEqual(parseL16Payload(new Uint8Array(6), 2), {
      ok: false,
      reason: "L16: not a whole number of sample frames",
    });
    assert.deepEqual(parseL16Payload(new Uint8Array(6), 1), {
      ok: true,
      value: { frames: 3, pcm: new Uint8Array(6) },
    });
    assert.deepEqual(parseL16Payload(new Uint8Array(0), 1), {
      ok: false,
      reason: "L16: no samples",
    });
  });
});

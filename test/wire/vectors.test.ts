import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { buildJpegFile, parseJpegPayload, quantizationTables, rtpQuality } from "../../wire/jpeg/index.ts";
import type { JpegPayload } from "../../wire/jpeg/index.ts";
import { parseL16Payload } from "../../wire/l16.ts";
import { parseCompound, unixMsFromNtp } from "../../wire/rtcp/index.ts";
import { parseRtp } from "../../wire/rtp.ts";
import type { RtpPacket } from "../../wire/rtp.ts";
import { parseSdp } from "../../wire/sdp.ts";
import { readSdpVector, readVectors } from "../vectors/read-vectors.ts";
import type { VectorName } from "../vectors/read-vectors.ts";
import { decodePicture } from "./cases/jpeg-file.ts";

describe("packets of other programs", () => {
  for (const name of ["ffmpeg-mjpeg", "gstreamer-jpeg"] as const) {
    test(`${name}: two frames, whose fragments join into JPEG files of 48×32 that decode`, () => {
      const frames = Map.groupBy(rtpOf(name), ({ rtpTs }) => rtpTs);
      assert.equal(frames.size, 2);
      for (const packets of frames.values()) {
        assert.deepEqual(
          packets.map(({ marker }) => marker),
          [false, true],
        );
        const payloads = packets.map(({ payload }) => payloadOf(payload));
        const [first, second] = payloads;
        assert.ok(first?.tables && second?.tables === null);
        assert.equal(second.fragmentOffset, first.scan.length);
        const file = buildJpegFile({ ...first, tables: first.tables, restartInterval: 0 }, [first.scan, second.scan]);
        const { width, height, rgb } = decodePicture(file);
        assert.deepEqual([width, height], [48, 32]);
        assert.ok(new Set(rgb).size > 20, "a test pattern has many colours");
      }
    });
  }

  test("GStreamer's encoder at quality 80 has the tables that the RFC computes for Q 80", () => {
    const [first] = rtpOf("gstreamer-jpeg");
    assert.ok(first !== undefined);
    const { tables } = payloadOf(first.payload);
    assert.deepEqual(tables, quantizationTables(80));
    assert.equal(rtpQuality(quantizationTables(80)), 80);
  });

  for (const { name, payloadType, channels } of [
    { name: "ffmpeg-l16", payloadType: 10, channels: 2 },
    { name: "gstreamer-l16", payloadType: 96, channels: 1 },
  ] as const) {
    test(`${name}: each packet's time goes on by the samples of the one before`, () => {
      const packets = rtpOf(name);
      assert.ok(packets.length >= 2);
      let expected: number | null = null;
      for (const packet of packets) {
        assert.equal(packet.payloadType, payloadType);
        if (expected !== null) assert.equal(packet.rtpTs, expected);
        const block = parseL16Payload(packet.payload, channels);
        assert.ok(block.ok);
        expected = (packet.rtpTs + block.value.frames) >>> 0;
      }
    });
  }

  for (const { name, kinds } of [
    { name: "ffmpeg-rtcp", kinds: ["sender-report", "sender-report", "sender-report goodbye"] },
    {
      name: "gstreamer-rtcp",
      kinds: ["sender-report source-description", "sender-report source-description goodbye"],
    },
  ] as const) {
    test(`${name}: sender reports whose two clocks go on together`, () => {
      const compounds = readVectors(name).map((datagram) => {
        const parsed = parseCompound(datagram);
        assert.ok(parsed.ok, parsed.ok ? "" : parsed.reason);
        return parsed.value;
      });
      assert.deepEqual(
        compounds.map((packets) => packets.map(({ kind }) => kind).join(" ")),
        kinds,
      );
      const reports = compounds.flatMap((packets) => packets.filter((packet) => packet.kind === "sender-report"));
      const [first, last] = [reports.at(0), reports.at(-1)];
      assert.ok(first && last);
      const elapsedMs = unixMsFromNtp(last.ntp) - unixMsFromNtp(first.ntp);
      const elapsedRtpMs = ((last.rtpTs - first.rtpTs) >>> 0) / 44.1;
      assert.ok(Math.abs(elapsedMs - elapsedRtpMs) < 100, `${elapsedMs} ms by NTP, ${elapsedRtpMs} ms by RTP`);
    });
  }

  test("GStreamer's description names its source", () => {
    const [first] = readVectors("gstreamer-rtcp").map((datagram) => parseCompound(datagram));
    assert.ok(first?.ok);
    const description = first.value.find((packet) => packet.kind === "source-description");
    assert.match(description?.chunks[0]?.cname ?? "", /^user\d+@host-/);
  });

  test("what ffmpeg prints for a group is understood", () => {
    const parsed = parseSdp(readSdpVector("ffmpeg-multicast"));
    assert.ok(parsed.ok, parsed.ok ? "" : parsed.reason);
    const { group, ttl, video, audio } = parsed.value;
    assert.deepEqual([group, ttl], ["239.255.77.1", 1]);
    assert.deepEqual(video, { port: 5004, size: null, fps: null });
    assert.deepEqual(audio, { port: 5006, payloadType: 10, sampleRateHz: 44100, channels: 2 });
  });
});

function rtpOf(name: VectorName): readonly RtpPacket[] {
  return readVectors(name).map((datagram) => {
    const parsed = parseRtp(datagram);
    assert.ok(parsed.ok, parsed.ok ? "" : parsed.reason);
    return parsed.value;
  });
}

function payloadOf(bytes: Uint8Array): JpegPayload {
  const parsed = parseJpegPayload(bytes);
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.reason);
  return parsed.value;
}

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import {
  MIN_JPEG_PACKET_BYTES,
  buildJpegFile,
  fragmentFrame,
  parseJpeg,
  parseJpegPayload,
  quantizationTables,
} from "../../wire/jpeg/index.ts";
import type { JpegPayload, JpegPicture } from "../../wire/jpeg/index.ts";
import { parseRtp } from "../../wire/rtp.ts";
import type { RtpPacket } from "../../wire/rtp.ts";
import { decodePicture, encodePicture } from "./cases/jpeg-file.ts";
import type { DecodedPicture } from "./cases/jpeg-file.ts";

const options = {
  maxPacketBytes: 1400,
  payloadType: 26,
  ssrc: 0xfeedface,
  rtpTs: 0xffffff00,
  firstSeq: 0xfffe,
};

describe("a picture in RTP/JPEG packets", () => {
  test("500×281 at quality 80 decodes to the same picture from its packets alone and the size in the session description", () => {
    const file = encodePicture(500, 281, 80);
    const payloads = unpack(fragmentFrame(parsed(file), options));
    const [first] = payloads;
    assert.ok(first !== undefined && payloads.length > 5);
    assert.deepEqual([first.q, first.type, first.width, first.height], [80, 1, 504, 288]);
    const rebuilt = rebuild(payloads, { width: 500, height: 281 });
    assert.deepEqual(decodePicture(rebuilt), decodePicture(file));
  });

  test("decoded at the rounded-up size, as strangers do, it is the same picture but for the last column and row", () => {
    const file = encodePicture(500, 281, 80);
    const rounded = decodePicture(rebuild(unpack(fragmentFrame(parsed(file), options)), { width: 504, height: 288 }));
    assert.deepEqual([rounded.width, rounded.height], [504, 288]);
    // The decoder's chroma interpolation looks one sample over the edge.
    assert.deepEqual(crop(rounded, 498, 280), crop(decodePicture(file), 498, 280));
  });

  test("tables that have no Q travel in the first fragment of the frame", () => {
    const picture = parsed(encodePicture(500, 281, 100));
    const payloads = unpack(fragmentFrame(picture, options));
    assert.deepEqual(payloads[0]?.tables, picture.tables);
    assert.ok(payloads.every(({ q }) => q === 255) && payloads.slice(1).every(({ tables }) => tables === null));
  });

  test("restart markers travel as type 65, with fragments that do not align to them", () => {
    const payloads = unpack(fragmentFrame({ ...parsed(encodePicture(500, 281, 80)), restartInterval: 32 }, options));
    for (const payload of payloads) {
      assert.deepEqual(payload.restart, {
        interval: 32,
        isFirst: true,
        isLast: true,
        count: 0x3fff,
      });
    }
  });

  test("of any size and form, the packets hold the whole scan once, in order, none too long, with the marker on the last", () => {
    const picture = fc.record({
      type: fc.constantFrom(0 as const, 1 as const),
      width: fc.integer({ min: 1, max: 2040 }),
      height: fc.integer({ min: 1, max: 2040 }),
      restartInterval: fc.constantFrom(0, 1, 65535),
      tables: fc.constantFrom(quantizationTables(80), new Uint8Array(128).fill(3)),
      scan: fc.uint8Array({ minLength: 1, maxLength: 6000 }),
    });
    const packetBytes = fc.integer({ min: MIN_JPEG_PACKET_BYTES, max: 2000 });
    fc.assert(
      fc.property(picture, packetBytes, fc.integer({ min: 0, max: 0xffff }), (one, maxPacketBytes, firstSeq) => {
        const packets = fragmentFrame(one, { ...options, maxPacketBytes, firstSeq });
        assert.ok(packets.every((packet) => packet.length <= maxPacketBytes));
        assert.ok(packets.slice(0, -1).every((packet) => packet.length === maxPacketBytes));
        const rtp = packets.map(parsedRtp);
        for (const [index, packet] of rtp.entries()) {
          assert.equal(packet.sequence, (firstSeq + index) & 0xffff);
          assert.equal(packet.marker, index === rtp.length - 1);
          assert.deepEqual([packet.payloadType, packet.ssrc, packet.rtpTs], [26, options.ssrc, options.rtpTs]);
        }
        let offset = 0;
        for (const { fragmentOffset, scan, type } of unpack(packets)) {
          assert.deepEqual([fragmentOffset, type], [offset, one.type]);
          assert.deepEqual(scan, one.scan.subarray(offset, offset + scan.length));
          offset += scan.length;
        }
        assert.equal(offset, one.scan.length);
      }),
      { numRuns: 300 },
    );
  });

  test("all packets are views of one buffer that is the frame's own", () => {
    const picture = parsed(encodePicture(500, 281, 80));
    const packets = fragmentFrame(picture, options);
    assert.equal(new Set(packets.map(({ buffer }) => buffer)).size, 1);
    assert.notEqual(packets[0]?.buffer, picture.scan.buffer);
  });

  test("a packet size below the headers' own counts as the smallest that can carry them", () => {
    const packets = fragmentFrame(parsed(encodePicture(48, 32, 100)), {
      ...options,
      maxPacketBytes: 0,
    });
    assert.ok(packets.every((packet) => packet.length <= MIN_JPEG_PACKET_BYTES));
  });
});

function parsed(file: Uint8Array): JpegPicture {
  const result = parseJpeg(file);
  assert.ok(result.ok, result.ok ? "" : result.reason);
  return result.value;
}

function parsedRtp(packet: Uint8Array): RtpPacket {
  const result = parseRtp(packet);
  assert.ok(result.ok, result.ok ? "" : result.reason);
  return result.value;
}

function unpack(packets: readonly Uint8Array[]): readonly JpegPayload[] {
  return packets.map((packet) => {
    const payload = parseJpegPayload(parsedRtp(packet).payload);
    assert.ok(payload.ok, payload.ok ? "" : payload.reason);
    return payload.value;
  });
}

function rebuild(payloads: readonly JpegPayload[], size: { readonly width: number; readonly height: number }): Uint8Array {
  const [first] = payloads;
  assert.ok(first !== undefined);
  const header = {
    ...size,
    type: first.type,
    tables: first.tables ?? quantizationTables(first.q),
    restartInterval: first.restart?.interval ?? 0,
  };
  return buildJpegFile(
    header,
    payloads.map(({ scan }) => scan),
  );
}

function crop(picture: DecodedPicture, width: number, height: number): readonly Buffer[] {
  return Array.from({ length: height }, (_, y) =>
    Buffer.from(picture.rgb.subarray(3 * y * picture.width, 3 * (y * picture.width + width))),
  );
}

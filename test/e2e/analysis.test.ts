/** What the end-to-end tests conclude from captures and recordings, held against ones whose truth is known. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { writeRtpHeader } from "../../wire/rtp.ts";
import { beepTimesS, flashTimesS } from "./flash-and-beep.ts";
import { temporaryFolder } from "./media.ts";
import { lacks } from "./needs.ts";
import { readPcap } from "./pcap.ts";
import type { Datagram } from "./pcap.ts";
import { EQUAL_DB, matchPictures, psnrDb, shareRecorded } from "./picture-match.ts";
import { analyseRtp } from "./rtp-analysis.ts";
import { matchSound } from "./sound-match.ts";
import { readY4m } from "./y4m.ts";

type Packet = { readonly timeMs: number; readonly sequence: number; readonly rtpTs: number; readonly ssrc?: number };

function datagram({ timeMs, sequence, rtpTs, ssrc = 1 }: Packet): Datagram {
  const payload = new Uint8Array(100);
  writeRtpHeader(payload, 0, { payloadType: 26, marker: false, sequence: sequence & 0xffff, rtpTs: rtpTs >>> 0, ssrc });
  const addresses = { source: "10.77.0.1", sourcePort: 40_000, destination: "239.255.7.7", destinationPort: 5004 };
  return { ...addresses, timeMs, ttl: 1, payloadBytes: payload.length, payload };
}

/** Pictures of four packets, 2 ms apart, every 40 ms; both numbers wrap on the way. */
function evenStream(pictures: number): Packet[] {
  return Array.from({ length: pictures * 4 }, (_, index) => {
    const [picture, part] = [Math.floor(index / 4), index % 4];
    return { timeMs: 1.7e12 + picture * 40 + part * 2, sequence: 65_500 + index, rtpTs: 2 ** 32 - 36_000 + picture * 3600 };
  });
}

const analyse = (packets: readonly Packet[]) => analyseRtp(packets.map(datagram))[0];

test("an even stream has no loss, no lateness and no drift, also where its numbers wrap", () => {
  const report = analyse(evenStream(100));
  assert.ok(report !== undefined);
  const { packets, lost, reordered, duplicates, frames, hasTimeGoneBack, burstPackets, spreadMs } = report;
  assert.deepEqual([packets, lost, reordered, duplicates, frames, hasTimeGoneBack, burstPackets], [400, 0, 0, 0, 100, false, 1]);
  assert.ok(report.latenessMs.max < 0.001 && Math.abs(report.driftPpm) < 0.1 && Math.abs(spreadMs.max - 6) < 0.001);
});

test("lost, doubled and late packets are counted each as what they are", () => {
  const packets = evenStream(100);
  const moved = packets.splice(20, 1);
  packets.splice(24, 0, ...moved.map((packet) => ({ ...packet, timeMs: (packets[23]?.timeMs ?? 0) + 0.1 })));
  packets.splice(100, 3);
  packets.splice(200, 0, ...packets.slice(199, 200));
  const report = analyse(packets);
  assert.deepEqual([report?.lost, report?.gaps, report?.reordered, report?.duplicates], [3, [{ firstMissing: 65_600, count: 3 }], 1, 1]);
});

test("a picture whose beginning came before the capture's is not late for that", () => {
  const report = analyse(evenStream(100).slice(3));
  assert.ok(report !== undefined);
  assert.ok(report.latenessMs.max < 0.001 && Math.abs(report.driftPpm) < 0.1);
  assert.equal(report.frames, 100);
});

test("a stream that runs slow drifts, and a picture that comes late is late", () => {
  const slow = analyse(evenStream(500).map((packet) => ({ ...packet, timeMs: 1.7e12 + (packet.timeMs - 1.7e12) * 1.001 })));
  assert.ok(Math.abs((slow?.driftPpm ?? 0) - 1000) < 5, `${slow?.driftPpm} ppm`);
  const late = analyse(
    evenStream(500).map((packet, index) => ({ ...packet, timeMs: packet.timeMs + (index >= 800 && index < 804 ? 7 : 0) })),
  );
  assert.ok(Math.abs((late?.latenessMs.max ?? 0) - 7) < 0.001 && (late?.latenessMs.p99 ?? 1) < 0.001);
});

test("streams are told apart by their source, and reports (RTCP) are no stream", () => {
  const report = new Uint8Array(28).fill(0);
  report.set([0x80, 200]);
  const two = evenStream(10).flatMap((packet) => [datagram(packet), datagram({ ...packet, ssrc: 2 })]);
  const reports = analyseRtp([...two, { ...datagram({ timeMs: 0, sequence: 0, rtpTs: 0 }), payload: report }]);
  assert.deepEqual(
    reports.map(({ ssrc, packets, lost }) => [ssrc, packets, lost]),
    [
      [1, 40, 0],
      [2, 40, 0],
    ],
  );
});

/** A classic pcap with one UDP datagram from 10.77.0.1:1000 to 239.255.7.7:5004. */
function pcapFile(
  payload: string,
  changes: { readonly magic?: number; readonly littleEndian?: boolean; readonly fragment?: number } = {},
): Uint8Array {
  const { magic = 0xa1b2c3d4, littleEndian = true, fragment = 0 } = changes;
  const bytes = new Uint8Array(24 + 16 + 14 + 20 + 8 + payload.length);
  const view = new DataView(bytes.buffer);
  const put = (at: number, value: number): void => view.setUint32(at, value, littleEndian);
  put(0, magic);
  put(20, 1);
  put(24, 1_700_000_000);
  put(28, 250_000);
  put(32, bytes.length - 40);
  put(36, bytes.length - 40);
  bytes.set([0x08, 0x00, 0x45], 52);
  view.setUint16(60, fragment);
  bytes.set([1, 17], 62);
  bytes.set([10, 77, 0, 1, 239, 255, 7, 7], 66);
  view.setUint16(74, 1000);
  view.setUint16(76, 5004);
  view.setUint16(78, 8 + payload.length);
  bytes.set(Buffer.from(payload), 82);
  return bytes;
}

test("a capture is read in both byte orders and both resolutions", () => {
  for (const littleEndian of [true, false]) {
    for (const [magic, fractionMs] of [
      [0xa1b2c3d4, 250],
      [0xa1b23c4d, 0.25],
    ] as const) {
      const [only, ...others] = readPcap(pcapFile("hello", { magic, littleEndian }));
      assert.deepEqual(others, []);
      assert.deepEqual(only && { ...only, payload: Buffer.from(only.payload).toString() }, {
        timeMs: 1.7e12 + fractionMs,
        source: "10.77.0.1",
        sourcePort: 1000,
        destination: "239.255.7.7",
        destinationPort: 5004,
        ttl: 1,
        payloadBytes: 5,
        payload: "hello",
      });
    }
  }
});

test("fragments and a record cut off are left out, and what is no capture is refused", () => {
  assert.deepEqual(readPcap(pcapFile("hello", { fragment: 0x2000 })), []);
  assert.deepEqual(readPcap(pcapFile("hello", { fragment: 185 })), []);
  assert.deepEqual(readPcap(pcapFile("hello").subarray(0, -1)), []);
  assert.throws(() => readPcap(new Uint8Array(100)), /not a classic pcap file/);
});

test("pictures are found again in a film that repeats, and the missing ones are noticed", () => {
  const picture = (number: number): Uint8Array =>
    Uint8Array.from({ length: 64 * 32 }, (_, at) => (at * 7 + number * 31 * ((at % 5) + 1)) & 0xff);
  const film = { width: 64, height: 32, pictures: Array.from({ length: 50 }, (_, number) => picture(number)) };
  const numbers = [45, 46, 47, 49, 50, 51, 55];
  const matches = matchPictures({ ...film, pictures: numbers.map((number) => picture(number % 50)) }, film);
  assert.deepEqual(
    matches.map(({ index }) => index),
    numbers,
  );
  assert.equal(shareRecorded(matches), 7 / 11);
  assert.equal(matches[0]?.psnrDb, EQUAL_DB);
  assert.ok(Math.abs(psnrDb(new Uint8Array(64).fill(10), new Uint8Array(64).fill(11)) - 48.13) < 0.01);
});

test("a film that begins with a still scene has lost no picture for that", () => {
  const picture = (number: number): Uint8Array => new Uint8Array(64 * 32).fill(0).map((_, at) => (number < 20 ? 0 : (at * number) & 0xff));
  const film = { width: 64, height: 32, pictures: Array.from({ length: 50 }, (_, number) => picture(number)) };
  const matches = matchPictures({ ...film, pictures: film.pictures.slice(8) }, film);
  assert.deepEqual([matches.length, matches[0]?.index, shareRecorded(matches)], [42, 8, 1]);
});

test("sound is found again in a film that repeats, whatever its loudness, and another sound is not", () => {
  const rate = 44_100;
  const tone = (hz: (timeS: number) => number) => (at: number) => 8000 * Math.sin(2 * Math.PI * hz(at / rate) * (at / rate));
  const interleave = (left: (at: number) => number, right: (at: number) => number, frames: number): Int16Array =>
    Int16Array.from({ length: frames * 2 }, (_, at) => (at % 2 === 0 ? left(at >> 1) : right(at >> 1)));
  const [left, right] = [tone((timeS) => 300 + 90 * timeS), tone((timeS) => 900 - 40 * timeS)];
  const film = interleave(left, right, 5 * rate);
  const offset = 4 * rate + 321;
  const cut = Int16Array.from({ length: 4 * rate }, (_, at) => Math.round((film[(offset * 2 + at) % film.length] ?? 0) / 2));
  const found = matchSound(cut, film, 2);
  assert.equal(found.offset, offset);
  assert.ok(found.correlation > 0.999);
  assert.ok(matchSound(interleave(left, left, 2 * rate), film, 2).correlation < 0.5, "the worst channel counts");
});

test("the luma of YUV4MPEG2 files is read and cropped, with and without colour", (t) => {
  const folder = temporaryFolder(t);
  const write = (name: string, format: string, chromaBytes: number): string => {
    const file = join(folder, name);
    const picture = (value: number): Buffer =>
      Buffer.concat([Buffer.from("FRAME\n"), Buffer.from([1, 2, value, 4, 5, 6]), Buffer.alloc(chromaBytes, 10)]);
    writeFileSync(
      file,
      Buffer.concat([Buffer.from(`YUV4MPEG2 W3 H2 F25:1 Ip${format}\n`), picture(3), picture(9), picture(7).subarray(0, 9)]),
    );
    return file;
  };
  for (const [format, chromaBytes] of [
    [" Cmono", 0],
    [" C420jpeg", 4],
    ["", 4],
  ] as const) {
    const { width, height, pictures } = readY4m(write(`film${chromaBytes}`, format, chromaBytes), { width: 2, height: 2 });
    assert.deepEqual(
      [width, height, pictures.map((picture) => [...picture])],
      [
        2,
        2,
        [
          [1, 2, 4, 5],
          [1, 2, 4, 5],
        ],
      ],
    );
  }
});

test("flashes and beeps are found where they were put", { skip: lacks("ffmpeg", "ffprobe") }, (t) => {
  const file = join(temporaryFolder(t), "flash.mkv");
  const picture = "color=black:size=160x90:rate=25:duration=4,drawbox=t=fill:color=white:enable='lt(mod(t+0.5,1),0.1)'";
  const sound = "aevalsrc=0.5*sin(2*PI*1000*t)*lt(mod(t+0.5\\,1)\\,0.1):sample_rate=44100:duration=4";
  const codecs = ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-c:a", "pcm_s16le"];
  execFileSync("ffmpeg", ["-v", "error", "-nostdin", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, ...codecs, file]);
  const [flashes, beeps] = [flashTimesS(file), beepTimesS(file)];
  for (const times of [flashes, beeps]) {
    assert.equal(times.length, 4);
    times.forEach((timeS, index) => assert.ok(Math.abs(timeS - index - 0.5) < 0.021, `${timeS} s`));
  }
});

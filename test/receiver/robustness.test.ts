import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import { MOST_LATENCY_MS } from "../../control/receive-request.ts";
import { openTcp } from "../../receiver/join/tcp.ts";
import { PictureAssembler } from "../../receiver/reassemble/picture-assembler.ts";
import { SoundBuffer } from "../../receiver/reassemble/sound-buffer.ts";
import { Receiver } from "../../receiver/receiver.ts";
import type { StreamOf } from "../../receiver/receiver.ts";
import { Sender } from "../../daemon/send/sender.ts";
import { fragmentFrame, quantizationTables } from "../../wire/jpeg/index.ts";
import { RTP_HEADER_BYTES } from "../../wire/rtp.ts";
import { CONFIG, FILM, FilmFeed, INIT, START_MS, run } from "../sim/sender-run.ts";

const STREAMS: readonly StreamOf[] = ["video", "videoControl", "audio", "audioControl", "answer"];

/** Two seconds of what a sender really sends. */
const real: { readonly to: StreamOf; readonly packet: Uint8Array; readonly atMs: number }[] = [];
const sender = new Sender(CONFIG, INIT);
sender.expect(1);
run({ sender, feed: new FilmFeed(sender, FILM), fromMs: START_MS, toMs: START_MS + 2000, onSent: (sent) => real.push(sent) });

function receiver(): Receiver {
  const one = new Receiver({
    latencyMs: 200,
    leadMs: 0,
    mostFps: null,
    video: { size: { width: 48, height: 28 }, payloadType: 26, ssrc: null, time: null },
    audio: { sampleRateHz: 44_100, channels: 1, payloadType: 11, ssrc: null, time: null },
  });
  one.setRepaired(true);
  return one;
}

/** Everything that is due; how many times it was asked. */
function drain(one: Receiver, nowMs: number): number {
  let polls = 0;
  while (one.poll(nowMs).kind !== "wait") assert.ok(++polls < 100_000, "it never waits");
  return polls;
}

test("pictures that wait while the size changes keep their own, and the next ones have the new one", () => {
  const assembler = new PictureAssembler({ width: 500, height: 281 }, 200);
  const push = (rtpTs: number, width: number, height: number): void => {
    const picture = { type: 1, width, height, tables: quantizationTables(80), restartInterval: 0, scan: new Uint8Array(10) } as const;
    for (const packet of fragmentFrame(picture, { maxPacketBytes: 1400, payloadType: 26, ssrc: 1, rtpTs, firstSeq: 1 }))
      assembler.push(rtpTs, packet.subarray(RTP_HEADER_BYTES), true);
  };
  push(1, 500, 281);
  assembler.setSize({ width: 320, height: 180 });
  push(2, 320, 180);
  const sizes = [assembler.takeOldest(), assembler.takeOldest()].map((picture) => `${picture?.width}x${picture?.height}`);
  assert.deepEqual(sizes, ["500x281", "320x180"]);
});

test("packets of any bytes, at any of the ports, are counted and never thrown", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...STREAMS), fc.uint8Array({ maxLength: 1500 }), fc.double({ min: 0, max: 5000, noNaN: true })), {
        maxLength: 60,
      }),
      (packets) => {
        const one = receiver();
        for (const [from, bytes, atMs] of packets.toSorted((a, b) => a[2] - b[2])) {
          one.push(from, bytes, atMs);
          drain(one, atMs);
        }
        const { packets: counted } = one.totals;
        assert.ok(counted.received >= 0 && counted.malformed + counted.foreign + counted.received <= packets.length + counted.duplicates);
        one.report(6000);
      },
    ),
    { numRuns: 300 },
  );
});

/** It put the sender's clock years back, and silence was made up for all of them. */
const DAMAGED_REPORT = [
  { index: 220, at: 28, value: 61, cut: 59, to: "audio" },
  { index: 15, at: 10, value: 249, cut: null, to: "audioControl" },
  { index: 215, at: 53, value: 43, cut: 76, to: null },
  { index: 165, at: 8, value: 106, cut: null, to: "audioControl" },
] as const;

test("real packets with bits flipped, cut, doubled and mixed up: no throw, and what is given out is in order", () => {
  const change = fc.record({
    index: fc.nat(real.length - 1),
    at: fc.nat(60),
    value: fc.nat(255),
    cut: fc.option(fc.nat(200), { nil: null }),
    to: fc.option(fc.constantFrom(...STREAMS), { nil: null }),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
      const sent = real.map(({ to, packet, atMs }) => ({ to, packet, atMs }));
      for (const { index, at, value, cut, to } of changes) {
        const old = sent[index];
        if (old === undefined) continue;
        const packet = Uint8Array.from(cut === null ? old.packet : old.packet.subarray(0, cut));
        if (at < packet.length) packet[at] = value;
        sent[index] = { ...old, packet, to: to ?? old.to };
      }
      const one = receiver();
      let [nextSample, lastPictureMs] = [-Infinity, -Infinity];
      for (const { to, packet, atMs } of sent) {
        one.push(to, packet, atMs);
        for (let output = one.poll(atMs); output.kind !== "wait"; output = one.poll(atMs)) {
          if (output.kind === "sound") {
            assert.ok(output.sound.firstSample >= nextSample || output.sound.firstSample < nextSample - 1e6);
            nextSample = output.sound.firstSample + output.sound.samples.length;
          } else if (output.kind === "picture") lastPictureMs = output.picture.showAtMs;
        }
      }
      assert.ok(lastPictureMs > 0 || changes.length > 0);
    }),
    { numRuns: 60, examples: [[[...DAMAGED_REPORT]]] },
  );
});

test("a packet of another sender before the first good one, and among them, costs neither the first picture nor any sound", () => {
  const one = receiver();
  const [stray] = real.filter(({ to }) => to === "video").map(({ packet }) => Uint8Array.from(packet));
  assert.ok(stray !== undefined);
  stray[11] = (stray[11] ?? 0) ^ 0xff;
  for (const [index, { to, packet, atMs }] of real.entries()) {
    if (index < 4) one.push("video", stray, atMs);
    one.push(to, packet, atMs);
    drain(one, atMs);
  }
  const { packets, pictures } = one.totals;
  const media = real.filter(({ to }) => to === "video" || to === "audio");
  assert.deepEqual([packets.received, packets.lost, packets.foreign, pictures.dropped], [media.length, 0, 4, 0]);
});

test("a channel that was stopped for ten hours goes on with its next packet, though its times have gone round meanwhile", () => {
  const HOURS = 10;
  const later = real.map(({ to, packet, atMs }) => {
    const bytes = Uint8Array.from(packet);
    const view = new DataView(bytes.buffer);
    const passed = HOURS * 3600 * (to.startsWith("video") ? 90_000 : 44_100);
    const isReport = to.endsWith("Control");
    const at = isReport ? 16 : 4;
    view.setUint32(at, (view.getUint32(at) + passed) >>> 0);
    if (isReport) view.setUint32(8, view.getUint32(8) + HOURS * 3600);
    else view.setUint16(2, (view.getUint16(2) + real.filter((sent) => sent.to === to).length) & 0xffff);
    return { to, packet: bytes, atMs: atMs + HOURS * 3_600_000 };
  });
  const one = receiver();
  const shownAfter = [real, later].map((all) => {
    for (const { to, packet, atMs } of all) {
      one.push(to, packet, atMs);
      drain(one, atMs);
    }
    return [one.totals.pictures.shown, one.totals.sound.played - one.totals.sound.concealed] as const;
  });
  const { packets, pictures } = one.totals;
  assert.deepEqual([packets.late, packets.malformed, pictures.dropped], [0, 0, 0]);
  const [before, after] = shownAfter;
  assert.ok(before !== undefined && after !== undefined);
  assert.ok(after[0] >= 2 * before[0] && after[1] > 2 * before[1], `${before} in the evening, ${after} in all`);
});

test("a flood of fragments and of sound fills no memory: pictures, bytes and samples have a limit", () => {
  const assembler = new PictureAssembler(null, 200);
  const fragment = Uint8Array.from([0, 0, 0, 0, 1, 80, 6, 4, ...new Uint8Array(1000)]);
  for (let picture = 0; picture < 10_000; picture++) assembler.push(picture * 3600, fragment, false);
  assert.equal(assembler.overflows, 10_000 - 288);
  const large = Uint8Array.from([0, 0xff, 0xff, 0xff, 1, 80, 6, 4, 1]);
  assert.equal(assembler.push(36_000_000, large, false).ok, false);
  const buffer = new SoundBuffer({ sampleRateHz: 44_100, channels: 1 }, 200);
  let taken = 0;
  for (let block = 0; block < 10_000; block++) taken += Number(buffer.push(block * 320, new Uint8Array(640)));
  assert.equal(taken, Math.floor((10.2 * 44_100) / 320));
});

test("large pictures are bounded by their bytes, whatever the latency: the oldest give way", () => {
  const assembler = new PictureAssembler(null, MOST_LATENCY_MS);
  const MOST_OF_PICTURE = 2 << 20;
  const SCAN_BYTES = 60_000;
  for (let picture = 0; picture < 200; picture++) {
    for (let at = 0; at < MOST_OF_PICTURE; at += SCAN_BYTES) {
      const fragment = new Uint8Array(8 + Math.min(SCAN_BYTES, MOST_OF_PICTURE - at));
      fragment.set([0, at >> 16, (at >> 8) & 0xff, at & 0xff, 1, 80, 6, 4]);
      assembler.push(picture * 3600, fragment, false);
    }
  }
  assert.ok(200 - assembler.overflows <= 128, `${200 - assembler.overflows} pictures of 2 MiB are held`);
});

test("a latency holds its pictures and its sound at the highest rates, until they are due", () => {
  const assembler = new PictureAssembler(null, MOST_LATENCY_MS);
  const fragment = Uint8Array.from([0, 0, 0, 0, 1, 80, 6, 4, ...new Uint8Array(1000)]);
  for (let picture = 0; picture < (240 * MOST_LATENCY_MS) / 1000; picture++) assembler.push(picture * 375, fragment, true);
  assert.equal(assembler.overflows, 0);
  const buffer = new SoundBuffer({ sampleRateHz: 96_000, channels: 1 }, MOST_LATENCY_MS);
  for (let block = 0; block < (96 * MOST_LATENCY_MS) / 320; block++) assert.ok(buffer.push(block * 320, new Uint8Array(640)));
});

test("an answer that comes in pieces is put together, and what comes right behind it is media", async (context) => {
  const send = async (socket: Socket): Promise<void> => {
    for (const piece of ['{"jsonrpc":"2.0",', '"id":1,"res', 'ult":{}}\n\0\x04me', "dia"]) {
      socket.write(piece);
      await delay(20);
    }
    socket.end();
  };
  const server = createServer((socket) => void send(socket));
  context.after(() => server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const media = Promise.withResolvers<string>();
  const transport = await openTcp(
    { kind: "tcp", host: "127.0.0.1", port },
    { sessionId: "1", ticket: "t" },
    () => false,
    (_from, packet) => media.resolve(Buffer.from(packet).toString()),
  );
  assert.equal(await media.promise, "medi");
  await transport.close();
});

test("who answers on the control port what is no answer is told apart in one line, and nothing hangs", async () => {
  const answers = [
    "garbage\n",
    "x".repeat(10_000),
    '{"id":1}\n',
    '{"jsonrpc":"2.0","id":1,"error":{"code":-32004,"message":"no such session"}}\n',
    "",
  ];
  for (const answer of answers) {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.end(answer);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await assert.rejects(
      openTcp(
        { kind: "tcp", host: "127.0.0.1", port },
        { sessionId: "1", ticket: "t" },
        () => false,
        () => undefined,
      ),
      /does not speak streamerd's control protocol|does not hand the media out over TCP: no such session|closed the media connection/,
      answer.slice(0, 20),
    );
    server.close();
  }
});

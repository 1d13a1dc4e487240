import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { blackPicture } from "../../daemon/packetize/black-picture.ts";
import { Sender } from "../../daemon/send/sender.ts";
import { MOST_LATENCY_MS } from "../../control/receive-request.ts";
import type { ReceiverConfig } from "../../receiver/receiver.ts";
import { parseRtp } from "../../wire/rtp.ts";
import { SimulatedHost, play, seeded } from "./network.ts";
import type { HostClock, Link } from "./network.ts";
import { CONFIG, FILM, FilmFeed, INIT, LEAD_MS, SAMPLE_RATE_HZ, START_MS } from "./sender-run.ts";

const MINUTE_MS = 60_000;
const VIDEO = { size: { width: 48, height: 28 }, payloadType: 26, ssrc: INIT.video.ssrc };
const AUDIO = { sampleRateHz: SAMPLE_RATE_HZ, channels: 1, payloadType: 11, ssrc: INIT.audio.ssrc } as const;
const BASE = { latencyMs: 200, leadMs: 0, mostFps: null };
/** RTP time zero of both streams: when the first media is due. */
const ZERO_MS = START_MS + LEAD_MS + INIT.utcOffsetMs;
/** As `session.join` tells it. */
const JOINED: ReceiverConfig = {
  ...BASE,
  video: { ...VIDEO, time: { senderMs: ZERO_MS, rtpTs: INIT.video.firstRtpTs } },
  audio: { ...AUDIO, time: { senderMs: ZERO_MS, rtpTs: INIT.audio.firstRtpTs } },
};
/** As a session description alone tells it. */
const DESCRIBED: ReceiverConfig = { ...BASE, video: { ...VIDEO, ssrc: null, time: null }, audio: { ...AUDIO, ssrc: null, time: null } };
const EXACT: HostClock = { offsetMs: -123_456, ppm: 0 };

function host(link: Link, clock = EXACT, options: { seed?: number; config?: ReceiverConfig; pings?: boolean } = {}): SimulatedHost {
  const { seed = 1, config = JOINED, pings = true } = options;
  return new SimulatedHost(config, link, clock, { seed, joinMs: START_MS, pings });
}

function show(hosts: readonly SimulatedHost[], minutes: number): void {
  const sender = new Sender(CONFIG, INIT);
  sender.expect(1);
  play(sender, new FilmFeed(sender, FILM), hosts, START_MS, START_MS + minutes * MINUTE_MS);
}

const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))] ?? 0;

test("a clean link: every picture is shown once, at the sender's time and the latency, and every sample is heard", () => {
  const one = host({});
  show([one], 2);
  const { pictures, sound, packets } = one.receiver.totals;
  assert.equal(pictures.shown, one.shown.length);
  assert.ok(one.shown.length >= 2 * 60 * FILM.fps - 6, `${one.shown.length} pictures`);
  assert.deepEqual([pictures.dropped, pictures.overtaken, sound.concealed, packets.lost, packets.late], [0, 0, 0, 0, 0]);
  for (const { picture, trueMs } of one.shown.slice(1))
    assert.ok(Math.abs(trueMs + INIT.utcOffsetMs - picture.senderMs - 200) < 0.2, `${trueMs + INIT.utcOffsetMs - picture.senderMs}`);
  let next = one.heard[0]?.sound.firstSample ?? 0;
  for (const { sound: piece } of one.heard) {
    assert.equal(piece.firstSample, next);
    next += piece.samples.length;
  }
});

test("two hosts, their clocks 80 ppm apart and 3 s off, 5 ms of jitter: the same picture and the same sample at the same true time, without a jump", () => {
  const link = { jitterMs: 5 };
  const hosts = [host(link, { offsetMs: 3000, ppm: 40 }, { seed: 7 }), host(link, { offsetMs: -100, ppm: -40 }, { seed: 8 })];
  show(hosts, 10);
  const [a, b] = hosts;
  assert.ok(a !== undefined && b !== undefined);
  const pictures = new Map(a.shown.slice(1).map(({ picture, trueMs }) => [Math.round(picture.senderMs), trueMs]));
  const apart = b.shown.slice(1).map(({ picture, trueMs }) => Math.abs((pictures.get(Math.round(picture.senderMs)) ?? NaN) - trueMs));
  assert.ok(percentile(apart, 0.99) <= 1, `pictures: p99 ${percentile(apart, 0.99)} ms apart`);
  const samples = new Map(a.heard.map(({ sound, trueMs }) => [sound.firstSample, trueMs]));
  const soundApart = b.heard.map(({ sound, trueMs }) => Math.abs((samples.get(sound.firstSample) ?? NaN) - trueMs));
  assert.ok(percentile(soundApart, 0.99) <= 1, `sound: p99 ${percentile(soundApart, 0.99)} ms apart`);
  for (const one of hosts) {
    const { jumps, sound, pictures: counted } = one.receiver.totals;
    assert.deepEqual([jumps, sound.concealed, counted.dropped], [0, 0, 0]);
    // What is heard is resampled by at most 0.1 % and the clocks' own difference.
    for (const [index, { sound: piece }] of one.heard.entries()) {
      const next = one.heard[index + 1]?.sound;
      if (next === undefined) break;
      const nominalMs = (piece.samples.length * 1000) / SAMPLE_RATE_HZ;
      assert.ok(Math.abs(next.playAtMs - piece.playAtMs - nominalMs) < nominalMs * 0.0015, `${next.playAtMs - piece.playAtMs}`);
    }
  }
  console.log(
    `apart: p99 ${percentile(apart, 0.99)} sound p50 ${percentile(soundApart, 0.5)} p99 ${percentile(soundApart, 0.99)} max ${Math.max(...soundApart)}`,
  );
});

for (const [name, link] of [
  ["1 % of the packets lost", { loss: 0.01 }],
  ["5 % of the packets lost", { loss: 0.05 }],
  ["bursts of 10 packets lost", { loss: 0.02, burst: 10 }],
  ["reordering within 20 ms and duplicates", { jitterMs: 20, duplicate: 0.05 }],
  ["all of it at once", { loss: 0.03, burst: 3, jitterMs: 20, duplicate: 0.05 }],
] as const) {
  test(`${name}: sound of exact length with zeros exactly where packets are missing, no torn picture, the right order, honest counters`, () => {
    const one = host(link, EXACT, { seed: 11 });
    show([one], 3);
    const lostBlocks = new Set<number>();
    const tornPictures = new Set<number>();
    for (const { what, packet } of one.dropped) {
      const parsed = parseRtp(packet);
      if (!parsed.ok || what.endsWith("Control")) continue;
      const extended = unwrapped(parsed.value.rtpTs);
      if (what === "audio") lostBlocks.add(extended);
      else tornPictures.add(extended);
    }
    let next = one.heard[0]?.sound.firstSample ?? 0;
    const first = next;
    let zeros = 0;
    for (const { sound } of one.heard) {
      assert.equal(sound.firstSample, next);
      next += sound.samples.length;
      if (sound.lostSamples > 0) {
        zeros += sound.lostSamples;
        assert.ok(lostBlocks.has(sound.firstSample), `${sound.firstSample} was not lost`);
        assert.ok(sound.samples.every((sample) => sample === 0));
      } else assert.ok(!lostBlocks.has(sound.firstSample));
    }
    const { sound, pictures, packets } = one.receiver.totals;
    assert.equal(sound.concealed, zeros);
    assert.equal(sound.played, next - first);
    const times = one.shown.map(({ picture }) => picture.senderMs);
    assert.ok(
      times.every((time, index) => index === 0 || time > (times[index - 1] ?? 0)),
      "pictures out of order",
    );
    for (const { picture } of one.shown) {
      assert.deepEqual(Buffer.from(picture.jpeg), Buffer.from(one.shown[0]?.picture.jpeg ?? []));
      assert.ok(!tornPictures.has(Math.round(((picture.senderMs - ZERO_MS) * 90_000) / 1000) + INIT.video.firstRtpTs));
    }
    assert.equal(packets.late, 0);
    const lost = one.dropped.filter(({ what, atMs }) => !what.endsWith("Control") && atMs < START_MS + 3 * MINUTE_MS - 400).length;
    assert.ok(Math.abs(packets.lost - lost) < 40, `${packets.lost} counted, ${lost} lost`);
    assert.ok(pictures.dropped <= tornPictures.size);
    assert.ok(pictures.shown + tornPictures.size >= 3 * 60 * FILM.fps - 8, `${pictures.shown} shown, ${tornPictures.size} torn`);
  });
}

for (const [name, link] of [
  ["one packet of twenty lost", { loss: 0.05, isRepaired: true }],
  ["bursts of 10 packets lost, 8 ms away", { loss: 0.05, burst: 10, delayMs: 4, jitterMs: 4, isRepaired: true }],
] as const) {
  test(`${name}, with somebody to ask for them: they come in time, but for very few`, () => {
    const [repaired, bare] = [host(link, EXACT, { seed: 11 }), host({ ...link, isRepaired: false }, EXACT, { seed: 11 })];
    show([repaired, bare], 3);
    const { pictures, sound, packets } = repaired.receiver.totals;
    // Each picture is one packet here: one that is lost is not even known of.
    const sent = 3 * 60 * FILM.fps;
    assert.ok(bare.shown.length < 0.97 * sent, `${bare.shown.length} of ${sent} pictures without`);
    assert.ok(pictures.shown > 0.998 * sent, `${pictures.shown} of ${sent} pictures`);
    assert.ok(sound.concealed < 0.0005 * sound.played, `${sound.concealed} of ${sound.played} replaced`);
    assert.ok(packets.repaired > 0.04 * packets.expected, `${packets.repaired} of ${packets.expected}`);
    assert.ok(packets.lost < 0.001 * packets.expected, `${packets.lost} of ${packets.expected} lost`);
    assert.ok(repaired.asked < 1.5 * repaired.dropped.length, `${repaired.asked} asked for, ${repaired.dropped.length} lost`);
    assert.equal(bare.asked, 0);
  });
}

/** Pictures of a dozen packets, so few of them a second. */
function showSlowly(one: SimulatedHost, fps: number, minutes: number): void {
  const sender = new Sender({ ...CONFIG, maxPacketBytes: 64 }, INIT);
  sender.expect(1);
  play(sender, new FilmFeed(sender, { ...FILM, fps, jpeg: blackPicture(480, 80) }), [one], START_MS, START_MS + minutes * MINUTE_MS);
}

for (const fps of [1, 2, 5, 24]) {
  test(`one packet of twenty lost at ${fps} pictures a second: the ends of pictures are asked for before the next ones begin`, () => {
    const one = host({ loss: 0.05, burst: 2, delayMs: 2, jitterMs: 2, isRepaired: true }, EXACT, { seed: 11 });
    showSlowly(one, fps, 5);
    const { shown, dropped } = one.receiver.totals.pictures;
    assert.ok(dropped < 0.01 * shown, `${dropped} dropped, ${shown} shown`);
    assert.ok(one.asked < 1.5 * one.dropped.length, `${one.asked} asked for, ${one.dropped.length} lost`);
  });

  test(`nothing lost at ${fps} pictures a second, 3 ms of jitter: nothing is asked for`, () => {
    const one = host({ jitterMs: 3, isRepaired: true }, EXACT, { seed: 11 });
    showSlowly(one, fps, 5);
    assert.equal(one.asked, 0);
  });
}

test("a line that is too narrow by a tenth: asking does harm there, and is soon given up, but for a try now and then", () => {
  const link = { bytesPerS: 85_000 };
  const [asking, bare] = [host({ ...link, isRepaired: true }), host(link)];
  show([asking, bare], 3);
  const lost = ({ receiver }: SimulatedHost): number => receiver.totals.packets.lost / receiver.totals.packets.expected;
  assert.ok(lost(bare) > 0.05, `${lost(bare)} lost without asking`);
  assert.ok(lost(asking) < 1.15 * lost(bare), `${lost(asking)} lost, ${lost(bare)} without asking`);
  assert.ok(asking.asked < bare.dropped.length, `${asking.asked} asked for, ${bare.dropped.length} lost without`);
});

test("what is only overtaken, by up to 20 ms, is hardly asked for, and is not taken for lost", () => {
  const one = host({ jitterMs: 20, isRepaired: true }, EXACT, { seed: 11 });
  show([one], 3);
  const { packets } = one.receiver.totals;
  assert.ok(one.asked < 0.002 * packets.expected, `${one.asked} of ${packets.expected} asked for`);
  assert.ok(packets.repaired < 0.001 * packets.expected, `${packets.repaired} of ${packets.expected} repaired`);
});

test("for a page, which is given everything ahead of its time, what is missing is waited for nearly as long as for any other end", () => {
  const link = { loss: 0.02, delayMs: 30, jitterMs: 15, isRepaired: true };
  const [file, page] = [0, 120].map((leadMs) => host(link, EXACT, { seed: 11, config: { ...JOINED, leadMs } }));
  assert.ok(file !== undefined && page !== undefined);
  show([file, page], 3);
  for (const one of [file, page]) {
    const { pictures, sound } = one.receiver.totals;
    assert.ok(sound.concealed < 0.004 * sound.played, `${sound.concealed} of ${sound.played} samples`);
    assert.ok(pictures.shown > 0.995 * 3 * 60 * FILM.fps, `${pictures.shown} pictures`);
  }
  // What is whole goes ahead as far as it did.
  const aheads = page.shown.slice(1).map(({ picture, shownAtMs }) => picture.showAtMs - shownAtMs);
  assert.ok(Math.abs(percentile(aheads, 0.5) - 120) < 1, `${percentile(aheads, 0.5)} ms ahead`);
  assert.ok(percentile(aheads, 0.01) > 40, `${percentile(aheads, 0.01)} ms ahead`);
});

test("who is told the time by joining loses nothing of what comes before the first ping is answered", () => {
  const firstMs = START_MS + LEAD_MS;
  const one = new SimulatedHost(JOINED, {}, EXACT, { seed: 1, joinMs: firstMs + 150 });
  show([one], 0.5);
  const { pictures, sound, packets, jumps } = one.receiver.totals;
  const [first, second] = one.shown;
  assert.ok(first !== undefined && second !== undefined);
  // The first picture of all, at once; the others, and the sound, by the sender's clock.
  assert.ok(Math.abs(one.true(first.shownAtMs) - firstMs) < 1, `${one.true(first.shownAtMs) - firstMs}`);
  assert.ok(Math.abs(second.trueMs - firstMs - 1000 / FILM.fps - 200) < 1, `${second.trueMs - firstMs}`);
  assert.ok(Math.abs((one.heard[0]?.trueMs ?? NaN) - firstMs - 200) < 1, `${one.heard[0]?.trueMs}`);
  assert.deepEqual([pictures.dropped, pictures.overtaken, sound.concealed, packets.malformed, packets.late, jumps], [0, 0, 0, 0, 0, 0]);
});

test("nobody answers pings and nothing is told of times: the sender reports do, and sound and picture stay together", () => {
  const one = host({ jitterMs: 1, delayMs: 3 }, { offsetMs: 77_000, ppm: 25 }, { config: DESCRIBED, pings: false });
  show([one], 3);
  const { pictures, sound, jumps } = one.receiver.totals;
  assert.deepEqual([pictures.dropped, sound.concealed, jumps], [0, 0, 0]);
  assert.ok(pictures.shown >= 3 * 60 * FILM.fps - 30);
  // Shown by the time at which the reports came: the latency, and the way of 3 ms and more.
  for (const { picture, trueMs } of one.shown.slice(60))
    assert.ok(Math.abs(trueMs + INIT.utcOffsetMs - picture.senderMs - 204) < 3, `${trueMs + INIT.utcOffsetMs - picture.senderMs}`);
  for (const { sound: piece, trueMs } of one.heard.slice(500))
    assert.ok(Math.abs(trueMs + INIT.utcOffsetMs - piece.senderMs - 204) < 3, `${trueMs + INIT.utcOffsetMs - piece.senderMs}`);
});

test("a daemon that is started again is another source: it is listened to once the old one is silent", () => {
  const one = host({}, EXACT, { config: DESCRIBED, pings: false });
  show([one], 0.5);
  const before = one.shown.length;
  const again = new Sender(CONFIG, {
    ...INIT,
    video: { ...INIT.video, ssrc: 77, firstRtpTs: 5 },
    audio: { ...INIT.audio, ssrc: 78, firstRtpTs: 9 },
  });
  again.expect(1);
  const laterMs = START_MS + MINUTE_MS;
  play(again, new FilmFeed(again, FILM), [one], laterMs, laterMs + 20_000);
  assert.ok(one.shown.length - before > 19 * FILM.fps, `${one.shown.length - before} pictures`);
  const { sound } = one.receiver.totals;
  // A second of silence before the sender counted as away.
  assert.ok(sound.concealed < 1.3 * SAMPLE_RATE_HZ, `${sound.concealed}`);
});

test("a second sender in the group, other payload types and garbage disturb nothing, and are counted", () => {
  const one = host({});
  const sender = new Sender(CONFIG, INIT);
  const stranger = new Sender(CONFIG, { ...INIT, video: { ...INIT.video, ssrc: 501 }, audio: { ...INIT.audio, ssrc: 502 } });
  sender.expect(1);
  stranger.expect(1);
  const feeds = [new FilmFeed(sender, FILM), new FilmFeed(stranger, FILM)] as const;
  const random = seeded(5);
  for (let atMs = START_MS; atMs < START_MS + MINUTE_MS; atMs += 20) {
    play(stranger, feeds[1], [one], atMs, atMs + 20);
    play(sender, feeds[0], [one], atMs, atMs + 20);
    const garbage = Uint8Array.from({ length: 40 }, () => random() * 256);
    for (const to of ["video", "audio", "videoControl", "audioControl"] as const) one.send(to, garbage, atMs + 10);
  }
  const { pictures, sound, packets } = one.receiver.totals;
  assert.deepEqual([pictures.dropped, sound.concealed, packets.lost, packets.late], [0, 0, 0, 0]);
  assert.ok(pictures.shown >= 60 * FILM.fps - 6);
  assert.ok(packets.foreign > 60 * FILM.fps && packets.malformed > 3000);
});

test("a host that shows 12 pictures a second shows every other one of 24, and counts those alone as shown", () => {
  const one = host({}, EXACT, { config: { ...JOINED, mostFps: 12 } });
  show([one], 0.2);
  assert.equal(one.receiver.totals.pictures.shown, one.shown.length);
  assert.ok(Math.abs(one.shown.length - 12 * 12) <= 4, `${one.shown.length}`);
});

test("a latency as long as may be asked for, at a high rate: every picture is shown and every sample heard", () => {
  const one = host({}, EXACT, { config: { ...JOINED, latencyMs: MOST_LATENCY_MS } });
  const film = { ...FILM, fps: 120 };
  const sender = new Sender(CONFIG, INIT);
  sender.expect(1);
  play(sender, new FilmFeed(sender, film), [one], START_MS, START_MS + 20_000);
  const { pictures, sound } = one.receiver.totals;
  assert.deepEqual([pictures.dropped, pictures.overtaken, sound.concealed], [0, 0, 0]);
  assert.ok(one.shown.length > 9.5 * film.fps, `${one.shown.length} pictures`);
  assert.ok(sound.played > 9.5 * SAMPLE_RATE_HZ, `${sound.played} samples`);
});

test("eight hours with losses and jitter: nothing grows, nothing drifts, and the sound's length is exact", () => {
  const one = host({ loss: 0.005, jitterMs: 4 }, { offsetMs: 5, ppm: 12 });
  one.keepsEverything = false;
  const sender = new Sender(CONFIG, INIT);
  sender.expect(1);
  const feed = new FilmFeed(sender, FILM);
  play(sender, feed, [one], START_MS, START_MS + MINUTE_MS);
  const heapBefore = heapUsed();
  const playedBefore = one.receiver.totals.sound.played;
  const minutes = 8 * 60;
  play(sender, feed, [one], START_MS + MINUTE_MS, START_MS + minutes * MINUTE_MS);
  const { sound, jumps } = one.receiver.totals;
  const playedMs = ((sound.played - playedBefore) * 1000) / SAMPLE_RATE_HZ;
  assert.ok(Math.abs(playedMs - (minutes - 1) * MINUTE_MS) < 20, `${playedMs - (minutes - 1) * MINUTE_MS} ms too much`);
  assert.equal(jumps, 0);
  assert.ok(heapUsed() - heapBefore < 5e6, `${(heapUsed() - heapBefore) / 1e6} MB`);
});

/** After a collection, so that what is left is what is held. */
function heapUsed(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().heapUsed;
}

/** The streams begin just below the wrap. */
function unwrapped(rtpTs: number): number {
  return rtpTs < 2 ** 31 ? rtpTs + 2 ** 32 : rtpTs;
}

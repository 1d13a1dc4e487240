import assert from "node:assert/strict";
import { test } from "node:test";
import { blackPicture } from "../../daemon/packetize/black-picture.ts";
import { Sender } from "../../daemon/send/sender.ts";
import type { SenderEvent } from "../../daemon/send/sender-types.ts";
import { parseRtp } from "../../wire/rtp.ts";
import { parseCompound, unixMsFromNtp } from "../../wire/rtcp/index.ts";
import { CONFIG, FILM, FilmFeed, INIT, LEAD_MS, SAMPLE_RATE_HZ, START_MS, run } from "./sender-run.ts";
import type { Sent } from "./sender-run.ts";

const MINUTE_MS = 60_000;

function rtp(sent: Sent) {
  const parsed = parseRtp(sent.packet);
  assert.ok(parsed.ok);
  return parsed.value;
}

function start(config = CONFIG) {
  const sender = new Sender(config, INIT);
  sender.expect(1);
  return { sender, feed: new FilmFeed(sender, FILM) };
}

/** Checks one RTP stream packet by packet: no sequence number missing, RTP time exactly as it should be. */
function streamChecker(firstSeq: number, firstRtpTs: number, ticksOf: (index: number) => number) {
  let sequence = firstSeq;
  let index = -1;
  let lastTs = -1;
  return {
    check(sent: Sent) {
      const { sequence: got, rtpTs } = rtp(sent);
      assert.equal(got, sequence);
      sequence = (sequence + 1) & 0xffff;
      if (rtpTs !== lastTs) index++;
      lastTs = rtpTs;
      assert.equal(rtpTs, (firstRtpTs + ticksOf(index)) % 2 ** 32, `unit ${index}`);
    },
    units: () => index + 1,
  };
}

test("twelve hours: every picture and every block of sound, no sequence number missing, RTP time exact, nothing late in the end", () => {
  const { sender, feed } = start();
  const hours = 12;
  const video = streamChecker(INIT.video.firstSeq, INIT.video.firstRtpTs, (index) => Math.round((index * 90_000) / FILM.fps));
  const audio = streamChecker(INIT.audio.firstSeq, INIT.audio.firstRtpTs, (index) => index * 320);
  let seed = 1;
  run({
    sender,
    feed,
    fromMs: START_MS,
    toMs: START_MS + hours * 60 * MINUTE_MS,
    lateMs: () => ((seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647) * 0.4,
    onSent: (sent) => {
      if (sent.to === "video") video.check(sent);
      else if (sent.to === "audio") audio.check(sent);
    },
  });
  const seconds = hours * 3600 - LEAD_MS / 1000;
  assert.ok(Math.abs(video.units() - seconds * FILM.fps) <= 1, `${video.units()} pictures`);
  assert.ok(Math.abs(audio.units() - (seconds * SAMPLE_RATE_HZ) / 320) <= 1, `${audio.units()} blocks`);
  const statistics = sender.statistics(START_MS + hours * 60 * MINUTE_MS);
  assert.equal(statistics.framesDropped, 0);
  assert.equal(statistics.silentBlocks, 0);
  assert.ok((statistics.latenessMs?.max ?? 9) < 0.5);
});

test("the sound that is sent is the film's, sample by sample", () => {
  const { sender, feed } = start();
  let expected = 1;
  run({
    sender,
    feed,
    fromMs: START_MS,
    toMs: START_MS + 10_000,
    onSent: (sent) => {
      if (sent.to !== "audio") return;
      const { payload } = rtp(sent);
      for (let at = 0; at < payload.length; at += 2, expected = (expected % 65_535) + 1) {
        assert.equal(((payload[at] ?? 0) << 8) | (payload[at + 1] ?? 0), expected);
      }
    },
  });
  assert.ok(expected > 1);
});

test("sender reports of both streams name the same instant, once a second, on the nominal clock", () => {
  const { sender, feed } = start();
  const instants: number[] = [];
  run({
    sender,
    feed,
    fromMs: START_MS,
    toMs: START_MS + 5000,
    onSent: ({ packet, to }) => {
      if (to !== "videoControl" && to !== "audioControl") return;
      const parsed = parseCompound(packet);
      assert.ok(parsed.ok);
      const [report, description] = parsed.value;
      assert.ok(report?.kind === "sender-report" && description?.kind === "source-description");
      assert.equal(description.chunks[0]?.cname, "main@test");
      const clockHz = to === "videoControl" ? 90_000 : SAMPLE_RATE_HZ;
      const init = to === "videoControl" ? INIT.video : INIT.audio;
      // The first report may come a little before the first picture.
      const sinceStartMs = (((report.rtpTs - init.firstRtpTs) | 0) * 1000) / clockHz;
      instants.push(unixMsFromNtp(report.ntp) - INIT.utcOffsetMs - sinceStartMs);
    },
  });
  assert.equal(instants.length, 10);
  instants.forEach((instant) => assert.ok(Math.abs(instant - (START_MS + LEAD_MS)) < 0.05, `${instant - START_MS}`));
});

test("a pause repeats the last picture once a second with silence, and afterwards the film goes on where it was", () => {
  const { sender, feed } = start();
  const pictures: number[] = [];
  const last: { sequence: number; rtpTs: number }[] = [];
  const onSent = (sent: Sent) => {
    if (sent.to !== "video" || !rtp(sent).marker) return;
    pictures.push(sent.atMs);
    last.push(rtp(sent));
  };
  run({ sender, feed, fromMs: START_MS, toMs: START_MS + 2000, onSent });
  sender.pause(START_MS + 2000);
  pictures.length = 0;
  const silentBefore = sender.statistics(START_MS + 2000).silentBlocks;
  run({ sender, feed, fromMs: START_MS + 2000, toMs: START_MS + 12_000, onSent });
  assert.ok(pictures.length >= 9 && pictures.length <= 11, `${pictures.length} repetitions`);
  assert.ok(sender.statistics(START_MS + 12_000).silentBlocks - silentBefore > 1300);
  const positionMs = sender.statistics(START_MS + 12_000).timelineMs;
  sender.resume(START_MS + 12_000);
  run({ sender, feed, fromMs: START_MS + 12_000, toMs: START_MS + 14_000, onSent });
  assert.ok(Math.abs((sender.statistics(START_MS + 14_000).timelineMs ?? 0) - (positionMs ?? 0) - 2000) < 1);
  assert.equal(sender.statistics(START_MS + 14_000).framesDropped, 0);
  last.forEach(({ sequence, rtpTs }, index) => {
    const before = last[index - 1];
    if (before === undefined) return;
    assert.ok((rtpTs - before.rtpTs) >>> 0 < 2 ** 31 && rtpTs !== before.rtpTs, "RTP time goes on");
    assert.ok(((sequence - before.sequence) & 0xffff) < 100);
  });
});

test("a source that stops bringing anything leaves the last picture once a second and silence, and says that it is behind", () => {
  const { sender, feed } = start();
  run({ sender, feed, fromMs: START_MS, toMs: START_MS + 1000 });
  const events: SenderEvent[] = [];
  let pictures = 0;
  run({
    sender,
    fromMs: START_MS + 1000,
    toMs: START_MS + 6000,
    onSent: (sent) => void (sent.to === "video" && pictures++),
    onEvent: (event) => events.push(event),
  });
  assert.ok(sender.statistics(START_MS + 6000).isStarved);
  assert.ok(events.some((event) => event.kind === "behind" && event.generation === 1));
  assert.ok(sender.statistics(START_MS + 6000).framesRepeated >= 3);
  assert.ok(pictures > 0);
});

test("a film without a picture shows black once a second", () => {
  const sender = new Sender(CONFIG, INIT);
  sender.expect(1);
  sender.pushSound(1, { timelineSample: 0, pcm: new Uint8Array(SAMPLE_RATE_HZ * 2 * 10) }, START_MS);
  let pictures = 0;
  run({
    sender,
    fromMs: START_MS,
    toMs: START_MS + 10_000,
    onSent: (sent) => void (sent.to === "video" && rtp(sent).marker && pictures++),
  });
  assert.ok(pictures >= 8 && pictures <= 10, `${pictures}`);
});

test("a seek begins at once: the old place's media is forgotten, RTP time and sequence numbers go on", () => {
  const { sender, feed } = start();
  const stamps: number[] = [];
  const onSent = (sent: Sent) => void (sent.to === "video" && stamps.push(rtp(sent).rtpTs));
  run({ sender, feed, fromMs: START_MS, toMs: START_MS + 1000, onSent });
  sender.expect(2);
  sender.pushFrame(1, { timelineMs: 1500, sourceIntervalMs: 40, jpeg: FILM.jpeg, quality: 80, width: 48, height: 28 }, START_MS + 1000);
  for (const timelineMs of [777_000, 777_240])
    sender.pushFrame(2, { timelineMs, sourceIntervalMs: 40, jpeg: FILM.jpeg, quality: 80, width: 48, height: 28 }, START_MS + 1100);
  const before = stamps.length;
  const events: SenderEvent[] = [];
  run({ sender, fromMs: START_MS + 1100, toMs: START_MS + 1300, onSent, onEvent: (event) => events.push(event) });
  assert.equal(stamps.length - before, 1);
  assert.deepEqual(events, [{ kind: "playing", generation: 2 }]);
  const advance = ((stamps.at(-1) ?? 0) - INIT.video.firstRtpTs) >>> 0;
  assert.ok(Math.abs(advance - 1100 * 90) < 90, `${advance}`);
});

test("a seek in a pause shows its picture at once, whatever the rate is and however lately a picture was sent; then the film goes on", () => {
  for (const fps of [null, 1, 5, 20]) {
    for (let pausedForMs = 20; pausedForMs < 1200; pausedForMs += 100) {
      const { sender, feed } = start({ ...CONFIG, fps });
      const shownMs: number[] = [];
      const onSent = ({ to, atMs, packet }: Sent) => {
        if (to === "video" && rtp({ to, atMs, packet }).marker) shownMs.push(atMs);
      };
      const pausedMs = START_MS + 2300;
      run({ sender, feed, fromMs: START_MS, toMs: pausedMs, onSent });
      sender.pause(pausedMs);
      const soughtMs = pausedMs + pausedForMs;
      run({ sender, fromMs: pausedMs, toMs: soughtMs, onSent });
      sender.expect(2);
      const after = new FilmFeed(sender, FILM);
      after.generation = 2;
      run({ sender, feed: after, fromMs: soughtMs, toMs: soughtMs + 50, onSent });
      assert.ok((shownMs.at(-1) ?? 0) >= soughtMs, `${fps} frames a second, paused for ${pausedForMs} ms`);
      sender.resume(soughtMs + 50);
      const before = shownMs.length;
      run({ sender, feed: after, fromMs: soughtMs + 50, toMs: soughtMs + 3050, onSent });
      const expected = 3 * (fps ?? FILM.fps);
      assert.ok(Math.abs(shownMs.length - before - expected) <= 1, `${shownMs.length - before} pictures at ${fps}`);
    }
  }
});

test("an end is told when the clock has reached it, and nothing is sent after it", () => {
  const sender = new Sender(CONFIG, INIT);
  sender.expect(1);
  sender.pushFrame(1, { timelineMs: 0, sourceIntervalMs: 40, jpeg: FILM.jpeg, quality: 80, width: 48, height: 28 }, START_MS);
  sender.end(1, 40);
  const events: { event: SenderEvent; atMs: number }[] = [];
  let lastSentMs = 0;
  run({
    sender,
    fromMs: START_MS,
    toMs: START_MS + 3000,
    onSent: ({ atMs }) => (lastSentMs = atMs),
    onEvent: (event, atMs) => events.push({ event, atMs }),
  });
  const ended = events.find(({ event }) => event.kind === "ended");
  assert.ok(Math.abs((ended?.atMs ?? 0) - (START_MS + LEAD_MS + 40)) < 2);
  assert.ok(lastSentMs <= START_MS + LEAD_MS + 40);
});

test("of something live in a pause nothing waits, and nothing counts as too late", () => {
  const sender = new Sender(CONFIG, INIT);
  sender.expect(1, { delayMs: null, queueFrames: 2 });
  const push = (fromMs: number, toMs: number): void => {
    for (let atMs = fromMs; atMs < toMs; atMs += 40) {
      sender.pushFrame(1, { timelineMs: atMs, sourceIntervalMs: 40, jpeg: FILM.jpeg, quality: 80, width: 48, height: 28 }, atMs);
      run({ sender, fromMs: atMs, toMs: atMs + 40 });
    }
  };
  push(START_MS, START_MS + 1000);
  sender.pause(START_MS + 1000);
  push(START_MS + 1000, START_MS + 3000);
  const { framesDropped, queuedFrames } = sender.statistics(START_MS + 3000);
  assert.deepEqual({ framesDropped, queuedFrames }, { framesDropped: 0, queuedFrames: 0 });
});

test("something live that brings a picture a second is not starved between two, and is when none comes any more", () => {
  const sender = new Sender(CONFIG, INIT);
  sender.expect(1, { delayMs: null, queueFrames: 2 });
  for (let atMs = START_MS; atMs < START_MS + 5000; atMs += 1000) {
    sender.pushFrame(1, { timelineMs: atMs, sourceIntervalMs: 1000, jpeg: FILM.jpeg, quality: 80, width: 48, height: 28 }, atMs);
    run({ sender, fromMs: atMs, toMs: atMs + 900 });
    assert.equal(sender.statistics(atMs + 900).isStarved, false);
  }
  run({ sender, fromMs: START_MS + 5000, toMs: START_MS + 7000 });
  assert.equal(sender.statistics(START_MS + 7000).isStarved, true);
});

test("a place that ends without any media has ended at once: at the start, in the middle of a film, and after a pause", () => {
  const lives = {
    start: () => {},
    film: (sender: Sender, feed: FilmFeed) => run({ sender, feed, fromMs: START_MS, toMs: START_MS + 1000 }),
    pause: (sender: Sender, feed: FilmFeed) => {
      run({ sender, feed, fromMs: START_MS, toMs: START_MS + 1000 });
      sender.pause(START_MS + 1000);
    },
  };
  for (const [name, live] of Object.entries(lives)) {
    const { sender, feed } = start();
    live(sender, feed);
    sender.expect(2);
    sender.end(2, 500);
    const seen: { readonly event: SenderEvent; readonly atMs: number }[] = [];
    const onEvent = (event: SenderEvent, atMs: number) => seen.push({ event, atMs });
    run({ sender, fromMs: START_MS + 1000, toMs: START_MS + 2000, onEvent });
    if (name === "pause") {
      assert.deepEqual(seen, [], "in a pause nothing ends");
      sender.resume(START_MS + 2000);
    }
    run({ sender, fromMs: START_MS + 2000, toMs: START_MS + 4000, onEvent });
    assert.deepEqual(seen, [{ event: { kind: "ended", generation: 2 }, atMs: START_MS + (name === "pause" ? 2000 : 1000) }], name);
  }
});

test("a source that begins with little and then makes one wait is not begun with: no block of sound is silent", () => {
  const sender = new Sender(CONFIG, INIT);
  sender.expect(1);
  const millisecond = SAMPLE_RATE_HZ / 1000;
  const push = (fromMs: number, toMs: number, nowMs: number): void => {
    const pcm = new Uint8Array(2 * (Math.round(toMs * millisecond) - Math.round(fromMs * millisecond)));
    sender.pushSound(1, { timelineSample: Math.round(fromMs * millisecond), pcm }, nowMs);
  };
  const lumps = [
    [0, 25, 0],
    [25, 150, 120],
    [150, 300, 250],
    [300, 700, 400],
  ] as const;
  let blocks = 0;
  const onSent = ({ to }: Sent) => void (to === "audio" && blocks++);
  for (const [index, [fromMs, toMs, atMs]] of lumps.entries()) {
    push(fromMs, toMs, START_MS + atMs);
    run({ sender, fromMs: START_MS + atMs, toMs: START_MS + (lumps[index + 1]?.[2] ?? 900), onSent });
  }
  assert.ok(blocks > 70, `${blocks} blocks`);
  assert.equal(sender.statistics(START_MS + 900).silentBlocks, 0);
});

for (const fps of [1, 2, 5]) {
  test(`${fps} pictures a second of a film of ${FILM.fps}: those that are left out hold up no sound`, () => {
    const { sender, feed } = start({ ...CONFIG, fps });
    run({ sender, feed, fromMs: START_MS, toMs: START_MS + 20_000 });
    const { silentBlocks, framesDropped } = sender.statistics(START_MS + 20_000);
    assert.deepEqual([silentBlocks, framesDropped], [0, 0]);
  });
}

test("a queue that is full is enough to begin with, however little time its pictures take", () => {
  const sender = new Sender({ ...CONFIG, queueFrames: 3 }, INIT);
  sender.expect(1);
  const sentMs: number[] = [];
  for (const timelineMs of [0, 16, 32])
    sender.pushFrame(1, { timelineMs, sourceIntervalMs: 16, jpeg: FILM.jpeg, quality: 80, width: 48, height: 28 }, START_MS);
  run({ sender, fromMs: START_MS, toMs: START_MS + 200, onSent: ({ to, atMs }) => void (to === "video" && sentMs.push(atMs - START_MS)) });
  assert.equal(sentMs.length, 3);
  assert.ok(Math.abs((sentMs[0] ?? 0) - LEAD_MS) < 1, `${sentMs[0]}`);
});

test("a goodbye is RTCP BYE on both streams, and the last that is sent", () => {
  const { sender, feed } = start();
  run({ sender, feed, fromMs: START_MS, toMs: START_MS + 500 });
  sender.sayGoodbye(START_MS + 500);
  const sent: Sent[] = [];
  run({ sender, fromMs: START_MS + 500, toMs: START_MS + 3000, onSent: (one) => sent.push(one) });
  assert.deepEqual(
    sent.map(({ to }) => to),
    ["videoControl", "audioControl"],
  );
  for (const { packet } of sent) {
    const parsed = parseCompound(packet);
    assert.ok(parsed.ok && parsed.value.some(({ kind }) => kind === "goodbye"));
  }
});

test("a picture that is no RTP/JPEG is told and not sent, and the next one is", () => {
  const sender = new Sender(CONFIG, INIT);
  sender.expect(1);
  sender.pushFrame(
    1,
    { timelineMs: 0, sourceIntervalMs: 40, jpeg: new Uint8Array([1, 2, 3]), quality: 80, width: 48, height: 28 },
    START_MS,
  );
  sender.pushFrame(1, { timelineMs: 40, sourceIntervalMs: 40, jpeg: FILM.jpeg, quality: 80, width: 48, height: 28 }, START_MS);
  sender.end(1, 80);
  const events: SenderEvent[] = [];
  run({ sender, fromMs: START_MS, toMs: START_MS + 200, onEvent: (event) => events.push(event) });
  assert.equal(events[0]?.kind, "bad-picture");
  assert.equal(sender.statistics(START_MS + 200).framesSent, 1);
  assert.equal(sender.statistics(START_MS + 200).badPictures, 1);
});

test("a stop in the middle of a picture: the rest of it leaves, nothing else does, and there is no gap in the sequence numbers of what is sent afterwards", () => {
  const sender = new Sender(CONFIG, INIT);
  const jpeg = blackPicture(2000, 80);
  const frame = (timelineMs: number) => ({ timelineMs, sourceIntervalMs: 40, jpeg, quality: 80, width: 2000, height: 1125 });
  const sequences: number[] = [];
  const markers: boolean[] = [];
  const onSent = (sent: Sent) => {
    if (sent.to !== "video") return;
    sequences.push(rtp(sent).sequence);
    markers.push(rtp(sent).marker);
  };
  sender.expect(1);
  const stopMs = START_MS + LEAD_MS + 1;
  for (const timelineMs of [0, 240]) sender.pushFrame(1, frame(timelineMs), START_MS);
  run({ sender, fromMs: START_MS, toMs: stopMs, onSent });
  const before = sequences.length;
  sender.stop(stopMs);
  const rest: Sent[] = [];
  run({ sender, fromMs: stopMs, toMs: START_MS + 200, onSent: (sent) => void rest.push(sent) });
  rest.forEach(onSent);
  assert.ok(rest.length > 0 && rest.every(({ to }) => to === "video"));
  assert.equal(markers.indexOf(true), markers.length - 1);
  sender.expect(2);
  for (const timelineMs of [0, 240]) sender.pushFrame(2, frame(timelineMs), START_MS + 200);
  run({ sender, fromMs: START_MS + 200, toMs: START_MS + 400, onSent });
  assert.ok(before > 0 && before < sequences.length / 2, `${before} of ${sequences.length}`);
  sequences.slice(1).forEach((sequence, index) => assert.equal(sequence, ((sequences[index] ?? 0) + 1) & 0xffff));
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { Sender } from "../../daemon/send/sender.ts";
import { parsePictureDatagram, parseSoundDatagram } from "../../wire/datagram/index.ts";
import type { DatagramStamp } from "../../wire/datagram/index.ts";
import { CONFIG, FILM, FilmFeed, INIT, START_MS, run } from "./sender-run.ts";
import type { Sent } from "./sender-run.ts";

const HOUR_MS = 3_600_000;

function start(encoding: "raw" | "base64" = "raw") {
  const sender = new Sender({ ...CONFIG, profile: { kind: "datagram", encoding } }, INIT);
  sender.expect(1);
  return { sender, feed: new FilmFeed(sender, FILM) };
}

function stampOf({ packet, to }: Sent): DatagramStamp {
  const parsed = to === "video" ? parsePictureDatagram(packet) : parseSoundDatagram(packet);
  assert.ok(parsed.ok && parsed.value.stamp !== null, `${to}: ${parsed.ok ? "no stamp" : parsed.reason}`);
  return parsed.value.stamp;
}

test("an hour of files: each opens by itself, none is missing in the count, media time and sender clock are those of its due time", () => {
  const { sender, feed } = start();
  const last = new Map<string, DatagramStamp>();
  const counts = new Map<string, number>();
  run({
    sender,
    feed,
    fromMs: START_MS,
    toMs: START_MS + HOUR_MS,
    onSent: (sent) => {
      const stamp = stampOf(sent);
      const before = last.get(sent.to);
      if (before !== undefined) {
        assert.equal(stamp.sequence, (before.sequence + 1) >>> 0);
        assert.ok(stamp.mediaUs > before.mediaUs);
      }
      assert.ok(Math.abs(stamp.senderUs / 1000 - INIT.utcOffsetMs - sent.atMs) < 1.5, "due when it is sent");
      last.set(sent.to, stamp);
      counts.set(sent.to, (counts.get(sent.to) ?? 0) + 1);
    },
  });
  assert.deepEqual([...counts.keys()].toSorted(), ["audio", "video"], "no RTCP");
  assert.ok(Math.abs((counts.get("video") ?? 0) - 24 * 3600) <= 2);
  assert.ok(Math.abs((counts.get("audio") ?? 0) - 50 * 3600) <= 5);
  const [picture, sound] = [last.get("video"), last.get("audio")];
  assert.ok(
    Math.abs((picture?.mediaUs ?? 0) - (picture?.senderUs ?? 0) - ((sound?.mediaUs ?? 0) - (sound?.senderUs ?? 0))) < 2,
    "one clock for both",
  );
});

test("a pause repeats the last picture once a second with numbers of its own, and silence", () => {
  const { sender, feed } = start("base64");
  run({ sender, feed, fromMs: START_MS, toMs: START_MS + 5000 });
  sender.pause(START_MS + 5000);
  const sent: Sent[] = [];
  run({ sender, feed, fromMs: START_MS + 5000, toMs: START_MS + 15_000, onSent: (one) => sent.push(one) });
  const pictures = sent.filter(({ to }) => to === "video").map(stampOf);
  assert.ok(pictures.length >= 9 && pictures.length <= 11, `${pictures.length}`);
  assert.ok(pictures.slice(1).every(({ sequence }, index) => sequence === ((pictures[index]?.sequence ?? 0) + 1) >>> 0));
  const silent = sent.filter(({ to }) => to === "audio").slice(2);
  assert.ok(silent.every(({ packet }) => packet.subarray(76).every((byte) => byte === 0)));
});

test("the sound of the files is the film's, little-endian, sample by sample", () => {
  const { sender, feed } = start();
  const samples: number[] = [];
  run({
    sender,
    feed,
    fromMs: START_MS,
    toMs: START_MS + 2000,
    onSent: ({ packet, to }) => {
      const parsed = to === "audio" ? parseSoundDatagram(packet) : null;
      if (parsed?.ok !== true) return;
      const view = new DataView(parsed.value.pcm.buffer, parsed.value.pcm.byteOffset, parsed.value.pcm.byteLength);
      for (let at = 0; at < view.byteLength; at += 2) samples.push(view.getUint16(at, true));
    },
  });
  // The made-up film holds each sample's own number.
  assert.ok(samples.length > 40_000);
  assert.ok(samples.every((sample, index) => sample === (index % 65_535) + 1));
});

test("a stop and a seek leave no gap in the numbers, and media time goes on with the sender clock", () => {
  const { sender, feed } = start();
  const stamps: DatagramStamp[] = [];
  const onSent = (sent: Sent) => void (sent.to === "video" && stamps.push(stampOf(sent)));
  const frame = (timelineMs: number) => ({ timelineMs, sourceIntervalMs: 40, jpeg: FILM.jpeg, quality: 80, width: 48, height: 28 });
  run({ sender, feed, fromMs: START_MS, toMs: START_MS + 1000, onSent });
  const before = stamps.length;
  sender.stop(START_MS + 1000);
  run({ sender, fromMs: START_MS + 1000, toMs: START_MS + 10_000, onSent });
  assert.equal(stamps.length, before, "nothing is sent while it is stopped");
  sender.expect(2);
  for (const timelineMs of [0, 240]) sender.pushFrame(2, frame(timelineMs), START_MS + 10_000);
  run({ sender, fromMs: START_MS + 10_000, toMs: START_MS + 10_200, onSent });
  sender.expect(3);
  for (const timelineMs of [777_000, 777_240]) sender.pushFrame(3, frame(timelineMs), START_MS + 10_200);
  run({ sender, fromMs: START_MS + 10_200, toMs: START_MS + 10_400, onSent });
  assert.equal(stamps.length - before, 2);
  const first = stamps[0];
  stamps.forEach(({ sequence, mediaUs, senderUs }, index) => {
    assert.equal(sequence, ((first?.sequence ?? 0) + index) >>> 0);
    assert.equal(mediaUs - (first?.mediaUs ?? 0), senderUs - (first?.senderUs ?? 0));
  });
  assert.ok(Math.abs((stamps.at(-1)?.mediaUs ?? 0) - 10_200_000) < 1000);
});

test("a goodbye sends nothing: files have no such thing", () => {
  const { sender, feed } = start();
  run({ sender, feed, fromMs: START_MS, toMs: START_MS + 1000 });
  const sent: Sent[] = [];
  sender.sayGoodbye(START_MS + 1000);
  run({ sender, fromMs: START_MS + 1000, toMs: START_MS + 3000, onSent: (one) => sent.push(one) });
  assert.deepEqual(sent, []);
});

test("what is no whole JPEG is told and not sent, and takes no number", () => {
  const sender = new Sender({ ...CONFIG, profile: { kind: "datagram", encoding: "raw" }, audio: null }, INIT);
  const reasons: string[] = [];
  const sequences: number[] = [];
  sender.expect(1);
  for (const [index, jpeg] of [FILM.jpeg, FILM.jpeg.subarray(0, -1), FILM.jpeg].entries())
    sender.pushFrame(1, { timelineMs: index * 40, sourceIntervalMs: 40, jpeg, quality: 80, width: 48, height: 28 }, START_MS);
  run({
    sender,
    fromMs: START_MS,
    toMs: START_MS + 500,
    onSent: (one) => sequences.push(stampOf(one).sequence),
    onEvent: (event) => void (event.kind === "bad-picture" && reasons.push(event.reason)),
  });
  assert.deepEqual(reasons, ["JPEG: no end of image"]);
  assert.deepEqual(sequences, [65_000, 65_001]);
});

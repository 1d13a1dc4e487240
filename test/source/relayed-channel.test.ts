/** A channel of another daemon as a live input, with the receiver played by the test. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type LiveSink, nowUs } from "../../daemon/source/live/capture.ts";
import { passJpeg } from "../../daemon/source/live/jpeg-passage.ts";
import { type ChannelEnds, openRelayedChannel, type ReceiveChannel } from "../../daemon/source/live/relayed-channel.ts";
import type { SourceFormat } from "../../daemon/source/messages.ts";
import { ItemError } from "../../daemon/source/item-reader.ts";
import { ffmpeg, temporaryFolder } from "./media.ts";
import { STEREO } from "./run-source.ts";

const PLACE = { kind: "channel", host: "10.0.0.7", port: null, channel: "door", pass: null } as const;
const FORM = { video: { size: { width: 500, height: 281 }, fps: 24 }, audio: { sampleRateHz: 44_100, channels: 2 } } as const;
const folder = temporaryFolder();

function makePicture(size: string): Uint8Array {
  const file = join(folder, `${size}.jpg`);
  ffmpeg(`-f lavfi -i testsrc2=size=${size}:rate=1 -frames:v 1 -pix_fmt yuvj420p -huffman default -q:v 5`, file);
  return readFileSync(file);
}

/** Opens it; what the receiver would do is done by `ends`, and `end` ends the receiver. */
async function open(format: SourceFormat, begin: (ends: ChannelEnds) => void = (ends) => ends.form(FORM), ssrc: number | null = null) {
  const ended = Promise.withResolvers<string | null>();
  let ends: ChannelEnds | null = null;
  let left: AbortSignal | null = null;
  const receive: ReceiveChannel = async (_, to, signal) => {
    ends = to;
    left = signal;
    begin(to);
    return ended.promise;
  };
  const capture = await openRelayedChannel(PLACE, format, receive, ssrc);
  assert.ok(ends !== null);
  return { capture, ends: ends as ChannelEnds, end: ended.resolve, hasLeft: (): boolean => left?.aborted === true };
}

type Taken = { readonly kind: "passed" | "decoded" | "sound"; readonly at: number; readonly width?: number };

function collect(format: SourceFormat): { readonly sink: LiveSink; readonly taken: Taken[] } {
  const taken: Taken[] = [];
  const sink: LiveSink = {
    picture: (at, { display, render }) => {
      render({ width: 100, height: 56 });
      taken.push({ kind: "decoded", at, width: display.width });
    },
    seen: () => {},
    waiting: () => {},
    passJpeg: (at, jpeg) => {
      const passed = passJpeg(jpeg, format);
      if (passed !== null) taken.push({ kind: "passed", at, width: passed.width });
      return passed !== null;
    },
    sound: (at) => void taken.push({ kind: "sound", at }),
  };
  return { sink, taken };
}

test("pictures that fit are passed on, larger ones are decoded, each at the time at which it was sent", async () => {
  const { capture, ends } = await open(STEREO);
  const { sink, taken } = collect(STEREO);
  const over = new AbortController();
  const running = capture.run(sink, over.signal);
  ends.picture(1000, makePicture("480x272"));
  ends.picture(1040, makePicture("640x360"));
  ends.picture(1080, Uint8Array.of(1, 2, 3));
  over.abort();
  await running;
  capture.close();
  assert.deepEqual(taken, [
    { kind: "passed", at: 1_000_000, width: 480 },
    { kind: "decoded", at: 1_040_000, width: 640 },
  ]);
});

test("sound keeps its place, and a channel without sound has no use for it", async () => {
  const sentMs = nowUs() / 1000;
  for (const format of [STEREO, { ...STEREO, audio: null }]) {
    const { capture, ends } = await open(format);
    const { sink, taken } = collect(format);
    void capture.run(sink, new AbortController().signal);
    ends.sound(sentMs, new Int16Array(2 * 4410));
    capture.close();
    const expected = format.audio === null ? [] : [Math.round((sentMs * 44_100) / 1000)];
    assert.deepEqual(
      taken.map(({ at }) => at),
      expected,
    );
  }
});

test("what is known of it is what the other daemon says", async () => {
  const { capture } = await open(STEREO);
  capture.close();
  assert.deepEqual(capture.facts, {
    video: { codec: "mjpeg", width: 500, height: 281, fps: 24, frameCount: null },
    audio: { codec: "pcm_s16be", sampleRateHz: 44_100, channels: 2 },
  });
});

test("why it cannot be joined is told under its name, and the receiver is left", async () => {
  let signal: AbortSignal | null = null;
  const opening = openRelayedChannel(PLACE, STEREO, async (_, __, left) => {
    signal = left;
    return "no channel named door";
  });
  await assert.rejects(opening, { name: "ItemError", message: "streamerd://10.0.0.7/door: no channel named door" });
  assert.equal((signal as AbortSignal | null)?.aborted, true);
});

test("it is lost when the receiver ends, and when the sound has another form", async () => {
  const ended = await open(STEREO);
  const running = ended.capture.run(collect(STEREO).sink, new AbortController().signal);
  ended.end("the daemon closed the connection");
  await assert.rejects(running, /^ItemError: streamerd:\/\/10\.0\.0\.7\/door: the daemon closed the connection$/);
  ended.capture.close();
  assert.ok(ended.hasLeft());
  const changed = await open(STEREO);
  changed.ends.form({ ...FORM, audio: { sampleRateHz: 48_000, channels: 2 } });
  await assert.rejects(changed.capture.run(collect(STEREO).sink, new AbortController().signal), /its sound has another form now/);
  changed.capture.close();
});

test("what cannot be used is told as a loss, and is no matter of who received it", async () => {
  const { capture, ends } = await open(STEREO);
  const picture = (): void => {
    throw new ItemError("its pixels cannot be converted");
  };
  const running = capture.run({ ...collect(STEREO).sink, picture }, new AbortController().signal);
  ends.picture(1000, makePicture("640x360"));
  await assert.rejects(running, /^ItemError: its pixels cannot be converted$/);
  capture.close();
});

test("what is still handed out after it was closed is left alone", async () => {
  const { capture, ends } = await open(STEREO);
  const { sink, taken } = collect(STEREO);
  void capture.run(sink, new AbortController().signal);
  const picture = makePicture("640x360");
  ends.picture(1000, picture);
  capture.close();
  ends.picture(1040, picture);
  ends.sound(1040, new Int16Array(640));
  assert.deepEqual(
    taken.map(({ at }) => at),
    [1_000_000],
  );
});

test("four seconds without anything are the end, with what the receiver said of it", async () => {
  const { capture, ends } = await open(STEREO);
  const running = capture.run(collect(STEREO).sink, new AbortController().signal);
  ends.trouble("waiting: channel door is stopped");
  await sleep(2000);
  ends.sound(nowUs() / 1000, new Int16Array(8));
  const cameMs = performance.now();
  await assert.rejects(running, /: waiting: channel door is stopped$/);
  assert.ok(performance.now() - cameMs > 3900);
  capture.close();
});

test("a channel that is its own source, or that of its source, is left with a reason, and tells the others of the ring", async () => {
  const own = 7;
  for (const [origins, heard, reason] of [
    [[own, own, own], [own], "streamerd://10.0.0.7/door: that is this channel itself; give it another source"],
    [
      [1, 2, own, 1, 2, own],
      [1, 2, own],
      "streamerd://10.0.0.7/door: that is sent on from this channel, which would get its own pictures; give one of them another source",
    ],
  ] as const) {
    const begin = (ends: ChannelEnds): void => {
      ends.origins(origins);
      ends.form(FORM);
    };
    const { capture } = await open(STEREO, begin, own);
    const { sink, taken } = collect(STEREO);
    await assert.rejects(capture.run(sink, new AbortController().signal), new ItemError(reason));
    assert.deepEqual([capture.relays?.(), taken], [heard, []]);
    capture.close();
  }
});

test("a ring that is closed later is noticed as well", async () => {
  const { capture, ends } = await open(STEREO, (to) => (to.origins([1]), to.form(FORM)), 7);
  const told: unknown[] = [];
  const sink = { ...collect(STEREO).sink, waiting: () => void told.push(capture.relays?.()) };
  const running = capture.run(sink, new AbortController().signal);
  ends.origins([1]);
  ends.origins([1, 2]);
  ends.origins([1, 7]);
  await assert.rejects(running, /that is sent on from this channel/);
  assert.deepEqual(told, [
    [1, 2],
    [1, 7],
  ]);
  capture.close();
});

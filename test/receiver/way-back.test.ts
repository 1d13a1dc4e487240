import assert from "node:assert/strict";
import { test } from "node:test";
import type { OnPacket, Transport } from "../../receiver/join/transport.ts";
import { GroupHearing, WayBackTimes, findWayBack } from "../../receiver/join/way-back.ts";
import { writeL16Packet } from "../../wire/l16.ts";
import { until } from "../control/fixture.ts";

const MINUTE_MS = 60_000;
const STREAMS = {
  video: { size: null, payloadType: 26, ssrc: 1, time: null },
  audio: { sampleRateHz: 44_100, channels: 1, payloadType: 11, ssrc: 2, time: null },
} as const;

function packet(ssrc: number, sequence: number): Uint8Array {
  return writeL16Packet({ payloadType: ssrc === 1 ? 26 : 11, marker: true, sequence, rtpTs: sequence, ssrc }, new Uint8Array(4));
}

/** `losing`: one packet of so many. */
function hearing(
  streams: typeof STREAMS | { readonly video: null; readonly audio: typeof STREAMS.audio },
  losing = Infinity,
  isRepaired = false,
): GroupHearing {
  const heard = new GroupHearing(streams, isRepaired);
  for (let sequence = 1; sequence <= 1000; sequence++) {
    if (sequence % losing === 0) continue;
    heard.take("audio", packet(2, sequence), sequence);
  }
  return heard;
}

/** Waits and hears nothing, so many times: the seconds that each wait takes. */
function waits(times: WayBackTimes, fromMs: number, count: number): readonly number[] {
  let nowMs = fromMs;
  return Array.from({ length: count }, () => {
    const waitMs = times.waitMs(nowMs);
    nowMs += waitMs;
    times.noteSilence(nowMs);
    return waitMs / 1000;
  });
}

test("the group is listened for after 10, 20, 40 s and so on, and at last every ten minutes", () => {
  assert.deepEqual(waits(new WayBackTimes(), 0, 9), [10, 20, 40, 80, 160, 320, 600, 600, 600]);
});

test("a connection that is made anew meanwhile puts nothing off", () => {
  const times = new WayBackTimes();
  times.waitMs(0);
  assert.equal(times.waitMs(8000), 2000);
  assert.equal(times.waitMs(60_000), 0);
});

test("a group that was gone back to and did not last is not asked any sooner; one that carried for long is", () => {
  const times = new WayBackTimes();
  times.waitMs(0);
  times.noteBack(MINUTE_MS);
  assert.equal(times.waitMs(2 * MINUTE_MS), 20_000);
  times.noteBack(3 * MINUTE_MS);
  assert.equal(times.waitMs(14 * MINUTE_MS), 10_000);
});

test("heard is who brings all streams of the channel's own source, and whole", () => {
  const soundOnly = { video: null, audio: STREAMS.audio };
  assert.equal(new GroupHearing(soundOnly, true).isWhole, false);
  assert.equal(hearing(soundOnly).isWhole, true);
  assert.equal(hearing(soundOnly, 100).isWhole, true);
  assert.equal(hearing(soundOnly, 10).isWhole, false);
  assert.equal(hearing(soundOnly, 20).isWhole, false, "one of twenty is lost, and is not sent again");
  assert.equal(hearing(soundOnly, 20, true).isWhole, true);
  assert.equal(hearing(soundOnly, 10, true).isWhole, false);
  const half = hearing(STREAMS);
  assert.equal(half.isWhole, false, "the picture does not come");
  half.take("video", packet(7, 1), 0);
  assert.equal(half.isWhole, false, "another source's does");
  for (const sequence of [1, 2]) half.take("video", packet(1, sequence), 0);
  assert.equal(half.isWhole, true);
});

/** As if each wait were over. */
function soon(): WayBackTimes {
  const times = new WayBackTimes();
  times.waitMs = () => 1;
  return times;
}

test("the group is joined for a moment again and again, and stays joined once it is heard, with nothing missing", async () => {
  const joined: ("open" | "closed")[] = [];
  const got: number[] = [];
  let hear: OnPacket = () => undefined;
  const open = async (onPacket: OnPacket): Promise<Transport> => {
    const index = joined.push("open") - 1;
    if (index === 1) throw new Error("the interface is away");
    hear = onPacket;
    const heard = [
      ["video", 1],
      ["audio", 2],
    ] as const;
    if (index > 1) for (const [from, ssrc] of heard) for (const sequence of [4, 5]) onPacket(from, packet(ssrc, sequence));
    const close = async (): Promise<void> => void (joined[index] = "closed");
    return { kind: "multicast", renew: () => undefined, ended: new Promise(() => undefined), close };
  };
  const onPacket: OnPacket = (_from, one) => got.push(one[3] ?? 0);
  const times = soon();
  const group = await findWayBack(
    { streams: STREAMS, isRepaired: false, open, onPacket, listenMs: 5 },
    times,
    new AbortController().signal,
  );
  assert.equal(group?.kind, "multicast");
  assert.deepEqual(joined, ["closed", "open", "open"]);
  hear("audio", packet(2, 6));
  assert.deepEqual(got, [4, 5, 4, 5, 6]);
});

test("whoever stops meanwhile leaves no membership behind", async () => {
  let isOpen = false;
  const close = async (): Promise<void> => void (isOpen = false);
  const open = async (): Promise<Transport> => {
    isOpen = true;
    return { kind: "multicast", renew: () => undefined, ended: new Promise(() => undefined), close };
  };
  const stop = new AbortController();
  const finding = findWayBack(
    { streams: STREAMS, isRepaired: false, open, onPacket: () => undefined, listenMs: 60_000 },
    soon(),
    stop.signal,
  );
  await until(() => isOpen);
  stop.abort();
  assert.equal(await finding, null);
  assert.equal(isOpen, false);
});

/** What is decided ahead, in virtual time: the same packets at the same moments as when the sender is asked at each of them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Departures } from "../../../daemon/send/departures.ts";
import type { Departure } from "../../../daemon/send/departures.ts";
import { Sender } from "../../../daemon/send/sender.ts";
import type { SenderEvent } from "../../../daemon/send/sender-types.ts";
import { parseCompound } from "../../../wire/rtcp/index.ts";
import { CONFIG, FILM, FilmFeed, INIT, START_MS, run } from "../../sim/sender-run.ts";
import type { Film, Sent } from "../../sim/sender-run.ts";

const PORTS = { video: 0, videoControl: 1, audio: 2, audioControl: 3 } as const;
const NAMES = ["video", "videoControl", "audio", "audioControl"] as const;

function begin(film: Film = FILM) {
  const sender = new Sender(CONFIG, INIT);
  sender.expect(1);
  return { sender, feed: new FilmFeed(sender, film), departures: new Departures(sender, PORTS) };
}

type Stage = ReturnType<typeof begin>;
type Left = Sent & { readonly decidedMs: number };

/** The thread's loop in virtual time: `isAhead` hands everything over that is decided, else it leaves when the time has come. */
function play({ feed, departures }: Stage, fromMs: number, toMs: number, isAhead: boolean) {
  const left: Left[] = [];
  const events: { readonly event: SenderEvent; readonly atMs: number }[] = [];
  let wakeUps = 0;
  const note = ({ packets, events: own }: Departure, atMs: number, decidedMs: number): void => {
    for (const { bytes, port } of packets) left.push({ packet: bytes, to: NAMES[port] ?? "video", atMs, decidedMs });
    for (const event of own) events.push({ event, atMs });
  };
  for (let nowMs = fromMs; nowMs < toMs; wakeUps++) {
    feed.fill(departures.orderMs(nowMs));
    for (let departure = departures.take(nowMs); departure !== null; departure = departures.take(nowMs)) note(departure, nowMs, nowMs);
    let nextMs = departures.plan(nowMs);
    if (isAhead && !departures.isEmpty) {
      const handedOver = departures.handOver();
      for (const departure of handedOver.departures) note(departure, departure.atMs, nowMs);
      nextMs = handedOver.planMs;
    }
    nowMs = Math.max(nextMs, nowMs + 1e-3);
  }
  return { left, events, wakeUps };
}

const hexOf = ({ packet, to }: Sent): string => `${to} ${Buffer.from(packet).toString("hex")}`;

for (const isAhead of [true, false]) {
  test(`a minute of film ${isAhead ? "handed over ahead" : "decided ahead and sent in time"} is what the sender gives at each moment, packet by packet`, () => {
    const { sender, feed } = begin();
    const direct: Sent[] = [];
    run({ sender, feed, fromMs: START_MS, toMs: START_MS + 60_000, onSent: (sent) => direct.push(sent) });
    const { left } = play(begin(), START_MS, START_MS + 60_000, isAhead);
    const media = (sent: readonly Sent[]) => sent.filter(({ to }) => to === "video" || to === "audio").slice(0, 8000);
    assert.equal(media(left).length, 8000);
    assert.deepEqual(media(left).map(hexOf), media(direct).map(hexOf));
    media(left).forEach(({ atMs }, index) => assert.ok(Math.abs(atMs - (media(direct)[index]?.atMs ?? 0)) < 1, `packet ${index}`));
  });
}

test("what is handed over never lies before what was handed over earlier, and is there in time for a thread that is 20 ms late", () => {
  const { left, wakeUps } = play(begin(), START_MS, START_MS + 10_000, true);
  left.forEach(({ atMs }, index) => assert.ok(atMs >= (left[index - 1]?.atMs ?? 0), `packet ${index}`));
  const settled = left.filter(({ atMs }) => atMs > START_MS + 200);
  assert.ok(settled.every(({ atMs, decidedMs }) => atMs - decidedMs > 20 && atMs - decidedMs < 150));
  assert.ok(wakeUps < 10 * 20, `${wakeUps} wake-ups`);
});

test("an order takes effect after what has been handed over, and nothing of what follows lies before it", () => {
  const stage = begin();
  const nowMs = START_MS + 2000;
  play(stage, START_MS, nowMs, true);
  const effectMs = stage.departures.orderMs(nowMs);
  assert.ok(effectMs > nowMs && effectMs - nowMs < 150, `${effectMs - nowMs} ms`);
  stage.sender.pause(effectMs);
  const { left } = play(stage, nowMs, nowMs + 5000, true);
  assert.ok(left.every(({ atMs }) => atMs >= effectMs - 1e-6));
  // The packet with which a picture ends has the marker.
  const pictures = left.filter(({ to, packet }) => to === "video" && (packet[1] ?? 0) >= 128);
  assert.ok(pictures.length <= 6, `${pictures.length} pictures in five seconds of a pause`);
});

test("a goodbye leaves after the packets that are under way", () => {
  const stage = begin();
  const nowMs = START_MS + 1000;
  play(stage, START_MS, nowMs, true);
  stage.sender.sayGoodbye(stage.departures.orderMs(nowMs));
  stage.departures.take(nowMs);
  stage.departures.plan(nowMs);
  const packets = stage.departures.handOver().departures.flatMap((departure) => departure.packets);
  const kinds = packets.map(({ bytes }) => parseCompound(bytes)).map((parsed) => (parsed.ok ? parsed.value.at(-1)?.kind : null));
  assert.deepEqual(kinds, ["goodbye", "goodbye"]);
});

test("something live is decided when its time has come", () => {
  const sender = new Sender(CONFIG, INIT);
  const departures = new Departures(sender, PORTS);
  sender.expect(1, { delayMs: 20, queueFrames: 2 });
  for (let nowMs = START_MS; nowMs < START_MS + 1000; nowMs += 40) {
    const timelineMs = nowMs - 1;
    sender.pushFrame(
      1,
      { timelineMs, sourceIntervalMs: 40, jpeg: FILM.jpeg, quality: 80, width: 48, height: 28 },
      departures.orderMs(nowMs),
    );
    for (let atMs = nowMs; atMs < nowMs + 40; atMs += 1) {
      for (let departure = departures.take(atMs); departure !== null; departure = departures.take(atMs)) assert.equal(departure.atMs, atMs);
      departures.plan(atMs);
      assert.ok(departures.isEmpty);
    }
  }
  assert.ok(sender.consumed().frames > 20);
});

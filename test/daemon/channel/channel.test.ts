import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { methods } from "../../../control/contract/contract.ts";
import { compileRedaction } from "../../../control/contract/operator-only.ts";
import { refuseBeyondEnd } from "../../../daemon/channel/refusal.ts";
import { describeChannel } from "../../../daemon/channel/status.ts";
import { Sender } from "../../../daemon/send/sender.ts";
import type { StatisticsAnswer, ToSender } from "../../../daemon/send/sender-messages.ts";
import { createSite, describeForPage } from "../../../daemon/http/site.ts";
import { waitFor } from "../../e2e/wait.ts";
import { CONFIG, INIT } from "../../sim/sender-run.ts";
import { ffmpeg, temporaryFolder } from "../../source/media.ts";
import { openChannel } from "./open-channel.ts";

const folder = temporaryFolder();
const NOBODY = { clients: 0, packetsRetransmitted: 0, recordingProblem: null };

test("before the source has said anything the channel is at the film that was asked for: next and seek go on from there", (context) => {
  const { channel } = openChannel(context);
  channel.begin({ path: "/films/5.mp4", itemIndex: 5, positionMs: 0 });
  assert.equal(describeForPage(channel, null, "host").source, "5.mp4");
  channel.seek(30_000, null);
  const nothingSent: StatisticsAnswer = {
    statistics: new Sender(CONFIG, INIT).statistics(0),
    sent: { packets: 0, bytes: 0 },
    sendErrors: 0,
    rollovers: null,
  };
  assert.equal(describeChannel(channel, nothingSent, NOBODY).positionMs, 30_000);
  assert.equal(channel.media.itemIndexAt(null), 5);
  channel.next(null);
  channel.next(null);
  assert.equal(channel.media.itemIndexAt(null), 7);
});

test("the page names the film that plays now, and not the first one since the last seek", async (context) => {
  const { channel } = openChannel(context);
  channel.begin(null);
  context.mock.method(channel.media, "itemIndexAt", (timelineMs: number | null) => (timelineMs === null ? 0 : 3));
  const statistics = { ...new Sender(CONFIG, INIT).statistics(0), timelineMs: 90_000 };
  const site = createSite(new Map([["main", channel]]), () => null, 9688, {
    statistics: async () => ({ statistics, sent: { packets: 0, bytes: 0 }, sendErrors: 0, rollovers: null }),
  });
  assert.match(await site.page("10.77.0.1", "10.77.0.1:9680"), /<p>3\.mp4 · /);
});

test("a film that begins at a place is at no earlier one, also while its first picture is still to be sent", async (context) => {
  const film = ffmpeg("-f lavfi -i testsrc2=size=320x180:rate=25:duration=8 -pix_fmt yuv420p", join(folder, "sought.mp4"));
  const { channel } = openChannel(context, [], [{ kind: "file", path: film }]);
  channel.begin({ path: film, itemIndex: 0, positionMs: 5000 });
  await waitFor("the source's first word", () => channel.media.itemAt(null) !== null);
  assert.deepEqual(
    [null, -30, 0, 40].map((timelineMs) => channel.media.positionAt(timelineMs)),
    [5000, 5000, 5000, 5040],
  );
  channel.stop();
  assert.equal(channel.media.positionAt(null), 0);
});

test("that a place was behind, told after it was left, is not taken for the new place, whose time begins at nothing", (context) => {
  const { channel } = openChannel(context);
  channel.begin(null);
  const noteBehind = context.mock.method(channel.media, "noteBehind", () => {});
  const tellBehind = (generation: number): void =>
    channel.hear({ kind: "event", channel: "main", event: { kind: "behind", generation, timelineMs: 36_000_500 } });
  const { generation } = channel.media;
  tellBehind(generation);
  assert.equal(noteBehind.mock.callCount(), 1);
  channel.next(null);
  tellBehind(generation);
  assert.equal(noteBehind.mock.callCount(), 1);
});

test("a channel that waits for somebody to join says so to who would start, pause or move it, and can be stopped", (context) => {
  const { channel } = openChannel(context, ["channels.main.onDemand=true"]);
  channel.begin(null);
  assert.equal(channel.state, "idle");
  const refusal = { message: "channel main is idle: its source starts when somebody joins (onDemand)" };
  assert.throws(() => channel.start(), refusal);
  assert.throws(() => channel.pause(), refusal);
  assert.throws(() => channel.resume(), refusal);
  assert.throws(() => channel.seek(1000, null), refusal);
  assert.throws(() => channel.next(null), refusal);
  channel.stop();
  channel.start();
  assert.equal(channel.state, "idle");
});

test("a channel that was paused is paused again when somebody joins, in this life and in the next", (context) => {
  const { channel } = openChannel(context, ["channels.main.onDemand=true"]);
  channel.begin(null);
  channel.noteClients(1, 0);
  channel.pause();
  channel.noteClients(0, 1000);
  channel.noteClients(0, 12_000);
  assert.equal(channel.state, "idle");
  channel.noteClients(1, 20_000);
  assert.equal(channel.state, "paused");
  channel.resume();
  channel.noteClients(0, 30_000);
  channel.noteClients(0, 41_000);
  channel.noteClients(1, 50_000);
  assert.equal(channel.state, "starting");

  const next = openChannel(context, ["channels.main.onDemand=true"]).channel;
  next.takeUp("pause", null);
  assert.equal(next.state, "idle");
  next.noteClients(1, 0);
  assert.equal(next.state, "paused");
});

test("after a restart the first who joins goes on where the film was left; later ones begin at its beginning", (context) => {
  const { channel } = openChannel(context, ["channels.main.onDemand=true"]);
  const starts = context.mock.method(channel.media, "start", () => {});
  channel.takeUp("play", { path: "/films/5.mp4", itemIndex: 5, positionMs: 2_700_000 });
  for (const joinedMs of [1000, 30_000]) {
    channel.noteClients(1, joinedMs);
    channel.noteClients(0, joinedMs + 1000);
    channel.noteClients(0, joinedMs + 12_000);
  }
  assert.deepEqual(
    starts.mock.calls.map(({ arguments: [, itemIndex, positionMs] }) => [itemIndex, positionMs]),
    [
      [5, 2_700_000],
      [0, 0],
    ],
  );
});

test("an end that was decided before a pause ends the pause; one that was decided before a stop changes nothing", (context) => {
  const { channel, orders } = openChannel(context, ["channels.main.loop=false"]);
  const ended = (): void =>
    channel.hear({ kind: "event", channel: "main", event: { kind: "ended", generation: channel.media.generation } });
  channel.begin(null);
  channel.pause();
  orders.length = 0;
  ended();
  assert.equal(channel.state, "ended");
  assert.deepEqual(orders, [{ kind: "stop", channel: "main" }]);
  channel.start();
  channel.stop();
  ended();
  assert.equal(channel.state, "stopped");
});

test("a channel that failed in a pause plays when it is started again", async (context) => {
  const { channel, orders } = openChannel(context);
  channel.begin(null);
  channel.pause();
  await waitFor("its end", () => channel.state === "failed");
  orders.length = 0;
  channel.start();
  assert.deepEqual(
    orders.map(({ kind }) => kind),
    ["resume", "expect"],
  );
});

test("a source that dies is not told with a film that it had passed over before", async (context) => {
  const film = ffmpeg("-f lavfi -i testsrc2=size=64x36:rate=5:duration=30 -pix_fmt yuv420p", join(folder, "good.mp4"));
  const { channel, orders, news } = openChannel(
    context,
    [],
    ["/nowhere.mp4", film].map((path) => ({ kind: "file", path })),
  );
  const warnings = (): readonly string[] => news.flatMap((one) => (one.kind === "warning" ? [one.text] : []));
  channel.begin(null);
  await waitFor("the film", () => orders.some(({ kind }) => kind === "frame"));
  process.kill(channel.media.sourcePid ?? assert.fail("no process"), "SIGKILL");
  await waitFor("its end", () => warnings().length > 1);
  assert.deepEqual(warnings(), [
    "/nowhere.mp4: there is no such file; check the path",
    "the source process was ended by SIGKILL; another one goes on where the film is",
  ]);
});

test("what stands in for a live source begins again at its end, also where films are played once", async (context) => {
  const song = ffmpeg("-f lavfi -i sine=330:r=44100:d=0.3", join(folder, "song.wav"));
  const { channel, orders } = openChannel(
    context,
    ["source=camera:/dev/video77", "loop=false", `fallback=${song}`].map((set) => `channels.main.${set}`),
    null,
  );
  channel.begin(null);
  const isBeyond = (order: ToSender): boolean => order.kind === "sound" && order.piece.timelineSample > 44_100;
  const decided = await waitFor("its end, or more of it", () => orders.find((order) => order.kind === "end" || isBeyond(order)));
  assert.equal(decided.kind, "sound");
});

test("a listener to which nobody pushes is away after five seconds, with a slate, and takes whoever comes later", async (context) => {
  const film = ffmpeg(
    "-f lavfi -i testsrc2=size=320x180:rate=25:duration=10 -c:v libx264 -g 25 -pix_fmt yuv420p",
    join(folder, "pushed.ts"),
  );
  const address = `srt://127.0.0.1:${20_000 + (process.pid % 20_000)}`;
  const { channel, orders, news } = openChannel(context, [`channels.main.source=${address}?mode=listener`], null);
  channel.begin(null);
  await waitFor("its being away", () => channel.state === "no-signal");
  assert.equal(channel.reason, `${address}: nobody pushes to it yet; have the other end send there, by an address of this host`);
  await waitFor("the slate", () => orders.some(({ kind }) => kind === "frame"));
  const listener = channel.media.sourcePid;
  const push = spawn("ffmpeg", ["-v", "error", "-re", "-i", film, "-c", "copy", "-f", "mpegts", address]);
  context.after(() => push.kill("SIGKILL"));
  await waitFor("what is pushed", () => channel.state === "playing");
  assert.equal(channel.media.sourcePid, listener);
  push.kill("SIGTERM");
  await waitFor("its being away again", () => channel.state === "no-signal");
  const hasGone = `${address}: the other end has gone; it waits for the next one`;
  assert.equal(channel.reason, hasGone);
  assert.ok(news.some((one) => one.kind === "warning" && one.text === hasGone));
});

test("a pause holds the picture of a live source that goes meanwhile; afterwards something stands in", async (context) => {
  const film = ffmpeg("-f lavfi -i testsrc2=size=320x180:rate=25:duration=10 -c:v mpeg2video -g 25", join(folder, "held.ts"));
  const address = `srt://127.0.0.1:${20_001 + (process.pid % 20_000)}`;
  const { channel, orders, news } = openChannel(context, [`channels.main.source=${address}?mode=listener`], null);
  channel.begin(null);
  const push = spawn("ffmpeg", ["-v", "error", "-re", "-i", film, "-c", "copy", "-f", "mpegts", `${address}?connect_timeout=20000`]);
  context.after(() => push.kill("SIGKILL"));
  await waitFor("what is pushed", () => orders.some(({ kind }) => kind === "frame"));
  channel.pause();
  push.kill("SIGTERM");
  await waitFor("its being away", () => news.some((one) => one.kind === "warning"));
  orders.length = 0;
  await sleep(1500);
  assert.deepEqual(orders, []);
  assert.equal(channel.state, "paused");
  channel.resume();
  assert.equal(channel.state, "no-signal");
  await waitFor("the slate", () => orders.some(({ kind }) => kind === "frame"));
});

test("of a list the films that are there play, and what is not there is told at once", async (context) => {
  const film = ffmpeg("-f lavfi -i testsrc2=size=320x180:rate=25:duration=2 -pix_fmt yuv420p", join(folder, "there.mp4"));
  const { channel, orders, news } = openChannel(context, [`channels.main.source=[${join(folder, "absent.mp4")}, ${film}]`], null);
  channel.begin(null);
  const [first] = news;
  assert.ok(first?.kind === "warning");
  assert.match(first.text, /absent\.mp4: there is no such file or directory; check the path; it is passed over as long as that is so$/);
  await waitFor("the other film", () => orders.some(({ kind }) => kind === "frame"));
});

test("where films lie is told to the log and to operators, and not to anybody", (context) => {
  const { channel, news } = openChannel(context, ["channels.main.source=[/home/anna/private/x.mp4]"], null);
  channel.begin(null);
  const whole = "/home/anna/private/x.mp4: there is no such file or directory; check the path";
  const short = "x.mp4: there is no such file or directory; check the path";
  assert.deepEqual(news, [{ kind: "state", state: "failed", reason: whole, publicReason: short }]);
  const answer: StatisticsAnswer = {
    statistics: new Sender(CONFIG, INIT).statistics(0),
    sent: { packets: 0, bytes: 0 },
    sendErrors: 0,
    rollovers: null,
  };
  const { stateReason, stateDetail } = describeChannel(channel, answer, NOBODY);
  assert.deepEqual([stateReason, stateDetail], [short, whole]);
  const toAnybody = compileRedaction(methods["channel.get"].result);
  assert.doesNotMatch(JSON.stringify(toAnybody?.(describeChannel(channel, answer, NOBODY))), /anna/);
});

test("a place that a film does not have is refused with the film's end, which is none of its places", () => {
  assert.equal(refuseBeyondEnd(30_000, "film.mp4", 30_000).message, "30 s is no place in film.mp4, which ends at 30 s");
});

test("a rate above a film's average is refused where the rate is the same everywhere, and taken where stretches of it are faster", async (context) => {
  const video = { codec: "h264", width: 500, height: 281, fps: 15, frameCount: null };
  const info = { generation: 1, itemIndex: 0, timelineMs: 0, name: "film.mp4", durationMs: 1000, audio: null, cached: false };
  const nothingSent: StatisticsAnswer = {
    statistics: new Sender(CONFIG, INIT).statistics(0),
    sent: { packets: 0, bytes: 0 },
    sendErrors: 0,
    rollovers: null,
  };
  const rateOf = (isVariable: boolean) => {
    const { channel } = openChannel(context);
    context.mock.method(channel.media, "itemAt", () => ({ ...info, video: { ...video, isVariable } }));
    const set = (): void => channel.tuning.override({ key: "video.fps", value: 30 }, 0);
    return { set, pacing: () => describeChannel(channel, nothingSent, NOBODY).pacing };
  };
  assert.throws(rateOf(false).set, /^Error: film\.mp4 has 15 frames a second: 30 is more; use at most 15$/);
  const bursts = rateOf(true);
  bursts.set();
  const { sourceFps, targetFps, clamped } = bursts.pacing();
  assert.deepEqual({ sourceFps, targetFps, clamped }, { sourceFps: 15, targetFps: 30, clamped: false });
});

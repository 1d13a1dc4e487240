/** A daemon that stood still: SIGSTOP, a machine that was paused. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { ToSender } from "../../daemon/send/sender-messages.ts";
import { SourceSupervisor } from "../../daemon/supervise/supervisor.ts";
import { waitFor } from "../e2e/wait.ts";
import { ffmpeg, temporaryFolder } from "../source/media.ts";
import { openCommand } from "../source/run-source.ts";
import { openChannel } from "./channel/open-channel.ts";

const folder = temporaryFolder();

/** Timeline ms of media; null for other orders. */
function mediaMs(order: ToSender): number | null {
  if (order.kind === "frame") return order.frame.timelineMs;
  return order.kind === "sound" ? order.piece.timelineSample / 44.1 : null;
}

test("a film that is more than half a minute behind goes on where it would be by now, and nothing that lies between is read", async (context) => {
  const film = ffmpeg(
    "-f lavfi -i testsrc2=size=64x36:rate=5:duration=50 -f lavfi -i sine=330:r=44100:d=50 -c:v libx264 -g 10 -pix_fmt yuv420p -c:a aac",
    join(folder, "film.mp4"),
  );
  const { channel, orders } = openChannel(context, [], [{ kind: "file", path: film }]);
  channel.begin(null);
  await waitFor("its beginning", () => orders.some(({ kind }) => kind === "frame"));
  const behind = (timelineMs: number): void =>
    channel.hear({ kind: "event", channel: "main", event: { kind: "behind", generation: channel.media.generation, timelineMs } });
  // It is looped: by then it plays for the third time.
  behind(125_000);
  behind(126_000);
  // Everything has left the queue, and there is room for whatever comes.
  channel.hear({ kind: "consumed", channel: "main", frames: 1e6, samples: 1e9 });
  const place = await waitFor("the place", () => orders.find((order) => order.kind === "frame" && order.frame.timelineMs > 100_000));
  assert.ok(place.kind === "frame" && place.frame.timelineMs < 126_050, JSON.stringify(mediaMs(place)));
  assert.equal(channel.media.itemAt(125_000)?.timelineMs, 100_000);
  assert.deepEqual(
    orders.map(mediaMs).filter((ms) => ms !== null && ms > 20_000 && ms < 125_000 - 50),
    [],
  );
});

test("who stood still does not take its source for hung, and finds one that hangs afterwards", (context) => {
  const now = performance.now.bind(performance);
  let laterMs = 0;
  context.mock.method(performance, "now", () => now() + laterMs);
  context.mock.timers.enable({ apis: ["setInterval"] });
  const givenUp: string[] = [];
  const nothing = (): void => {};
  const supervisor = new SourceSupervisor({
    isLive: false,
    openAt: (start) => openCommand([{ kind: "test-film" }], { start }),
    name: () => "the source",
    mayWait: () => false,
    onWaiting: nothing,
    resumeAt: () => assert.fail("it was lost"),
    onMessage: nothing,
    onLost: nothing,
    onGivenUp: (reason) => givenUp.push(reason),
    onLog: nothing,
  });
  context.after(() => supervisor.stop());
  supervisor.start({ generation: 1, itemIndex: 0, positionMs: 0, timelineMs: 0 });
  const pass = (ms: number): void => {
    laterMs += ms;
    context.mock.timers.tick(1000);
  };
  pass(60_000);
  assert.deepEqual(givenUp, []);
  for (let second = 0; second < 31; second++) pass(1000);
  assert.deepEqual(givenUp, ["the source process made no progress for 30 s"]);
});

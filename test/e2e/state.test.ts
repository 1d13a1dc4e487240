import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { createLan } from "./lan.ts";
import { makeFilm, temporaryFolder } from "./media.ts";
import { lacks } from "./needs.ts";
import { startStreamerd } from "./streamerd.ts";
import { waitFor } from "./wait.ts";

const skip = lacks("ip", "ffmpeg");

async function setTheStage(context: TestContext) {
  const folder = temporaryFolder(context);
  const films = ["a.mp4", "b.mp4"].map((name) => makeFilm(join(folder, name), 20));
  const file = join(folder, "streamerd.yml");
  const write = (quality: number): void =>
    writeFileSync(
      file,
      `channels:\n  one: {source: [${films.join(", ")}], group: 239.255.91.1, video: {quality: ${quality}}}\n  two: {group: 239.255.91.2}\n  three: {group: 239.255.91.3, autostart: false}\n`,
    );
  write(80);
  const lan = await createLan(context, ["tx"]);
  const state = join(folder, "state");
  const start = (...args: readonly string[]) =>
    startStreamerd(context, lan.host("tx"), ["--set", `state.dir=${state}`, "--config", file, ...args]);
  return { lan, folder, films, write, start, state, stateFile: join(state, "state.json") };
}

test(
  "a restart finds everything as an operator left it: settings, pauses and stops, the place in the playlist",
  { skip },
  async (context) => {
    const { start, write } = await setTheStage(context);
    const first = await start();
    for (const words of ["pacing set one --fps 12", "set one quality 50", "channel next one", "channel stop two", "channel start three"]) {
      const { status, stderr } = await first.streamctl(...words.split(" "));
      assert.equal(status, 0, `${words}: ${stderr}`);
    }
    await waitFor("the second film", async () => {
      const { source, positionMs } = await first.channel("one");
      return source === "b.mp4" && positionMs > 1500;
    });
    await first.streamctl("channel", "pause", "one");
    const left = await first.channel("one");
    assert.equal((await first.stop()).status, 0);

    const second = await start();
    const found = await second.channel("one");
    assert.deepEqual([found.state, found.source, found.pacing.fps], ["paused", "b.mp4", 12]);
    assert.deepEqual(found.overridden, [
      { key: "video.quality", value: 50, configured: 80 },
      { key: "video.fps", value: 12, configured: "source" },
    ]);
    await waitFor("the place", async () => Math.abs((await second.channel("one")).positionMs - left.positionMs) < 100);
    assert.equal((await second.channel("two")).state, "stopped");
    await waitFor("channel three", async () => (await second.channel("three")).state === "playing");
    assert.match(
      (await second.streamctl("status")).stdout,
      /one: +video\.quality 50 \(configured: 80\), video\.fps 12 \(configured: source\)/,
    );
    await second.stop();

    // The file says something else now: that counts, and the other override stays.
    write(60);
    const third = await start();
    assert.deepEqual((await third.channel("one")).overridden, [{ key: "video.fps", value: 12, configured: "source" }]);
    assert.match(third.running.stderr(), /video\.quality was set to 50 before; the configuration has changed it since, and counts/);
    await third.streamctl("reset", "one");
    await third.stop();
    assert.deepEqual((await (await start()).channel("one")).overridden, []);
  },
);

test("a crash loses no more than the last moments", { skip }, async (context) => {
  const { start, stateFile } = await setTheStage(context);
  const first = await start();
  await first.streamctl("set", "one", "quality", "50");
  await waitFor("the state file", () => /"value": 50/.test(readFileSync(stateFile, "utf8")));
  await first.stop("SIGKILL");
  assert.equal((await (await start()).channel("one")).overridden[0]?.value, 50);
});

test("files on the command line keep no state, and see none", { skip }, async (context) => {
  const { lan, films, state } = await setTheStage(context);
  const start = () =>
    startStreamerd(context, lan.host("tx"), ["--set", `state.dir=${state}`, "--set", "channels.main.group=239.255.91.9", ...films]);
  const first = await start();
  await first.streamctl("set", "quality", "50");
  await first.stop();
  assert.throws(() => readdirSync(state), /ENOENT/);
  assert.deepEqual((await (await start()).channel()).overridden, []);
});

test("a damaged, newer or unwritable state file is one clear line, and the stream goes on", { skip }, async (context) => {
  const { start, folder, state, stateFile } = await setTheStage(context);
  mkdirSync(state);
  const cases: readonly (readonly [string, RegExp, string])[] = [
    ["{ not json", /state\.json: damaged \(it is no JSON\): it is now .*state\.json\.damaged, and a new one is begun/, "moved"],
    ['{"version": 1, "channels": {"one": 7}}', /state\.json: damaged \(channels\.one: /, "moved"],
    ['{"version": 9, "later": true}', /state\.json: written by a newer streamerd \(version 9\): it is left as it is/, "kept"],
  ];
  for (const [content, expected, outcome] of cases) {
    writeFileSync(stateFile, content);
    const daemon = await start();
    assert.match(daemon.running.stderr(), expected);
    assert.equal(daemon.running.stderr().split("state.json:").length, 2, "one line");
    await daemon.streamctl("set", "one", "quality", "40");
    await waitFor("quality 40", async () => (await daemon.channel("one")).picture?.quality === 40);
    assert.equal((await daemon.stop()).status, 0);
    assert.equal(readFileSync(outcome === "moved" ? `${stateFile}.damaged` : stateFile, "utf8"), content);
  }
  // A file system that is read-only is so for root as well.
  const readOnly = join(folder, "read-only");
  mkdirSync(readOnly);
  execFileSync("mount", ["-t", "tmpfs", "-o", "ro", "none", readOnly]);
  const unwritable: readonly (readonly [string, RegExp])[] = [
    [readOnly, /read-only\/state\.json: the file system is read-only; what changes now is forgotten at a restart/],
    [join(readOnly, "deeper"), /deeper\/state\.json: the file system is read-only; nothing is remembered over a restart/],
    [join(stateFile, "x"), /state\.json: a part of the path is no directory; nothing is remembered over a restart/],
  ];
  try {
    for (const [directory, expected] of unwritable) {
      const daemon = await start("--set", `state.dir=${directory}`);
      await daemon.streamctl("set", "one", "quality", "40");
      await waitFor("quality 40", async () => (await daemon.channel("one")).picture?.quality === 40);
      assert.equal((await daemon.stop()).status, 0);
      assert.match(daemon.running.stderr(), expected);
      assert.equal(daemon.running.stderr().split("state.json:").length, 2, "one line");
    }
  } finally {
    execFileSync("umount", [readOnly]);
  }
});

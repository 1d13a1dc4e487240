import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import fs, {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { clearCache, listCache } from "../../daemon/cache-tools.ts";
import { parseIndex } from "../../daemon/source/cache/entry-index.ts";
import { ownOwner } from "../../daemon/source/cache/owner.ts";
import { openEntry } from "../../daemon/source/cache/stored-entry.ts";
import { cachedOf, kindsIn, mediaOf, playOnce, startRun } from "./cache-run.ts";
import { ffmpeg, H264, joinSound, temporaryFolder } from "./media.ts";
import { framesOf, openCommand, soundOf, startSource } from "./run-source.ts";

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const newCache = (): string => mkdtempSync(at("cache-"));

const film = ffmpeg(`-f lavfi -i testsrc=s=160x120:r=25:d=4 -f lavfi -i sine=440:r=44100:d=4 ${H264} -g 50 -c:a aac`, at("film.mp4"));
const others = [1, 2, 3].map((number) =>
  ffmpeg(`-f lavfi -i testsrc=s=160x120:r=25:d=2 -f lavfi -i sine=${300 + number}:r=44100:d=2 ${H264} -c:a aac`, at(`other-${number}.mp4`)),
);

/** The one entry in a directory. */
function entryIn(dir: string): string {
  const [name, ...rest] = readdirSync(dir);
  assert.ok(name !== undefined && rest.length === 0, `${rest.length + 1} files`);
  return join(dir, name);
}

function flipByte(path: string, place: number): void {
  const bytes = readFileSync(path);
  const value = bytes[place];
  assert.ok(value !== undefined);
  bytes[place] = value ^ 0x55;
  writeFileSync(path, bytes);
}

const whole = await playOnce([film], null);
const pristine = newCache();
await playOnce([film], pristine);
const good = readFileSync(entryIn(pristine));

function withEntry(bytes: Uint8Array): string {
  const dir = newCache();
  const [name] = readdirSync(pristine);
  writeFileSync(join(dir, name ?? ""), bytes);
  return dir;
}

for (const [name, damage] of [
  ["is empty", () => Buffer.alloc(0)],
  ["is no entry at all", () => Buffer.from("#!/bin/sh\necho hello\n".repeat(1000))],
  ["ends after its head", (bytes) => bytes.subarray(0, 4096)],
  ["ends in the middle", (bytes) => bytes.subarray(0, bytes.length >> 1)],
  ["lacks its last byte", (bytes) => bytes.subarray(0, -1)],
  ["lacks its head", (bytes) => Buffer.concat([Buffer.alloc(4096), bytes.subarray(4096)])],
  ["lacks a cluster", (bytes) => Buffer.concat([bytes.subarray(0, 50_000), bytes.subarray(60_000)])],
  ["has another index", (bytes) => Buffer.concat([bytes.subarray(0, -100), Buffer.alloc(80, 1), bytes.subarray(-20)])],
  ["claims an endless index", (bytes) => Buffer.concat([bytes.subarray(0, -16), Buffer.alloc(4, 0xff), bytes.subarray(-12)])],
] satisfies [string, (bytes: Buffer) => Buffer][]) {
  test(`an entry that ${name} is noticed, said once, and made anew by a pass without a gap`, async () => {
    const dir = withEntry(damage(Buffer.from(good)));
    const run = await playOnce([film], dir);
    const pictures = new Set(framesOf(run.messages).map(({ timelineUs }) => timelineUs));
    assert.equal(pictures.size, 100);
    assert.equal(joinSound(soundOf(run.messages), 2).length, 4 * 44_100 * 2);
    assert.match(run.said.join("\n"), /^cache: the entry of film\.mp4 was damaged; it is made anew$/);
    // What a whole pass has made anew is kept; one that began from the entry leaves it to the next pass.
    if (cachedOf(run.messages)[0] === true) await playOnce([film], dir);
    const again = await playOnce([film], dir);
    assert.deepEqual(cachedOf(again.messages), [true]);
    assert.deepEqual(mediaOf(again.messages), mediaOf(whole.messages));
  });
}

test("a single damaged byte anywhere is no picture and no sound: the film itself goes on from there", async () => {
  const opened = openEntry(entryIn(pristine), null);
  assert.ok(opened.kind === "open");
  const { index } = opened.entry;
  for (const number of [0, 1, 2, Math.floor(index.count / 3), Math.floor(index.count / 2), index.count - 2, index.count - 1]) {
    const block = index.at(number);
    assert.ok(block !== null);
    const dir = withEntry(good);
    flipByte(entryIn(dir), block.place + Math.floor(block.bytes / 2));
    const run = await playOnce([film], dir);
    const times = framesOf(run.messages).map(({ timelineUs }) => Math.round(timelineUs));
    assert.deepEqual(
      times,
      Array.from({ length: 100 }, (_, picture) => picture * 40_000),
      `block ${number}`,
    );
    assert.equal(joinSound(soundOf(run.messages), 2).length, 4 * 44_100 * 2, `block ${number}`);
    assert.equal(run.said.length, 1);
    assert.deepEqual([...new Set(framesOf(run.messages).map(({ width }) => width))], [160]);
  }
  opened.entry.close();
});

test("no change of one byte in the index, and none of the head, is taken for an entry", () => {
  const dir = withEntry(good);
  const path = entryIn(dir);
  for (const place of [
    0,
    40,
    100,
    300,
    4000,
    good.length - 1,
    good.length - 10,
    good.length - 15,
    good.length - 19,
    good.length - 200,
    good.length - 3000,
  ]) {
    writeFileSync(path, good);
    flipByte(path, place);
    assert.equal(openEntry(path, null).kind, "damaged", `byte ${place}`);
  }
  assert.equal(parseIndex(Buffer.alloc(0)), null);
});

test("an entry under another name than its own is not believed", async () => {
  const dir = newCache();
  const other = newCache();
  await playOnce([others[0] ?? ""], other);
  writeFileSync(join(dir, readdirSync(pristine)[0] ?? ""), readFileSync(entryIn(other)));
  const run = await playOnce([film], dir);
  assert.deepEqual(cachedOf(run.messages), [false]);
  assert.match(run.said.join(), /damaged/);
});

test("an entry that goes away while it is played plays to its end, and is made anew in the next pass", async () => {
  const dir = withEntry(good);
  const run = startRun([film], dir, { loop: true });
  await run.playTo((message) => message.kind === "frame");
  execFileSync("rm", [entryIn(dir)]);
  let entered = 0;
  await run.playTo((message) => message.kind === "item" && ++entered === 2);
  assert.deepEqual(cachedOf(run.messages), [true, false, true]);
});

test("the least recently used film goes first, and the directory never holds more than it may", async () => {
  const dir = newCache();
  await playOnce(others.slice(0, 1), dir);
  const one = statSync(entryIn(dir)).size;
  const maxBytes = Math.floor(one * 2.7);
  await playOnce(others.slice(1, 2), dir, { maxBytes });
  const names = readdirSync(dir);
  assert.equal(names.length, 2);
  // The first one was used long ago, and then once more.
  for (const name of names) utimesSync(join(dir, name), 1000, 1000);
  await playOnce(others.slice(0, 1), dir, { maxBytes });
  const run = startRun(others.slice(2), dir, { maxBytes });
  let most = 0;
  await run.playTo(() => {
    most = Math.max(
      most,
      readdirSync(dir).reduce((sum, name) => sum + (statSync(join(dir, name), { throwIfNoEntry: false })?.size ?? 0), 0),
    );
    return false;
  });
  assert.ok(most <= maxBytes, `${most} of ${maxBytes} bytes`);
  const kept = async (index: number): Promise<boolean | undefined> =>
    cachedOf((await playOnce(others.slice(index, index + 1), dir, { maxBytes: 1 })).messages)[0];
  assert.deepEqual([await kept(0), await kept(1), await kept(2)], [true, false, true]);
});

test("a film that the cache cannot hold is said once, plays, and leaves nothing half made", async () => {
  const dir = newCache();
  await playOnce(others.slice(0, 1), dir);
  const maxBytes = Math.floor(statSync(entryIn(dir)).size * 1.2);
  const run = startRun([film], dir, { maxBytes, loop: true });
  let entered = 0;
  await run.playTo((message) => message.kind === "item" && ++entered > 3);
  assert.deepEqual(run.said, [
    `cache: film.mp4: takes more than the cache may hold (${maxBytes} bytes) and is encoded in every pass; raise cache.maxBytes`,
  ]);
  assert.deepEqual(kindsIn(dir), []);
});

test("a film that has no room while others are being kept is kept in a later pass", async () => {
  const dir = newCache();
  await playOnce(others.slice(0, 1), dir);
  const maxBytes = statSync(entryIn(dir)).size * 3;
  const half = join(dir, `${"0".repeat(32)}.${ownOwner()}.part`);
  writeFileSync(half, "");
  truncateSync(half, maxBytes - 1);
  const run = startRun(others.slice(1, 2), dir, { maxBytes, loop: true });
  let entered = 0;
  await run.playTo((message) => {
    if (message.kind === "item" && ++entered === 2) rmSync(half);
    return entered > 3;
  });
  assert.deepEqual(run.said, [
    `cache: other-2.mp4: other films that are being kept take the room (${maxBytes} bytes); the next full pass tries again`,
  ]);
  assert.equal(cachedOf(run.messages).at(-1), true);
});

test("two processes that play the same film at once make its entry once", async () => {
  const dir = newCache();
  const cache = { dir, maxBytes: 1 << 30 };
  const runs = [1, 2].map(() => startSource(openCommand([film], { cache, loop: true })));
  const parts = new Set<string>();
  let isOver = false;
  const watch = (): void => {
    for (const name of readdirSync(dir, { withFileTypes: true })) if (name.name.endsWith(".part")) parts.add(name.name);
    if (!isOver) setTimeout(watch, 5);
  };
  mkdirSync(dir, { recursive: true });
  watch();
  await Promise.all(runs.map((run) => run.waitFor((message) => message.kind === "item" && message.info.cached)));
  isOver = true;
  await Promise.all(runs.map((run) => run.stop()));
  assert.equal(parts.size, 1);
  assert.deepEqual(kindsIn(dir), ["mkv"]);
});

test("what a process that died has left half made is removed, and the entry is made by the next one", async () => {
  const dir = newCache();
  const run = startSource(openCommand([film], { cache: { dir, maxBytes: 1 << 30 }, readAhead: { maxMs: 100, maxBytes: 1 << 20 } }));
  await run.waitFor((message) => message.kind === "frame" && message.timelineUs > 2e6);
  run.setReading(false);
  for (let waited = 0; !readdirSync(dir).some((name) => name.endsWith(".part")); waited++) {
    assert.ok(waited < 500, "nothing is being made");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await run.stop();
  assert.deepEqual(kindsIn(dir), ["lock", "part"]);
  await playOnce([film], dir);
  assert.deepEqual(kindsIn(dir), ["mkv"]);
});

test("files of others in the directory are left alone", async () => {
  const dir = newCache();
  for (const name of ["notes.txt", "film.mkv", "compile"]) writeFileSync(join(dir, name), "x".repeat(1000));
  await playOnce([film], dir, { maxBytes: 4_000_000 });
  await playOnce(others, dir, { maxBytes: 1_500_000 });
  for (const name of ["notes.txt", "film.mkv", "compile"]) assert.ok(readdirSync(dir).includes(name));
});

const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? false : "needs root: sudo npm test";

test("a full disk switches the cache off with one line, nothing half made stays, and the film plays on", { skip: asRoot }, (context) => {
  const dir = mkdtempSync(at("full-"));
  assert.equal(spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", dir]).status, 0);
  context.after(() => spawnSync("umount", [dir]));
  return withoutGap(
    dir,
    new RegExp(`^cache: ${dir}: the disk is full; make room on it, or name another one in cache\\.dir; films are encoded in every pass`),
  );
});

test("a directory that cannot be written to is said once, and the films play", { skip: asRoot }, (context) => {
  const dir = mkdtempSync(at("read-only-"));
  assert.equal(spawnSync("mount", ["-t", "tmpfs", "-o", "ro", "tmpfs", dir]).status, 0);
  context.after(() => spawnSync("umount", [dir]));
  return withoutGap(dir, new RegExp(`^cache: ${dir}: cannot be written to; make it writable`));
});

test("entries of a directory that cannot be written to are played", { skip: asRoot }, async (context) => {
  const dir = withEntry(good);
  assert.equal(spawnSync("mount", ["--bind", dir, dir]).status, 0);
  context.after(() => spawnSync("umount", [dir]));
  assert.equal(spawnSync("mount", ["-o", "remount,ro,bind", dir]).status, 0);
  const run = await playOnce([film], dir);
  assert.deepEqual(cachedOf(run.messages), [true]);
  assert.deepEqual(run.said, []);
});

test(
  "an entry that cannot be removed is passed by; in the way, it switches the cache off with one line",
  { skip: asRoot },
  async (context) => {
    const dir = newCache();
    await playOnce(others.slice(0, 1), dir);
    const stuck = entryIn(dir);
    assert.equal(spawnSync("mount", ["--bind", stuck, stuck]).status, 0);
    context.after(() => spawnSync("umount", [stuck]));
    utimesSync(stuck, 1000, 1000);
    await playOnce(others.slice(1, 2), dir);
    const passing = await playOnce(others.slice(2), dir, { maxBytes: Math.floor(statSync(stuck).size * 2.5) });
    assert.deepEqual([passing.said, kindsIn(dir)], [[], ["mkv", "mkv"]]);
    const blocked = await playOnce([film], dir, { maxBytes: Math.floor(statSync(stuck).size * 2.5) });
    assert.equal(framesOf(blocked.messages).length, 100);
    assert.match(blocked.said.join("\n"), /^cache: .*: cannot be used \([A-Z]*\); name another directory in cache\.dir; films are [^\n]*$/);
    assert.deepEqual(kindsIn(dir), ["mkv"]);
  },
);

test("a cache directory that is a file is said once, and the films play", () => {
  const dir = at("a-file");
  writeFileSync(dir, "x");
  chmodSync(dir, 0o600);
  return withoutGap(dir, new RegExp(`^cache: ${dir}: is no directory; name another one in cache\\.dir`));
});

const denied = (call: string): never => {
  throw Object.assign(new Error(`EACCES: permission denied, ${call}`), { code: "EACCES" });
};

/** What the system refuses to others is not refused to root. Returns what ends it. */
function mockFileSystem(
  context: TestContext,
  method: "readdirSync" | "openSync",
  implementation: (path: string, ...how: readonly string[]) => unknown,
): () => void {
  const mocked = context.mock.method(fs, method, implementation);
  syncBuiltinESMExports();
  const restore = (): void => {
    mocked.mock.restore();
    syncBuiltinESMExports();
  };
  context.after(restore);
  return restore;
}

test("a directory that cannot be looked through is no empty one: it is said once, and nothing is written to it", async (context) => {
  const dir = newCache();
  const restore = mockFileSystem(context, "readdirSync", () => denied("scandir"));
  const run = startRun([film], dir, { loop: true });
  let entered = 0;
  await run.playTo((message) => message.kind === "item" && ++entered > 2);
  restore();
  assert.equal(run.said.length, 1, run.said.join("\n"));
  assert.match(run.said[0] ?? "", new RegExp(`^cache: ${dir}: may not be read and written; make it readable and writable for the user`));
  assert.deepEqual(kindsIn(dir), []);
});

test("an entry that cannot be read is said once with its path, and stays", async (context) => {
  const dir = withEntry(good);
  const { openSync } = fs;
  mockFileSystem(context, "openSync", (path, flags = "r", mode) => (path.endsWith(".mkv") ? denied("open") : openSync(path, flags, mode)));
  const run = startRun([film], dir, { loop: true });
  let entered = 0;
  await run.playTo((message) => message.kind === "item" && ++entered > 2);
  assert.deepEqual(run.said, [
    `cache: ${entryIn(dir)}: the entry of film.mp4 cannot be read (EACCES); make it readable for the user that runs streamerd, or remove it`,
  ]);
});

test("a cache that is removed while an entry is made is filled by the next pass", async () => {
  const dir = newCache();
  const run = startRun([film], dir, { loop: true });
  await run.playTo((message) => message.kind === "frame" && message.timelineUs > 2e6);
  rmSync(dir, { recursive: true });
  let entered = 0;
  await run.playTo((message) => message.kind === "item" && ++entered === 2);
  assert.deepEqual(run.said, ["cache: the entry of film.mp4 was removed while it was made; the next full pass makes it"]);
  assert.deepEqual(cachedOf(run.messages), [false, false, true]);
  assert.deepEqual(kindsIn(dir), ["mkv"]);
});

test("streamctl says why a directory cannot be read, and does not take it for an empty one", () => {
  const loop = at("loop");
  symlinkSync(loop, loop);
  for (const [dir, reason] of [
    [loop, /loop: leads round in a circle of links; name another directory/],
    [film, /film\.mp4: is no directory; name another one/],
  ] as const) {
    assert.throws(() => listCache({ config: null, dir }), { message: reason });
    assert.throws(() => clearCache({ config: null, dir }), { message: reason });
  }
});

async function withoutGap(dir: string, said: RegExp): Promise<void> {
  const run = startRun([film, ...others], dir, { loop: true });
  let entered = 0;
  await run.playTo((message) => message.kind === "item" && ++entered > 5);
  assert.equal(run.said.length, 1, run.said.join("\n"));
  assert.match(run.said[0] ?? "", said);
  assert.ok(cachedOf(run.messages).every((isCached) => !isCached));
  const times = framesOf(run.messages).map(({ timelineUs }) => Math.round(timelineUs));
  assert.deepEqual(
    times,
    times.map((_, picture) => picture * 40_000),
  );
  joinSound(soundOf(run.messages), 2);
  if (statSync(dir).isDirectory()) assert.deepEqual(readdirSync(dir), []);
}

test("a half-written length does not hurt: an entry that was cut to any length is noticed", () => {
  const dir = withEntry(good);
  const path = entryIn(dir);
  for (let length = good.length - 1; length > 0; length -= Math.ceil(good.length / 60)) {
    truncateSync(path, length);
    assert.equal(openEntry(path, null).kind, "damaged", `${length} bytes`);
  }
});

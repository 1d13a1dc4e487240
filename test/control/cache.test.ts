// streamctl prepare and streamctl cache, as processes, on a real film.
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";

const main = resolve(import.meta.dirname, "../../control/streamctl/main.ts");
const folder = mkdtempSync(join(tmpdir(), "streamctl-cache-"));
after(() => rmSync(folder, { recursive: true }));

const films = join(folder, "films");
mkdirSync(films);
for (const name of ["one.mp4", "two.mp4"]) {
  const source = `testsrc=s=64x48:r=25:d=1,hue=h=${name.length * 10}:s=${name === "one.mp4" ? 1 : 2}`;
  execFileSync("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "ultrafast", join(films, name)]);
}
const one = join(films, "one.mp4");

type Outcome = { readonly status: number | null; readonly out: string; readonly err: string };

function start(args: readonly string[]) {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, XDG_CACHE_HOME: folder },
  });
  const ended: Promise<Outcome> = Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]).then(([out, err]) => ({
    status: child.exitCode,
    out,
    err,
  }));
  return { child, ended };
}
const run = (...args: readonly string[]): Promise<Outcome> => start(args).ended;

test("prepare encodes the films of a directory, and says of those that are there that they are; list shows them, clear removes them", async () => {
  const dir = join(folder, "cache");
  const first = await run("prepare", films, "--dir", dir);
  assert.deepEqual([first.status, first.err], [0, ""]);
  assert.equal(first.out, `${one}: is in the cache now\n${join(films, "two.mp4")}: is in the cache now\n`);
  const again = await run("prepare", one, "--dir", dir);
  assert.deepEqual(again, { status: 0, out: `${one}: is in the cache already\n`, err: "" });

  const list = await run("cache", "list", "--dir", dir);
  assert.match(list.out, /2 films, .* of at most 4\.3 GB\n/);
  // The one that was looked for again was used last.
  assert.match(list.out, /one\.mp4 +0:01 .*width 500, quality 80, 44100 Hz stereo.*\.mkv\n.*two\.mp4/);
  const { films: listed } = JSON.parse((await run("--json", "cache", "list", "--dir", dir)).out);
  assert.partialDeepStrictEqual(listed[0], { name: "one.mp4", durationMs: 1000, settings: { width: 500, quality: 80 } });

  assert.match((await run("cache", "clear", "--dir", dir)).out, /^2 films, .*, removed from /);
  assert.deepEqual(readdirSync(dir), []);
});

test("prepare takes the directory and the settings of the channel that is named from the config file", async () => {
  const config = join(folder, "streamerd.yml");
  writeFileSync(
    config,
    "cache: {dir: configured}\nchannels:\n  small: {video: {width: 32, quality: 30}, audio: {enabled: false}}\n  large: {}\n",
  );
  const refused = await run("prepare", "--config", config, one);
  assert.deepEqual(refused, {
    status: 2,
    out: "",
    err: "streamctl: which channel's settings? there are small, large; name one with --channel\n",
  });
  assert.equal((await run("prepare", "--config", config, "--channel", "small", one)).status, 0);
  const { dir, films: listed } = JSON.parse((await run("--json", "cache", "list", "--config", config)).out);
  assert.equal(dir, join(folder, "configured"));
  assert.partialDeepStrictEqual(listed, [{ settings: { width: 32, quality: 30, audio: null } }]);
});

test("entries of one film that differ by the most bytes of a picture can be told apart: a datagram channel has one of its own", async () => {
  const config = join(folder, "two-profiles.yml");
  writeFileSync(config, "cache: {dir: profiles}\nchannels:\n  net: {}\n  script: {profile: datagram}\n");
  for (const channel of ["net", "script"]) await run("prepare", "--config", config, "--channel", channel, one);
  const { out } = await run("cache", "list", "--config", config);
  assert.match(out, /2 films/);
  assert.deepEqual(out.match(/maxFrameBytes \d+/g)?.length, 1, out);
  assert.match(out, /quality 80, maxFrameBytes \d+, 44100 Hz stereo.*\n.*quality 80, 44100 Hz stereo/);
});

test("what cannot be prepared is one line, the status is 1, and the others are prepared", async () => {
  const dir = join(folder, "partly");
  const text = join(folder, "text.mp4");
  writeFileSync(text, "no film");
  const { status, out, err } = await run("prepare", join(folder, "missing.mp4"), text, one, "--dir", dir);
  assert.equal(status, 1);
  assert.equal(out, `${one}: is in the cache now\n`);
  const lines = err.trimEnd().split("\n");
  assert.match(lines[0] ?? "", /^streamctl: .*missing\.mp4: there is no such file or directory; check the path$/);
  assert.match(lines[1] ?? "", /^streamctl: .*text\.mp4: is not a media file that FFmpeg knows/);
  assert.equal(lines.length, 2);
  const off = join(folder, "off.yml");
  writeFileSync(off, "cache: {maxBytes: 0}\n");
  assert.match((await run("prepare", "--config", off, one)).err, /cache\.maxBytes is 0/);
});

test("what keeps a film out of the cache is its one reason, and a directory that cannot be had is told before anything is encoded", async () => {
  const small = join(folder, "small.yml");
  writeFileSync(small, "cache: {maxBytes: 1000}\n");
  const { status, err } = await run("prepare", "--config", small, "--dir", join(folder, "small"), one);
  assert.equal(status, 1);
  assert.match(err, /^streamctl: \S+one\.mp4: cache: one\.mp4: takes more than the cache may hold \(1000 bytes\) [^\n]*\n$/);
  const dir = join(one, "cache");
  for (const [place, why] of [
    [dir, "is no directory; name another one in cache.dir"],
    ["/proc/streamerd/cache", "cannot be made there; name another directory in cache.dir"],
  ] as const)
    assert.deepEqual(await run("prepare", "--dir", place, one), { status: 1, out: "", err: `streamctl: ${place}: ${why}\n` });
});

const asRoot = process.getuid?.() === 0 ? false : "needs root: sudo npm test";

test("a full disk ends prepare at the film that it filled up at, with one line that says so", { skip: asRoot }, async (context) => {
  const dir = join(folder, "full");
  mkdirSync(dir);
  assert.equal(spawnSync("mount", ["-t", "tmpfs", "-o", "size=8k", "tmpfs", dir]).status, 0);
  context.after(() => spawnSync("umount", [dir]));
  const words = "the disk is full; make room on it, or name another one in cache.dir";
  const last = await run("prepare", one, "--dir", dir);
  assert.deepEqual(last, { status: 1, out: "", err: `streamctl: ${one}: ${dir}: ${words}\n` });
  const first = await run("prepare", films, one, "--dir", dir);
  assert.deepEqual(first, { status: 1, out: "", err: `streamctl: ${one}: ${dir}: ${words}; the 2 films after it were left out\n` });
  assert.deepEqual(readdirSync(dir), []);
});

test("a directory that is not there, or cannot be looked into, is told as that, and not as an empty cache", async () => {
  const none = join(folder, "none");
  const file = join(folder, "file");
  writeFileSync(file, "");
  for (const verb of ["list", "clear"]) {
    for (const [dir, why] of [
      [none, `${none}: there is no such directory`],
      [file, `${file}: is no directory; name another one in cache.dir`],
    ] as const)
      assert.deepEqual(await run("cache", verb, "--dir", dir), { status: 1, out: "", err: `streamctl: ${why}\n` });
  }
  // Nothing has been kept yet.
  assert.match((await run("cache", "list")).out, /: 0 films, /);
});

test("prepare that is interrupted leaves nothing half made", async () => {
  const dir = join(folder, "interrupted");
  const long = join(folder, "long.mp4");
  execFileSync("ffmpeg", [
    "-v",
    "error",
    "-f",
    "lavfi",
    "-i",
    "testsrc=s=640x480:r=25:d=60",
    "-c:v",
    "libx264",
    "-preset",
    "ultrafast",
    long,
  ]);
  const { child, ended } = start(["prepare", long, "--dir", dir]);
  for (let waited = 0; !hasPart(dir); waited++) {
    assert.ok(waited < 1500 && child.exitCode === null, "it makes nothing");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  child.kill("SIGINT");
  const { status, err } = await ended;
  assert.deepEqual([status, err], [1, "streamctl: interrupted; what was complete is kept\n"]);
  assert.deepEqual(readdirSync(dir), []);
});

function hasPart(dir: string): boolean {
  try {
    return readdirSync(dir).some((name) => name.endsWith(".part"));
  } catch {
    return false;
  }
}

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ffmpeg, H264, temporaryFolder } from "./media.ts";
import { errorsOf, framesOf, openCommand, runSource, soundOf, startSource } from "./run-source.ts";

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const good = ffmpeg(`-f lavfi -i testsrc=s=64x48:r=25:d=1 -f lavfi -i sine=440:d=1 ${H264} -c:a aac`, at("good.mp4"));
const big = ffmpeg(`-f lavfi -i testsrc2=s=640x360:r=25:d=20 ${H264} -movflags +faststart`, at("big.mp4"));

function write(name: string, content: string | Uint8Array): string {
  writeFileSync(at(name), content);
  return at(name);
}

/** A file that cannot be played, and what its message must say. */
const CASES: readonly { readonly what: string; readonly path: string; readonly says: RegExp }[] = [
  { what: "a missing file", path: at("missing.mp4"), says: /missing\.mp4: there is no such file; check the path/ },
  { what: "a directory", path: folder, says: /is a directory; name a media file/ },
  {
    what: "a text file",
    path: write("letter.txt", "Dear reader,\n".repeat(50)),
    says: /letter\.txt: is not a media file that FFmpeg knows/,
  },
  { what: "a text file called mp4", path: write("letter.mp4", "Dear reader,\n".repeat(50)), says: /letter\.mp4: is not a media file/ },
  { what: "an empty file", path: write("empty.mp4", ""), says: /empty\.mp4: the file is empty/ },
  {
    what: "an MP4 without its moov",
    path: write("half.mp4", readFileSync(good).subarray(0, 4000)),
    says: /half\.mp4: the MP4 is incomplete.*copy or record it again/,
  },
  { what: "a list of bare names", path: write("list.m3u", "# mine\r\ngood.mp4\r\n"), says: /list\.m3u: is a list that names other files/ },
  { what: "noise", path: write("noise.mkv", Buffer.alloc(5000, "\x93\x11q")), says: /noise\.mkv: is not a media file/ },
  { what: "a device", path: "/dev/zero", says: /is no regular file/ },
];

for (const { what, path, says } of CASES) {
  test(`${what} is one line that names it and the remedy, and status 2`, async () => {
    const run = startSource(openCommand([path], { loop: true }));
    const { code } = await run.exited;
    assert.equal(code, 2);
    const errors = errorsOf(run.messages);
    assert.equal(errors.length, 1);
    assert.match(errors[0]?.message ?? "", says);
    assert.doesNotMatch(errors[0]?.message ?? "", /\n/);
    assert.equal(errors[0]?.fatal, true);
    assert.ok(run.stderr().split("\n").length < 25);
  });
}

test("bad items of a playlist are told and skipped", async () => {
  const messages = await runSource(openCommand([at("missing.mp4"), good, at("letter.txt")]));
  assert.deepEqual(
    errorsOf(messages).map(({ itemIndex, fatal }) => [itemIndex, fatal]),
    [
      [0, false],
      [2, false],
    ],
  );
  assert.equal(framesOf(messages).length, 25);
});

test("an MP4 whose end is missing plays as far as it goes, and the next item follows", async () => {
  const bytes = readFileSync(big);
  const cut = write("cut.mp4", bytes.subarray(0, bytes.length / 2));
  const messages = await runSource(openCommand([cut, good]));
  const frames = framesOf(messages);
  assert.ok(frames.length > 125 && frames.length < 525, `${frames.length} frames`);
  assert.deepEqual(errorsOf(messages), []);
  assert.equal(messages.filter((message) => message.kind === "item").length, 2);
});

test("damaged packets cost their pictures, not the film", async () => {
  const bytes = Buffer.from(readFileSync(big));
  const middle = Math.floor(bytes.length / 2);
  bytes.fill(0x5a, middle, middle + 20_000);
  const messages = await runSource(openCommand([write("damaged.mp4", bytes)]));
  assert.ok(framesOf(messages).length > 400);
  assert.deepEqual(errorsOf(messages), []);
});

test("damaged sound that claims to have dozens of channels costs its moment, not the film", async () => {
  const song = ffmpeg("-f lavfi -i sine=440:d=20 -c:a aac -movflags +faststart", at("song.m4a"));
  const bytes = readFileSync(song);
  const from = bytes.indexOf("mdat") + 5004;
  for (const seed of [257, 260, 277, 292]) {
    const damaged = Buffer.from(bytes);
    for (let at = from, noise = seed; at < damaged.length; at++) {
      noise = (Math.imul(noise, 1_664_525) + 1_013_904_223) >>> 0;
      damaged[at] = noise >>> 24;
    }
    const messages = await runSource(openCommand([write("damaged.m4a", damaged)]));
    assert.deepEqual(errorsOf(messages), [], `noise of ${seed}`);
    assert.ok(soundOf(messages).length > 10);
  }
});

test("a file without permission says so", async () => {
  const secret = write("secret.mp4", readFileSync(good));
  chmodSync(secret, 0);
  if (process.getuid?.() !== 0) {
    assert.match(errorsOf(await runSource(openCommand([secret])))[0]?.message ?? "", /secret\.mp4: no permission/);
    return;
  }
  // Root may read everything: a process that has become nobody makes the check, once the module is loaded.
  chmodSync(folder, 0o755);
  const module = new URL("../../daemon/source/file-check.ts", import.meta.url).href;
  const script = `import("${module}").then((module) => {
    process.setgroups([]);
    process.setgid(65534);
    process.setuid(65534);
    module.checkFile(${JSON.stringify(secret)});
  }).catch((error) => console.log(error.message))`;
  assert.match(execFileSync(process.execPath, ["-e", script], { encoding: "utf8" }), /secret\.mp4: no permission to read it/);
});

test("a file that vanishes while it plays is played to its end, then told", async () => {
  const path = at("vanishing.mp4");
  copyFileSync(good, path);
  const run = startSource(openCommand([path], { loop: true, readAhead: { maxMs: 400, maxBytes: 1 << 20 } }));
  await run.waitFor((message) => message.kind === "frame");
  rmSync(path);
  assert.equal((await run.exited).code, 2);
  assert.match(errorsOf(run.messages)[0]?.message ?? "", /vanishing\.mp4: there is no such file/);
  assert.equal(framesOf(run.messages).length % 25, 0);
});

test("a file that is replaced is played as it was, and as it is from the next pass on", async () => {
  const path = at("replaced.mp4");
  copyFileSync(good, path);
  const run = startSource(openCommand([path], { loop: true, readAhead: { maxMs: 400, maxBytes: 1 << 20 } }));
  await run.waitFor((message) => message.kind === "frame");
  copyFileSync(big, `${path}.new`);
  renameSync(`${path}.new`, path);
  await run.waitFor((message) => message.kind === "frame" && message.width === 500);
  await run.stop();
  assert.deepEqual(errorsOf(run.messages), []);
});

test("lists that name other files are refused, whatever they are called", async () => {
  const lists = {
    ffconcat: `ffconcat version 1.0\nfile ${good}\n`,
    m3u8: `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:1,\nfile://${good}\n#EXT-X-ENDLIST\n`,
    mpd: `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period/></MPD>`,
    sdp: "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 26\n",
  };
  for (const [kind, content] of Object.entries(lists)) {
    for (const name of [`list.${kind}`, `list-${kind}.mp4`]) {
      const messages = await runSource(openCommand([write(name, content)]));
      assert.match(errorsOf(messages)[0]?.message ?? "", /names other files|is not a media file/, name);
      assert.deepEqual(framesOf(messages), []);
    }
  }
});

test("a name that FFmpeg would take for a protocol is only a name", async () => {
  for (const name of [`concat:${good}`, "http://127.0.0.1:1/film.mp4", `subfile,,start,0,end,0,,:${good}`]) {
    const messages = await runSource(openCommand([name]));
    assert.match(errorsOf(messages)[0]?.message ?? "", /there is no such file/);
  }
});

test("an image sequence pattern opens no image", async () => {
  mkdirSync(at("sequence"), { recursive: true });
  ffmpeg("-f lavfi -i testsrc=s=64x48 -frames:v 1", at("sequence/1.png"));
  const pattern = write("sequence/%d.png", readFileSync(at("sequence/1.png")));
  assert.equal(framesOf(await runSource(openCommand([pattern]))).length, 0);
});

test("a QuickTime film whose media lies in another file does not open that file", async () => {
  const plain = ffmpeg(`-f lavfi -i testsrc=s=64x48:r=25:d=1 ${H264} -f mov`, at("plain.mov"));
  const bytes = withDataReference(readFileSync(plain), "plain.mov");
  bytes.fill(0, bytes.indexOf("mdat") + 4, bytes.indexOf("moov") - 4);
  const reference = write("reference.mov", bytes);
  // It is a good reference: ffmpeg follows it when it is allowed to.
  const followed = execFileSync("ffmpeg", ["-v", "quiet", "-enable_drefs", "1", "-i", reference, "-f", "rawvideo", "-"], {
    maxBuffer: 1 << 28,
  });
  assert.equal(followed.length, (25 * 64 * 48 * 3) / 2);
  assert.deepEqual(framesOf(await runSource(openCommand([reference]))), []);
});

/** The film with its data reference replaced by an alias of a file beside it. Its moov follows its mdat, so that no offset changes. */
function withDataReference(film: Buffer, neighbour: string): Buffer {
  const path = Buffer.from(`/${neighbour}`);
  const alias = Buffer.alloc(12 + 150 + 4 + path.length + (path.length % 2) + 4);
  alias.writeUInt32BE(alias.length, 0);
  alias.write("alis", 4, "latin1");
  // "One level up, one level down": the path's last part, in the film's folder.
  alias.writeUInt16BE(1, 12 + 130);
  alias.writeUInt16BE(1, 12 + 132);
  alias.writeUInt16BE(2, 12 + 150);
  alias.writeUInt16BE(path.length, 12 + 152);
  path.copy(alias, 12 + 154);
  alias.writeInt16BE(-1, alias.length - 4);
  const old = film.indexOf("url ", film.indexOf("dref")) - 4;
  const oldLength = film.readUInt32BE(old);
  const bytes = Buffer.concat([film.subarray(0, old), alias, film.subarray(old + oldLength)]);
  for (const parent of ["dref", "dinf", "minf", "mdia", "trak", "moov"]) {
    const place = film.lastIndexOf(parent, old) - 4;
    bytes.writeUInt32BE(film.readUInt32BE(place) + alias.length - oldLength, place);
  }
  return bytes;
}

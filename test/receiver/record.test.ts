import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { BytesOut, RecordRequest } from "../../control/receive-request.ts";
import { runRecord } from "../../receiver/commands/record.ts";
import type { StreamForm } from "../../receiver/media.ts";
import { openRecording } from "../../receiver/sinks/record/recording.ts";
import type { Recording, RecordingOptions } from "../../receiver/sinks/record/recording.ts";
import { Timeline } from "../../receiver/sinks/record/timeline.ts";
import type { Placed } from "../../receiver/sinks/record/timeline.ts";
import { startServer, testHandlers, until } from "../control/fixture.ts";

const RATE = 44_100;
const BLOCK = 320;
const FPS = 24;
const FORM: StreamForm = {
  name: "main",
  video: { size: { width: 500, height: 281 }, fps: FPS },
  audio: { sampleRateHz: RATE, channels: 2 },
};
/** 2026, as senders' clocks count. */
const START_MS = 1.795e12;
/** Of the stream's own clock: nothing begins at zero. */
const FIRST_SAMPLE = 987_654;
const CHILD = fileURLToPath(new URL("record-child.ts", import.meta.url));

const REQUEST = {
  mayFind: false,
  channel: null,
  transport: "auto",
  latencyMs: 200,
  interface: null,
  name: null,
  mostFps: null,
  pass: null,
  durationMs: null,
  segmenting: null,
  overwrite: false,
} as const satisfies Omit<RecordRequest, "path" | "targets">;

function folderFor(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "streamerd-record-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

let made: readonly Uint8Array[] | null = null;
/** Two seconds of pictures, no two of them alike. */
function jpegs(): readonly Uint8Array[] {
  if (made !== null) return made;
  const folder = mkdtempSync(join(tmpdir(), "streamerd-jpegs-"));
  execFileSync("ffmpeg", [
    "-v",
    "error",
    "-f",
    "lavfi",
    "-i",
    `testsrc2=s=500x281:r=${FPS}:d=2`,
    "-q:v",
    "4",
    "-pix_fmt",
    "yuvj420p",
    join(folder, "%03d.jpg"),
  ]);
  made = readdirSync(folder)
    .toSorted()
    .map((name) => new Uint8Array(readFileSync(join(folder, name))));
  rmSync(folder, { recursive: true });
  return made;
}

const sampleAt = (place: number, channel: number): number => (((place * 7 + channel * 31) % 20_000) - 10_000) | 1;

/** Feeds media from `fromMs` to `toMs` as a receiver gives it out: sound a little before the picture of its time. */
function feed(
  recording: Recording,
  fromMs: number,
  toMs: number,
  options: { readonly pictures?: boolean; readonly clockStepMs?: number; readonly firstSample?: number } = {},
): void {
  const { clockStepMs = 0, firstSample = FIRST_SAMPLE } = options;
  const pictures = jpegs();
  let frame = Math.ceil((fromMs * FPS) / 1000);
  for (let block = Math.ceil((fromMs * RATE) / 1000 / BLOCK); (block * BLOCK * 1000) / RATE < toMs; block++) {
    const atMs = (block * BLOCK * 1000) / RATE;
    const samples = new Int16Array(BLOCK * 2);
    for (let index = 0; index < samples.length; index++) samples[index] = sampleAt(block * BLOCK + (index >> 1), index & 1);
    const senderMs = START_MS + clockStepMs + atMs;
    recording.sound({ samples, firstSample: firstSample + block * BLOCK, senderMs, localMs: atMs, playAtMs: atMs, lostSamples: 0 });
    for (; options.pictures !== false && (frame * 1000) / FPS <= atMs - 10; frame++) {
      const jpeg = pictures[frame % pictures.length] ?? new Uint8Array();
      const localMs = (frame * 1000) / FPS;
      recording.picture({ jpeg, width: 500, height: 281, senderMs: START_MS + clockStepMs + localMs, localMs, showAtMs: localMs });
    }
  }
}

async function record(path: string, changes: Partial<RecordingOptions> = {}, toMs = 5000): Promise<Recording> {
  const recording = openRecording({ path, form: FORM, segmenting: null, overwrite: false, ...changes });
  feed(recording, 0, toMs);
  await recording.close();
  return recording;
}

const probe = (path: string, ...words: readonly string[]): string =>
  execFileSync("ffprobe", ["-v", "fatal", ...words, path], { encoding: "utf8" });
const durationOf = (path: string): number => Number(probe(path, "-show_entries", "format=duration", "-of", "csv=p=0"));
const timesOf = (path: string, stream: string): readonly number[] =>
  probe(path, "-select_streams", stream, "-show_entries", "packet=pts_time", "-of", "csv=p=0").trim().split("\n").map(Number.parseFloat);
/** 16 bit stereo, as the file gives it. */
function soundOf(path: string): Int16Array {
  // Matroska's milliseconds make ffmpeg complain of its own rounding.
  const bytes = execFileSync("ffmpeg", ["-v", "fatal", "-i", path, "-map", "0:a", "-f", "s16le", "-"], { maxBuffer: 1 << 28 });
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** Standard output, whose reader takes so much. */
function pipe(mostTaken = Infinity): { readonly out: BytesOut; readonly written: () => Buffer } {
  const pieces: Uint8Array[] = [];
  const length = (): number => pieces.reduce((sum, piece) => sum + piece.length, 0);
  const out: BytesOut = {
    write: (piece) => void pieces.push(piece),
    waiting: () => Math.max(0, length() - mostTaken),
    finish: () => Promise.resolve(),
  };
  return { out, written: () => Buffer.concat(pieces) };
}

async function recordThroughPipe(path: string): Promise<Recording> {
  const { out, written } = pipe();
  const recording = await record("-", { out });
  writeFileSync(path, written());
  return recording;
}

for (const [way, make] of [
  ["mkv", record],
  ["standard output", recordThroughPipe],
] as const)
  test(`${way}: each JPEG as it came, at its exact time, and every sample`, async (context) => {
    const folder = folderFor(context);
    const path = join(folder, "film.mkv");
    const recording = await make(path);
    const times = timesOf(path, "v");
    assert.equal(times.length, recording.progress().pictures);
    for (const [index, time] of times.entries()) assert.ok(Math.abs(time - index / FPS) <= 0.0006, `picture ${index} at ${time}`);
    execFileSync("ffmpeg", ["-v", "error", "-i", path, "-map", "0:v", "-c", "copy", "-f", "image2", join(folder, "%03d.jpg")]);
    for (const [index, jpeg] of jpegs().entries()) {
      const name = join(folder, `${String(index + 1).padStart(3, "0")}.jpg`);
      assert.deepEqual(new Uint8Array(readFileSync(name)), jpeg, name);
    }
    const sound = soundOf(path);
    const blocks = Math.ceil((5 * RATE) / BLOCK);
    assert.equal(sound.length / 2, blocks * BLOCK);
    for (let index = 0; index < sound.length; index += 997) assert.equal(sound[index], sampleAt(index >> 1, index & 1));
    if (way === "mkv") assert.ok(Math.abs(durationOf(path) - (blocks * BLOCK) / RATE) < 0.002);
  });

test("standard output: a picture leaves as soon as it is there, and who does not read loses the oldest, at true times", async (context) => {
  const path = join(folderFor(context), "film.mkv");
  const { out, written } = pipe();
  const prompt = openRecording({ path: "-", form: FORM, segmenting: null, overwrite: false, out });
  feed(prompt, 0, 200);
  assert.ok(written().includes(Buffer.from(jpegs()[3] ?? [])));
  await prompt.close();
  const slow = pipe(100_000);
  const recording = await record("-", { out: slow.out }, 120_000);
  writeFileSync(path, slow.written());
  assert.ok(slow.written().length < 20e6 && slow.written().length < 0.5 * recording.progress().pictures * (jpegs()[0]?.length ?? 0));
  const times = timesOf(path, "v");
  const gaps = times.slice(1).filter((time, index) => time - (times[index] ?? 0) > 0.05);
  assert.equal(gaps.length, 1, `${gaps}`);
  assert.ok(Math.abs((times.at(-1) ?? 0) - (recording.progress().pictures - 1) / FPS) < 0.001, `${times.at(-1)}`);
});

test("standard output: after a time without anything it goes on with a picture, at its true time", async (context) => {
  const path = join(folderFor(context), "film.mkv");
  const { out, written } = pipe();
  const recording = openRecording({ path: "-", form: FORM, segmenting: null, overwrite: false, out });
  feed(recording, 0, 1000);
  const [jpeg = new Uint8Array()] = jpegs();
  recording.picture({ jpeg, width: 500, height: 281, senderMs: START_MS + 9990, localMs: 9990, showAtMs: 9990 });
  feed(recording, 10_000, 12_000);
  await recording.close();
  writeFileSync(path, written());
  const times = timesOf(path, "v");
  assert.ok(times.some((time) => Math.abs(time - 9.99) < 0.001) && times.some((time) => time > 11.9), `${times}`);
  assert.ok(
    times.every((time) => time < 1 || time > 9.9),
    `${times}`,
  );
});

test("a terminal is given no film, and --json no room beside it", async () => {
  const silent = () => undefined;
  const io = { out: silent, say: silent, progress: silent, columns: () => 80, json: false, signal: new AbortController().signal };
  const request = { ...REQUEST, targets: [{ kind: "tcp", host: "127.0.0.1", port: 1 }], path: "-" } as const;
  await assert.rejects(runRecord(request, io), /^UsageError: record -: standard output is a terminal; give it to a player: /);
  await assert.rejects(runRecord(request, { ...io, json: true, bytes: pipe().out }), /no room for --json/);
});

test("wav: sound alone, of exact length; a file that is there is not written over, but with leave", async (context) => {
  const path = join(folderFor(context), "film.wav");
  const recording = await record(path);
  const blocks = Math.ceil((5 * RATE) / BLOCK);
  assert.equal(soundOf(path).length / 2, blocks * BLOCK);
  assert.equal(recording.progress().bytes, readFileSync(path).length);
  assert.throws(
    () => openRecording({ path, form: FORM, segmenting: null, overwrite: false }),
    /is there already: choose another name, or --force/,
  );
  await record(path, { overwrite: true }, 1000);
  assert.ok(Math.abs(durationOf(path) - 1) < 0.01);
});

test("where it cannot be recorded to is told before anything is looked for", async (context) => {
  const folder = folderFor(context);
  for (const name of ["film.mkv", "part-0001.wav"]) writeFileSync(join(folder, name), "");
  const nowhere = { ...REQUEST, targets: [{ kind: "tcp", host: "127.0.0.1", port: 1 }] } as const;
  const silent = () => undefined;
  const io = { out: silent, say: silent, progress: silent, columns: () => null, json: false, signal: new AbortController().signal };
  const refused = (name: string, changes: Partial<RecordRequest>, reason: RegExp): Promise<void> =>
    assert.rejects(runRecord({ ...nowhere, path: join(folder, name), ...changes }, io), reason);
  const segmenting = { minutes: 1, keep: null };
  await refused("film.mkv", {}, /film\.mkv is there already: choose another name, or --force to write over it/);
  await refused("film.mkv", { overwrite: true }, /127\.0\.0\.1:1/);
  await refused("film.mkv", { segmenting }, /127\.0\.0\.1:1/);
  // To be opened it would have to be read by somebody, and no signal would be heard meanwhile.
  execFileSync("mkfifo", [join(folder, "pipe.mkv")]);
  await refused("pipe.mkv", { overwrite: true }, /pipe\.mkv is no file: choose another name/);
  mkdirSync(join(folder, "folder.mkv"));
  await refused("folder.mkv", { overwrite: true }, /folder\.mkv is no file: choose another name/);
  // A second run goes on behind the first.
  await refused("part.wav", { segmenting }, /127\.0\.0\.1:1/);
  await refused("none/film.mkv", {}, /none\/film\.mkv cannot be written: there is no such folder/);
  await refused("film.mkv/film.mp4", {}, /cannot be written: a part of its name is a file/);
});

test("a sound that takes another form ends the recording: with --json the last line says why, and what there is", async (context) => {
  const path = join(folderFor(context), "film.wav");
  const first = await startServer();
  const handlers = testHandlers();
  const audio = { sampleRateHz: 48_000, channels: 1 };
  await using second = await startServer({
    handlers: { ...handlers, "session.join": async (params, caller) => ({ ...(await handlers["session.join"](params, caller)), audio }) },
  });
  const targets = [first, second].map(({ port }) => ({ kind: "tcp", host: "127.0.0.1", port }) as const);
  const lines: unknown[] = [];
  const silent = (): void => undefined;
  const out = (text: string): void => void lines.push(JSON.parse(text));
  const ended = runRecord(
    { ...REQUEST, targets, path, transport: "tcp" },
    { out, say: silent, progress: silent, columns: () => null, json: true, signal: AbortSignal.timeout(20_000) },
  );
  await until(() => first.mediaNeeds.length > 0);
  await first[Symbol.asyncDispose]();
  const reason = `the sound of main has another form now: ${path} ends here`;
  await assert.rejects(ended, { name: "RefusedError", message: reason });
  assert.partialDeepStrictEqual(lines, [
    { event: "joined", channel: "main", daemon: `127.0.0.1:${first.port}`, transport: "tcp" },
    { event: "ended", reason, file: path, files: [path], durationMs: 0, bytes: readFileSync(path).length, pictures: 0, lost: 0 },
  ]);
  assert.equal(lines.length, 2);
});

test("a recording that is interrupted before its channel was joined is not told as one, and nothing is written", async (context) => {
  await using server = await startServer();
  const path = join(folderFor(context), "film.mkv");
  const silent = (): void => undefined;
  const ended = runRecord(
    { ...REQUEST, targets: [{ kind: "tcp", host: "127.0.0.1", port: server.port }], path },
    { out: silent, say: silent, progress: silent, columns: () => null, json: false, signal: AbortSignal.abort() },
  );
  await assert.rejects(ended, { name: "RefusedError", message: `${path}: interrupted before the channel was joined; nothing is recorded` });
  assert.equal(existsSync(path), false);
});

test("a recording to which nothing came is not told as one", async (context) => {
  await using server = await startServer();
  const path = join(folderFor(context), "film.mkv");
  const stop = new AbortController();
  const lines: unknown[] = [];
  const silent = (): void => undefined;
  const out = (text: string): void => void lines.push(JSON.parse(text));
  const targets = [{ kind: "tcp", host: "127.0.0.1", port: server.port }] as const;
  const ended = runRecord(
    { ...REQUEST, targets, path, transport: "tcp" },
    { out, say: silent, progress: silent, columns: () => null, json: true, signal: stop.signal },
  );
  await until(() => lines.length > 0);
  stop.abort();
  const reason = `${path}: nothing came that could be recorded; whether the channel is playing, streamctl status tells`;
  await assert.rejects(ended, { name: "RefusedError", message: reason });
  assert.partialDeepStrictEqual(lines.at(-1), { event: "ended", reason, files: [] });
});

test("mp4: H.264 and AAC, pictures at their times, held to the end", async (context) => {
  const path = join(folderFor(context), "film.mp4");
  await record(path);
  const streams = probe(path, "-show_entries", "stream=codec_name,width,height,pix_fmt", "-of", "csv=p=0");
  assert.match(streams, /h264,500,280,yuv420p\naac/);
  const times = timesOf(path, "v");
  for (const [index, time] of times.slice(0, 5 * FPS - 2).entries())
    assert.ok(Math.abs(time - index / FPS) < 0.0002, `picture ${index} at ${time}`);
  assert.ok(Math.abs(durationOf(path) - 5) < 0.05, `${durationOf(path)}`);
  // It can be decoded from one end to the other, and looks like what went in.
  const first = execFileSync("ffmpeg", ["-v", "error", "-i", path, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray", "-"], {
    maxBuffer: 1 << 26,
  });
  const source = execFileSync("ffmpeg", [
    "-v",
    "error",
    "-f",
    "lavfi",
    "-i",
    "testsrc2=s=500x281:r=24:d=0.04",
    "-vf",
    "crop=500:280:0:0",
    "-frames:v",
    "1",
    "-f",
    "rawvideo",
    "-pix_fmt",
    "gray",
    "-",
  ]);
  let error = 0;
  for (const [index, luma] of first.entries()) error += Math.abs(luma - (source[index] ?? 0));
  assert.ok(error / first.length < 12, `mean difference ${error / first.length}`);
});

test("a stream that was away is silence of exactly that length, and a held picture", async (context) => {
  for (const name of ["film.mkv", "film.wav"]) {
    const path = join(folderFor(context), name);
    const recording = openRecording({ path, form: FORM, segmenting: null, overwrite: false });
    feed(recording, 0, 1000);
    feed(recording, 3000, 4000);
    await recording.close();
    const sound = soundOf(path);
    const from = Math.ceil(RATE / BLOCK) * BLOCK;
    const to = Math.ceil((3 * RATE) / BLOCK) * BLOCK;
    assert.equal(sound.length / 2, Math.ceil((4 * RATE) / BLOCK) * BLOCK);
    assert.ok(sound.subarray(from * 2, to * 2).every((sample) => sample === 0));
    assert.equal(sound[to * 2], sampleAt(to, 0));
    assert.equal(sound[from * 2 - 1], sampleAt(from - 1, 1));
    if (name.endsWith("mkv")) assert.ok(timesOf(path, "v").every((time) => time <= 1 || time >= 2.99));
  }
});

test("a step of the sender's clock, forward or back, is none of the recording: the gap is as long as it was here", async (context) => {
  const HOUR_MS = 3_600_000;
  for (const clockStepMs of [48 * HOUR_MS, -48 * HOUR_MS]) {
    const path = join(folderFor(context), "film.mkv");
    const recording = openRecording({ path, form: FORM, segmenting: null, overwrite: false });
    feed(recording, 0, 1000);
    // The daemon was started again: another source, by a clock that was put right meanwhile.
    feed(recording, 2000, 4000, { clockStepMs, firstSample: 77 });
    await recording.close();
    const sound = soundOf(path);
    assert.equal(sound.length / 2, Math.ceil((4 * RATE) / BLOCK) * BLOCK);
    const to = Math.ceil((2 * RATE) / BLOCK) * BLOCK;
    assert.equal(sound[to * 2], sampleAt(to, 0));
    const times = timesOf(path, "v");
    assert.ok(Math.max(...times) > 3.9 && Math.max(...times) < 4.1, `${Math.max(...times)}`);
    assert.equal(times.length, recording.progress().pictures);
  }
});

test("after a night without the sender silence is made little by little, and none of it is missing", () => {
  const NIGHT_MS = 8 * 3_600_000;
  const timeline = new Timeline(true, { sampleRateHz: 8000, channels: 1 });
  const picture = { jpeg: new Uint8Array(), width: 8, height: 8 };
  const samples = new Int16Array(160);
  let [most, next, pictureMs] = [0, 0, -1];
  const take = (placed: Iterable<Placed>): void => {
    let frames = 0;
    for (const each of placed) {
      if (each.kind === "picture") {
        assert.ok(each.atMs > pictureMs && each.atMs * 8 >= next, "a picture before the sound of its time");
        pictureMs = each.atMs;
        continue;
      }
      assert.equal(each.first, next);
      next += each.samples.length;
      // What came is in pieces of its own length.
      if (each.samples.length > samples.length) frames += each.samples.length;
    }
    most = Math.max(most, frames);
  };
  const play = (fromMs: number, toMs: number): void => {
    for (let atMs = fromMs; atMs < toMs; atMs += 20) {
      const times = { senderMs: START_MS + atMs, localMs: atMs };
      if (atMs % 40 === 0) take(timeline.picture({ ...picture, ...times, showAtMs: atMs }));
      take(timeline.sound({ samples, firstSample: atMs * 8, ...times, playAtMs: atMs, lostSamples: 0 }));
    }
  };
  play(0, 1000);
  play(NIGHT_MS, NIGHT_MS + 1000);
  assert.ok(next < NIGHT_MS * 8, "all of it at once");
  play(NIGHT_MS + 1000, NIGHT_MS + 120_000);
  assert.ok(most <= 8000 * 11, `${most} samples in one go`);
  take(timeline.finish());
  assert.equal(next, (NIGHT_MS + 120_000) * 8);
  assert.equal(pictureMs, NIGHT_MS + 119_960);
});

test("segments begin with a picture, and one behind the other they are the whole, without a gap or a double", async (context) => {
  const folder = folderFor(context);
  await record(join(folder, "film.mkv"), { segmenting: { minutes: 1 / 60, keep: null } }, 3500);
  const files = readdirSync(folder).toSorted();
  assert.deepEqual(files, ["film-0001.mkv", "film-0002.mkv", "film-0003.mkv", "film-0004.mkv"]);
  const samples = files.flatMap((name) => [...soundOf(join(folder, name))]);
  assert.equal(samples.length / 2, Math.ceil((3.5 * RATE) / BLOCK) * BLOCK);
  for (const [index, sample] of samples.entries()) assert.equal(sample, sampleAt(index >> 1, index & 1));
  for (const name of files) assert.equal(timesOf(join(folder, name), "v")[0], 0);
  assert.equal(
    files.map((name) => timesOf(join(folder, name), "v").length).reduce((sum, count) => sum + count, 0),
    Math.ceil(3.49 * FPS),
  );

  const kept = folderFor(context);
  writeFileSync(join(kept, "film-0000.wav"), "somebody else's");
  await record(join(kept, "film.wav"), { segmenting: { minutes: 1 / 60, keep: 2 } }, 4500);
  assert.deepEqual(readdirSync(kept).toSorted(), ["film-0000.wav", "film-0004.wav", "film-0005.wav"]);
});

test("mp4: each segment has the size of the picture that it begins with", async (context) => {
  const folder = folderFor(context);
  const path = join(folder, "film.mp4");
  const recording = openRecording({ path, form: { ...FORM, audio: null }, segmenting: { minutes: 1 / 60, keep: null }, overwrite: false });
  for (const [index, size] of ["320x180", "240x180", "240x180"].entries()) {
    const [width = 0, height = 0] = size.split("x").map(Number);
    const jpeg = execFileSync("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", `testsrc2=s=${size}`, "-frames:v", "1", "-f", "mjpeg", "-"]);
    const localMs = index * 1100;
    recording.picture({ jpeg, width, height, senderMs: START_MS + localMs, localMs, showAtMs: localMs });
  }
  await recording.close();
  const sizes = readdirSync(folder)
    .toSorted()
    .map((name) => probe(join(folder, name), "-show_entries", "stream=width,height", "-of", "csv=p=0").trim());
  assert.deepEqual(sizes, ["320,180", "240,180", "240,180"]);
});

test("kill -9: what was recorded can be played, of all three kinds", async (context) => {
  const folder = folderFor(context);
  for (const name of ["film.mkv", "film.mp4", "film.wav"]) {
    const path = join(folder, name);
    const child = spawn(process.execPath, [CHILD, path], { stdio: ["ignore", "pipe", "pipe"] });
    const said = text(child.stderr);
    // It writes five seconds and then waits to be killed.
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "close");
    assert.equal(await said, "", "what an encoder says of itself is nobody's concern");
    const seconds = Math.max(...timesOf(path, "a"));
    assert.ok(seconds > 3, `${name}: ${seconds} s`);
    execFileSync("ffmpeg", ["-v", "error", "-i", path, "-f", "null", "-"]);
  }
});

test(
  "a full disk ends the recording with one line and a file that can be played",
  { skip: process.getuid?.() === 0 ? false : "mounting a small disk needs root" },
  async (context) => {
    for (const name of ["film.mkv", "film.mp4", "film.wav"]) {
      const folder = folderFor(context);
      const disk = join(folder, "disk");
      mkdirSync(disk);
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=600k", "tmpfs", disk]);
      try {
        const path = join(disk, name);
        const recording = openRecording({ path, form: FORM, segmenting: null, overwrite: false });
        feed(recording, 0, 30_000);
        const reason = await recording.failed;
        assert.match(reason, /film\.(mkv|mp4|wav): the disk is full; \d+ s are saved$/);
        await recording.close();
        assert.ok(Math.max(...timesOf(path, "a")) > 0.9, name);
        const [late, sound] = [join(disk, `late-${name}`), { ...FORM, video: null }];
        const form = name.endsWith(".wav") ? sound : FORM;
        const fillUp = spawnSync("dd", ["if=/dev/zero", `of=${join(disk, "rest")}`, "bs=1k"]);
        assert.notEqual(fillUp.status, 0, "the disk is full");
        const refused = async (): Promise<string> => {
          const second = openRecording({ path: late, form, segmenting: null, overwrite: false });
          feed(second, 0, 3000);
          await second.close();
          assert.deepEqual(second.files(), []);
          return second.failed;
        };
        assert.match(await refused().catch((error: unknown) => String(error)), /late-film\.\w+: the disk is full/);
        assert.ok(!existsSync(late), `${late} has nothing in it`);
      } finally {
        execFileSync("umount", [disk]);
      }
    }
  },
);

test("a name with a colon in it is a file's name, and no address", async (context) => {
  const folder = folderFor(context);
  const before = process.cwd();
  process.chdir(folder);
  try {
    for (const name of ["2026-11-20T12:00:00+01:00.mkv", "pipe:1.mp4"]) await record(name, {}, 1000);
  } finally {
    process.chdir(before);
  }
  for (const name of readdirSync(folder)) assert.ok(durationOf(join(folder, name)) > 0.9, name);
  assert.equal(readdirSync(folder).length, 2);
});

test("what cannot be recorded is refused in one line: an unknown kind, no such folder, no sound for a wav", (context) => {
  const nowhere = join(folderFor(context), "nowhere");
  const open = (path: string, form = FORM): void => void openRecording({ path, form, segmenting: null, overwrite: false });
  assert.throws(() => open("film.avi"), /film\.avi: a recording is an \.mkv .* or a \.wav/);
  assert.throws(() => open(join(nowhere, "film.wav")), /\/nowhere\/film\.wav cannot be written: there is no such folder/);
  const rate: StreamForm = { ...FORM, audio: { sampleRateHz: 50_000, channels: 2 } };
  assert.throws(
    () => open("/tmp/film.mp4", rate),
    /^RecordingError: \/tmp\/film\.mp4: the AAC of an \.mp4 has no 50000 Hz: record to an \.mkv$/,
  );
  assert.throws(() => open("/tmp/film.wav", { ...FORM, audio: null }), /main has no sound to record/);
  assert.equal(existsSync("film.avi"), false);
});

test("a picture that never comes does not hold the sound back", async (context) => {
  const path = join(folderFor(context), "film.mkv");
  const recording = openRecording({ path, form: FORM, segmenting: null, overwrite: false });
  feed(recording, 0, 4000, { pictures: false });
  assert.ok(recording.progress().bytes > 2.5 * RATE * 4, `${recording.progress().bytes} bytes`);
  await recording.close();
  assert.equal(soundOf(path).length / 2, Math.ceil((4 * RATE) / BLOCK) * BLOCK);
});

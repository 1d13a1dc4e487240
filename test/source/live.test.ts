/** Live sources in their own process: what servers on this host send, and what goes wrong with them. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer, type Server, type ServerResponse } from "node:http";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo } from "node:net";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { LiveInput } from "../../config/values/live-source.ts";
import type { CaptureOptions, SourceItem, SourceMessage } from "../../daemon/source/messages.ts";
import { parseJpeg } from "../../wire/jpeg/index.ts";
import { ffmpeg, loudness, temporaryFolder, joinSound } from "./media.ts";
import { errorsOf, framesOf, openCommand, runSource, soundOf, startSource, STEREO } from "./run-source.ts";

const CAPTURE: CaptureOptions = { format: null, width: null, height: null, fps: null, microphone: "arecord" };
const folder = temporaryFolder();

function live(input: LiveInput, capture: Partial<CaptureOptions> = {}): SourceItem {
  return { kind: "live", input, capture: { ...CAPTURE, ...capture } };
}

const url = (address: string): SourceItem => live({ kind: "url", url: address });
const nowUs = (): number => Number(process.hrtime.bigint()) / 1000;

/** A server on 127.0.0.1 that is gone after the test; its port. */
async function serve(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  after(() => {
    if ("closeAllConnections" in server) server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Sends JPEG files as network cameras do, and over again. */
function sendMotionJpeg(response: ServerResponse, pictures: readonly Buffer[], intervalMs = 40): void {
  response.writeHead(200, { "content-type": "multipart/x-mixed-replace; boundary=frame" });
  const fromMs = performance.now();
  let next = 0;
  let timer: NodeJS.Timeout;
  // Each at its own time: an interval is as much too long as the machine is busy.
  const wait = (): void => {
    timer = setTimeout(send, Math.max(0, fromMs + (next + 1) * intervalMs - performance.now()));
  };
  const send = (): void => {
    const jpeg = pictures[next++ % pictures.length] ?? Buffer.alloc(0);
    response.write(`--frame\r\ncontent-type: image/jpeg\r\ncontent-length: ${jpeg.length}\r\n\r\n`);
    response.write(jpeg);
    response.write("\r\n");
    wait();
  };
  wait();
  response.on("close", () => clearTimeout(timer));
}

function makePictures(size: string, quality: number): readonly Buffer[] {
  const pattern = join(folder, `${size}-${quality}-%d.jpg`);
  ffmpeg(`-f lavfi -i testsrc2=size=${size}:rate=5 -frames:v 3 -pix_fmt yuvj420p -huffman default -q:v ${quality}`, pattern);
  return [1, 2, 3].map((index) => readFileSync(join(folder, `${size}-${quality}-${index}.jpg`)));
}

async function firstError(item: SourceItem): Promise<string> {
  const run = startSource(openCommand([item]));
  try {
    await run.waitFor((message) => message.kind === "item-error");
    const { code } = await run.exited;
    assert.equal(code, 2);
    return errorsOf(run.messages)[0]?.message ?? "";
  } finally {
    await run.stop();
  }
}

test("test:live is captured while it happens: stamps of the monotonic clock, sound without a gap, flash and beep together", async () => {
  const startedUs = nowUs();
  let frames = 0;
  const messages = await runSource(openCommand([live({ kind: "generated" })]), (message) => message.kind === "frame" && ++frames === 60);
  const endedUs = nowUs();
  const stamps = framesOf(messages).map(({ timelineUs }) => timelineUs);
  assert.ok(stamps.every((stamp, index) => stamp > startedUs && stamp < endedUs && stamp > (stamps[index - 1] ?? 0)));
  const pieces = soundOf(messages);
  let next = pieces[0]?.timelineSample ?? 0;
  for (const piece of pieces) {
    assert.equal(piece.timelineSample, next);
    next += piece.pcm.length / 4;
  }
  // The beep of a full second of the clock.
  const firstSample = pieces[0]?.timelineSample ?? 0;
  const second = Math.ceil(firstSample / 44_100);
  const sound = joinSound(pieces, 2);
  const at = (offsetS: number): number => second + offsetS - firstSample / 44_100;
  assert.ok(loudness(sound, 44_100, 2, at(0.01), at(0.09)) > 0.1);
  assert.ok(loudness(sound, 44_100, 2, at(0.15), at(0.25)) < 0.01);
});

test("a network camera's JPEGs are passed on as they are where size and quality fit", async () => {
  const pictures = makePictures("480x272", 9);
  const port = await serve(createServer((_, response) => sendMotionJpeg(response, pictures)));
  let frames = 0;
  const messages = await runSource(
    openCommand([url(`http://127.0.0.1:${port}/video`)]),
    (message) => message.kind === "frame" && ++frames === 8,
  );
  const scans = pictures.map((jpeg) => scanOf(jpeg));
  for (const { jpeg, width, height, quality, isReduced } of framesOf(messages)) {
    assert.deepEqual([width, height], [480, 272]);
    assert.ok(quality < 80 && !isReduced, `quality ${quality} is the camera's own`);
    assert.ok(scans.some((scan) => Buffer.compare(scan, scanOf(jpeg)) === 0));
  }
});

test("a picture that is wider than the channel's is made anew", async () => {
  const pictures = makePictures("640x360", 2);
  const port = await serve(createServer((_, response) => sendMotionJpeg(response, pictures)));
  const messages = await runSource(openCommand([url(`http://127.0.0.1:${port}/video`)]), (message) => message.kind === "frame");
  const [frame] = framesOf(messages);
  assert.deepEqual([frame?.width, frame?.height, frame?.quality], [500, 281, 80]);
});

test("a network camera has the rate at which its pictures come", async () => {
  const pictures = makePictures("640x360", 2);
  const port = await serve(createServer((_, response) => sendMotionJpeg(response, pictures, 125)));
  const run = startSource(openCommand([url(`http://127.0.0.1:${port}/video`)]));
  try {
    const from = nowUs();
    await run.waitFor(() => framesOf(run.messages).length === 20);
    assert.ok(nowUs() - from < 6e6);
    const stamps = framesOf(run.messages).map(({ timelineUs }) => timelineUs);
    assert.ok(Math.abs((stamps.at(-1) ?? 0) - nowUs()) < 500_000);
    assert.ok((stamps.at(-1) ?? 0) - (stamps[0] ?? 0) > 1.5e6);
    const rates = run.messages.flatMap((message) => (message.kind === "item" ? [message.info.video?.fps] : []));
    assert.deepEqual(rates, [null, 8]);
  } finally {
    await run.stop();
  }
});

test("what a client pushes over SRT is taken, with its sound, and its end is told", async () => {
  const film = ffmpeg(
    "-f lavfi -i testsrc2=size=320x180:rate=25:duration=6 -f lavfi -i sine=1000:duration=6 -c:v libx264 -g 25 -c:a aac -pix_fmt yuv420p",
    join(folder, "push.ts"),
  );
  const port = 20_000 + (process.pid % 20_000);
  const run = startSource(openCommand([url(`srt://127.0.0.1:${port}?mode=listener`)]));
  const push = spawn("ffmpeg", [
    "-v",
    "error",
    "-re",
    "-i",
    film,
    "-c",
    "copy",
    "-f",
    "mpegts",
    `srt://127.0.0.1:${port}?mode=caller&connect_timeout=20000`,
  ]);
  try {
    await run.waitFor((message) => message.kind === "frame");
    await run.waitFor((message) => message.kind === "audio");
    const fatal = await run.waitFor((message) => message.kind === "item-error");
    assert.match(describe(fatal), /^srt:\/\/127\.0\.0\.1:\d+: the other end has gone; it waits for the next one$/);
    const pieces = soundOf(run.messages);
    assert.ok(loudness(joinSound(pieces.slice(-40), 2), 44_100, 2, 0.1, 0.5) > 0.05);
    // Captured in real time, however it arrived.
    const stamps = framesOf(run.messages).map(({ timelineUs }) => timelineUs);
    const spanS = ((stamps.at(-1) ?? 0) - (stamps[0] ?? 0)) / 1e6;
    assert.ok(spanS > 3 && spanS < 6.5, `${spanS} s`);
  } finally {
    push.kill("SIGKILL");
    await run.stop();
  }
});

test("a film on a web server is played at its own speed, not as fast as it comes", async () => {
  const film = ffmpeg(
    "-f lavfi -i testsrc2=size=320x180:rate=25:duration=3 -c:v libx264 -g 25 -pix_fmt yuv420p -movflags +faststart",
    join(folder, "web.mp4"),
  );
  const port = await serveFile(film);
  const startedUs = nowUs();
  const run = startSource(openCommand([url(`http://127.0.0.1:${port}/web.mp4`)]));
  try {
    await run.waitFor((message) => message.kind === "item-error");
    assert.ok(nowUs() - startedUs > 2.5e6);
    assert.ok(framesOf(run.messages).length >= 70);
  } finally {
    await run.stop();
  }
});

test("a film whose index lies at its end, on a server that knows no ranges, is told with what moves it", async () => {
  const film = ffmpeg(
    "-f lavfi -i testsrc2=size=320x180:rate=25:duration=3 -c:v libx264 -pix_fmt yuv420p",
    join(folder, "index-at-end.mp4"),
  );
  const port = await serveFile(film);
  assert.match(
    await firstError(url(`http://127.0.0.1:${port}/film.mp4`)),
    /film\.mp4: .* knows no ranges; move it to the beginning: ffmpeg /,
  );
});

/** Whatever is asked for, and always all of it: it knows no ranges. */
function serveFile(film: string): Promise<number> {
  const bytes = readFileSync(film);
  return serve(createServer((_, response) => response.writeHead(200, { "content-length": bytes.length }).end(bytes)));
}

/** The parts of a film of this many seconds, a second each. */
function makeParts(name: string, seconds: number, options = ""): readonly Buffer[] {
  ffmpeg(
    `-f lavfi -i testsrc2=size=320x180:rate=25:duration=${seconds} -c:v libx264 -bf 0 -g 25 -pix_fmt yuv420p ${options} -f hls -hls_time 1 -hls_list_size 0`,
    join(folder, `${name}.m3u8`),
  );
  return Array.from({ length: seconds }, (_, index) => readFileSync(join(folder, `${name}${index}.ts`)));
}

/** Serves parts of HLS; `list`: the lines of the playlist after its head. */
function serveParts(parts: readonly Buffer[], list: () => readonly string[]): Promise<number> {
  return serve(
    createServer((request, response) => {
      const number = /part(\d+)\.ts$/.exec(request.url ?? "")?.[1];
      const lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:1", ...list(), ""];
      const body = number === undefined ? Buffer.from(lines.join("\n")) : (parts[Number(number)] ?? Buffer.alloc(0));
      response.writeHead(200, { "content-length": body.length, connection: "close" }).end(body);
    }),
  );
}

const partLine = (number: number): string => `#EXTINF:1.0,\npart${number}.ts`;

test("HLS that goes on, whose parts come in one piece, is played evenly", async () => {
  const parts = makeParts("hls", 12);
  const startedMs = performance.now();
  const port = await serveParts(parts, () => {
    const first = Math.min(parts.length - 4, Math.floor((performance.now() - startedMs) / 1000));
    return [`#EXT-X-MEDIA-SEQUENCE:${first}`, ...[0, 1, 2, 3].map((index) => partLine(first + index))];
  });
  const run = startSource(openCommand([url(`http://127.0.0.1:${port}/live.m3u8`)]));
  try {
    await run.waitFor(() => framesOf(run.messages).length >= 125);
    const stamps = framesOf(run.messages).map(({ timelineUs }) => timelineUs);
    const steps = stamps.slice(1).map((stampUs, index) => stampUs - (stamps[index] ?? 0));
    // A busy machine leaves some out; taken for a camera, most of each part would be missing.
    const gaps = steps.filter((stepUs) => stepUs > 100_000);
    assert.ok(gaps.length <= 8, `${gaps.join(" ")} µs`);
  } finally {
    await run.stop();
  }
});

test("a film in HLS goes on through a splice at which its stamps begin anew", async () => {
  const parts = [...makeParts("one", 2, "-output_ts_offset 50"), ...makeParts("two", 3)];
  const port = await serveParts(parts, () => [
    "#EXT-X-PLAYLIST-TYPE:VOD",
    ...parts.flatMap((_, number) => (number === 2 ? ["#EXT-X-DISCONTINUITY", partLine(number)] : [partLine(number)])),
    "#EXT-X-ENDLIST",
  ]);
  const run = startSource(openCommand([url(`http://127.0.0.1:${port}/film.m3u8`)]));
  try {
    await run.waitFor((message) => message.kind === "item-error");
    const stamps = framesOf(run.messages).map(({ timelineUs }) => timelineUs);
    assert.ok(stamps.length >= 115, `${stamps.length} pictures`);
    assert.ok(stamps.every((stampUs, index) => index === 0 || stampUs > (stamps[index - 1] ?? 0)));
  } finally {
    await run.stop();
  }
});

test("a film on a web server has all its pictures: where they lie behind their sound, and where few of them refer to later ones", async () => {
  const films: readonly (readonly [name: string, options: string, pictures: number])[] = [
    ["behind.mp4", "-map 1 -map 0 -r 25 -c:v libx264 -c:a aac -movflags +empty_moov+default_base_moof -frag_duration 1000000", 100],
    ["few.mp4", "-r 5 -c:v libx264 -x264-params bframes=3:b-adapt=0:b-pyramid=0 -c:a aac -movflags +faststart", 20],
  ];
  for (const [name, options, pictures] of films) {
    const film = ffmpeg(
      `-f lavfi -i testsrc2=size=320x180:rate=25:duration=4 -f lavfi -i sine=1000:duration=4 -pix_fmt yuv420p ${options}`,
      join(folder, name),
    );
    const port = await serveFile(film);
    const run = startSource(openCommand([url(`http://127.0.0.1:${port}/${name}`)]));
    try {
      await run.waitFor((message) => message.kind === "item-error");
      const sent = framesOf(run.messages).length;
      assert.ok(sent >= pictures * 0.85, `${name}: ${sent} of ${pictures} pictures`);
    } finally {
      await run.stop();
    }
  }
});

/** What is sent of films that are pushed to a UDP port, one after the other, each at its own speed: for so many seconds from the first sound on. */
async function pushByUdp(films: readonly string[], seconds: number): Promise<readonly SourceMessage[]> {
  const port = 40_000 + (process.pid % 20_000);
  const run = startSource(openCommand([url(`udp://127.0.0.1:${port}`)]));
  const over = new AbortController();
  const push = async (): Promise<void> => {
    for (const film of films) {
      if (over.signal.aborted) return;
      const words = ["-v", "error", "-copyts", "-re", "-i", film, "-c", "copy", "-f", "mpegts", `udp://127.0.0.1:${port}?pkt_size=1316`];
      const child = spawn("ffmpeg", words, { signal: over.signal, killSignal: "SIGKILL" });
      child.on("error", () => {});
      await new Promise((resolve) => child.once("close", resolve));
    }
  };
  const pushed = push();
  try {
    await run.waitFor((message) => message.kind === "audio");
    await sleep(seconds * 1000);
    return run.messages;
  } finally {
    over.abort();
    await Promise.all([pushed, run.stop()]);
  }
}

test("few pictures a second that refer to later ones are sent all the same", async () => {
  const film = ffmpeg(
    "-f lavfi -i testsrc2=size=320x180:rate=5:duration=12 -f lavfi -i sine=1000:duration=12 -c:v libx264 -g 5 -x264-params bframes=3:b-adapt=0:b-pyramid=0 -c:a aac -pix_fmt yuv420p",
    join(folder, "b-frames.ts"),
  );
  const pictures = framesOf(await pushByUdp([film], 6));
  assert.ok(pictures.length > 10, `${pictures.length} pictures`);
});

test("of a stream of a picture a second, which comes a picture late, each is sent", async () => {
  const film = ffmpeg(
    "-f lavfi -i testsrc2=size=320x180:rate=1:duration=12 -f lavfi -i sine=1000:duration=12 -c:v mpeg2video -g 1 -c:a mp2 -pix_fmt yuv420p",
    join(folder, "slow.ts"),
  );
  const pictures = framesOf(await pushByUdp([film], 8));
  assert.ok(pictures.length >= 4, `${pictures.length} pictures`);
});

test("a stream that goes on in other codecs is gone on with, picture and sound", async () => {
  const films = ["-c:v mpeg2video -c:a mp2", "-c:v libx264 -bf 0 -preset ultrafast -c:a aac -output_ts_offset 4"].map((codecs, index) =>
    ffmpeg(
      `-f lavfi -i testsrc2=size=320x180:rate=25:duration=4 -f lavfi -i sine=1000:duration=4 -g 10 -pix_fmt yuv420p ${codecs}`,
      join(folder, `codecs-${index}.ts`),
    ),
  );
  const messages = await pushByUdp(films, 7);
  assert.deepEqual(errorsOf(messages), []);
  const pictures = framesOf(messages).length;
  assert.ok(pictures > 110, `${pictures} pictures`);
  assert.ok(loudness(joinSound(soundOf(messages).slice(-60), 2), 44_100, 2, 0.1, 0.5) > 0.05);
});

test("a film of standing pictures on a web server says meanwhile that it plays", async () => {
  const film = ffmpeg(
    "-f lavfi -i testsrc2=size=320x180:rate=1/8:duration=24 -c:v libx264 -g 1 -pix_fmt yuv420p -movflags +faststart",
    join(folder, "standing.mp4"),
  );
  const port = await serveFile(film);
  const run = startSource(openCommand([url(`http://127.0.0.1:${port}/standing.mp4`)]));
  try {
    await run.waitFor(() => run.messages.filter(({ kind }) => kind === "item").length >= 4);
    assert.deepEqual(errorsOf(run.messages), []);
    assert.ok(framesOf(run.messages).length <= 1);
  } finally {
    await run.stop();
  }
});

test("what is wrong with a URL is told in one line, and never its password", async () => {
  const port = await serve(
    createServer((request, response) => {
      if (request.url?.startsWith("/round")) return response.writeHead(302, { location: "/round" }).end();
      if (request.url?.startsWith("/page")) return response.writeHead(200, { "content-type": "text/html" }).end("<html>".repeat(2000));
      return response.writeHead(request.url?.startsWith("/private") ? 401 : 404).end();
    }),
  );
  const at = (path: string): SourceItem => url(`http://me:geheim@127.0.0.1:${port}${path}?key=geheim`);
  const cases: readonly (readonly [SourceItem, RegExp])[] = [
    [url("rtsp://me:geheim@127.0.0.1:1/x"), /^rtsp:\/\/127\.0\.0\.1:1\/x: the connection was refused; check address and port/],
    [
      url("http://me:geheim@no-such-host.invalid/x"),
      /^http:\/\/no-such-host\.invalid\/x: the host name is unknown; check it, or give the address$/,
    ],
    [at("/round"), /^http:\/\/127\.0\.0\.1:\d+\/round: it cannot be read; check the path, and that it does not lead round in a circle$/],
    [url("srt://127.0.0.1:1"), /^srt:\/\/127\.0\.0\.1:1: nobody answers there; check address and port, and that the other end listens$/],
    [at("/page"), /^http:\/\/127\.0\.0\.1:\d+\/page: what comes from there is no media/],
    [at("/private"), /\/private: user and password are wanted, or are wrong \(401\)/],
    [at("/gone"), /\/gone: there is nothing at this path \(404\); check it$/],
    [live({ kind: "camera", device: "/dev/video77", microphone: null }), /^camera:\/dev\/video77: there is no such camera; plug it in/],
    [live({ kind: "camera", device: "/dev/null", microphone: null }), /^camera:\/dev\/null: is no camera that can be read/],
    [live({ kind: "camera", device: folder, microphone: null }), /: is no device; streamctl devices lists the cameras$/],
    [
      live({ kind: "microphone", device: "no-such-device" }),
      /^mic:no-such-device: there is no microphone "no-such-device"; streamctl devices lists/,
    ],
    [live({ kind: "screen", display: ":77", offset: null }), /^screen::77: the display cannot be read; check that it is there/],
  ];
  for (const [item, line] of cases) {
    const message = await firstError(item);
    assert.match(message, line);
    assert.ok(!message.includes("geheim") && !message.includes("\n"), message);
  }
});

test("without arecord a microphone says which package to install", async () => {
  const run = startSource(openCommand([live({ kind: "microphone", device: "default" })]), { PATH: folder });
  await run.waitFor((message) => message.kind === "item-error");
  assert.match(
    errorsOf(run.messages)[0]?.message ?? "",
    /arecord is missing; install the package alsa-utils \(Debian: apt-get install alsa-utils\)$/,
  );
  await run.stop();
});

test("a server that takes the connection and says nothing keeps the process waiting, which hears its daemon all the same", async () => {
  const port = await serve(createTcpServer(() => {}));
  const run = startSource(openCommand([url(`rtsp://127.0.0.1:${port}/x`)]));
  run.endInput();
  assert.equal((await run.exited).code, 0);
});

test("a slow reader loses old pictures, not new ones", async () => {
  const run = startSource(openCommand([live({ kind: "generated" })], { format: { ...STEREO, width: 1280 } }));
  try {
    await run.waitFor((message) => message.kind === "frame");
    run.setReading(false);
    const stalledUs = nowUs();
    await new Promise((resolve) => setTimeout(resolve, 2500));
    run.setReading(true);
    const resumedUs = nowUs();
    await run.waitFor((message) => message.kind === "frame" && message.timelineUs > resumedUs);
    const missed = framesOf(run.messages).filter(({ timelineUs }) => timelineUs > stalledUs && timelineUs < resumedUs);
    assert.ok(missed.length < 50, `${missed.length} old pictures`);
  } finally {
    await run.stop();
  }
});

function scanOf(jpeg: Uint8Array): Uint8Array {
  const parsed = parseJpeg(jpeg);
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.reason);
  return parsed.value.scan;
}

function describe(message: SourceMessage): string {
  return message.kind === "item-error" ? message.message : message.kind;
}

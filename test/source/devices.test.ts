import assert from "node:assert/strict";
import { test } from "node:test";
import { devicesText } from "../../control/streamctl/commands/devices.ts";
import { explainModes } from "../../daemon/source/live/camera.ts";
import { estimateQuality } from "../../daemon/source/live/jpeg-passage.ts";
import { publicUrl } from "../../daemon/source/live/public-name.ts";
import { parseRecorders } from "../../daemon/source/live/recorders.ts";
import { explainLoss, explainOpening } from "../../daemon/source/live/url-errors.ts";
import { quantizationTables } from "../../wire/jpeg/index.ts";

const CAPTURE = { format: "mjpeg", width: 640, height: 480, fps: 90, microphone: "arecord" } as const;
const MODES = [
  { format: "yuyv422", width: 320, height: 240, mostFps: 30 },
  { format: "mjpeg", width: 1280, height: 720, mostFps: 30 },
];

test("a format that a camera does not have is answered with those that it has, the largest first", () => {
  assert.equal(
    explainModes("camera:/dev/video0", MODES, CAPTURE, -22),
    "camera:/dev/video0: does not have mjpeg 640x480 90 FPS; it has mjpeg 1280x720 30 FPS, yuyv422 320x240 30 FPS",
  );
  assert.match(explainModes("camera:/dev/null", [], CAPTURE, -25), /is no camera that can be read \(-25\)/);
});

test("microphones are read from what arecord lists; what only plays or converts is none", () => {
  const text =
    "null\n    Discard all samples\ndefault\n    Playback/recording through the PulseAudio sound server\nsamplerate\n    Rate Converter\n" +
    "hw:CARD=C920,DEV=0\n    HD Pro Webcam C920, USB Audio\n    Direct hardware device\nplughw:CARD=C920,DEV=0\n    x\nfront:CARD=C920,DEV=0\n    y\n";
  assert.deepEqual(parseRecorders(text), [
    { source: "mic:default", name: "Playback/recording through the PulseAudio sound server" },
    { source: "mic:hw:CARD=C920,DEV=0", name: "HD Pro Webcam C920, USB Audio, Direct hardware device" },
    { source: "mic:plughw:CARD=C920,DEV=0", name: "x" },
  ]);
});

test("devices are shown in the words of the configuration, and what a device says of itself cannot colour the terminal", () => {
  const forms = [
    { format: "mjpeg", width: 1280, height: 720, fps: 30 },
    { format: "mjpeg", width: 640, height: 480, fps: 60 },
  ];
  const cameras = [{ source: "camera:/dev/video0", name: "Web\u001b[31mcam", problem: null, forms }];
  const text = devicesText({ cameras, microphones: [{ source: "mic:default", name: "A" }], screens: [], hints: [] });
  assert.ok(text.includes("  source: camera:/dev/video0   "), text);
  assert.ok(text.includes("    capture.format: mjpeg   1280x720 30 FPS, 640x480 60 FPS\n"), text);
  assert.ok(text.includes("  source: mic:default   A\nno screens\n"), text);
  assert.ok(!text.includes("\u001b"));
});

test("a camera's quality is read from its tables", () => {
  for (let quality = 1; quality < 100; quality++)
    assert.ok(Math.abs(estimateQuality(quantizationTables(quality)) - quality) <= 1, String(quality));
});

test("a URL is shown without user, password and query", () => {
  assert.equal(publicUrl("rtsp://me:ge@heim@cam:554/a/b?key=1#x"), "rtsp://cam:554/a/b");
  assert.equal(publicUrl("udp://@239.1.2.3:5000"), "udp://239.1.2.3:5000");
  assert.equal(publicUrl("http://h/x@y"), "http://h/x@y");
});

test("a code of FFmpeg's that nobody has explained is told as what it is", () => {
  assert.equal(explainLoss("srt://h:1", -12_345, false), "srt://h:1: reading it failed (FFmpeg's code -12345); check the URL");
  assert.equal(explainOpening("srt://h:1", -12_345), "srt://h:1: opening it failed (FFmpeg's code -12345); check the URL");
});

test("that the other end breaks off is told as that, and of a path only where one was opened", () => {
  const EIO = -5;
  assert.equal(explainLoss("http://h/x", EIO, false), "http://h/x: the other end has gone");
  assert.equal(explainLoss("srt://0.0.0.0:9000", EIO, true), "srt://0.0.0.0:9000: the other end has gone; it waits for the next one");
  assert.equal(explainOpening("rtsp://h/x", EIO), "rtsp://h/x: it cannot be read; check the path");
  assert.equal(explainOpening("udp://0.0.0.0:9", EIO), "udp://0.0.0.0:9: nothing has come for 5 s; check that the other end sends");
});

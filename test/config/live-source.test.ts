import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type LiveInput, parseLiveSource } from "../../config/values/live-source.ts";
import { load } from "./request.ts";

const good: readonly (readonly [string, LiveInput])[] = [
  ["camera:/dev/video2", { kind: "camera", device: "/dev/video2", microphone: null }],
  ["camera:", { kind: "camera", device: "/dev/video0", microphone: null }],
  ["camera:3", { kind: "camera", device: "/dev/video3", microphone: null }],
  ["camera+mic", { kind: "camera", device: "/dev/video0", microphone: "default" }],
  ["camera:/dev/video1+mic:hw:1,0", { kind: "camera", device: "/dev/video1", microphone: "hw:1,0" }],
  ["mic:", { kind: "microphone", device: "default" }],
  ["mic:plughw:CARD=C920,DEV=0", { kind: "microphone", device: "plughw:CARD=C920,DEV=0" }],
  ["screen:", { kind: "screen", display: "", offset: null }],
  ["screen::0.0", { kind: "screen", display: ":0.0", offset: null }],
  ["screen::1+100,20", { kind: "screen", display: ":1", offset: { left: 100, top: 20 } }],
  ["test:live", { kind: "generated" }],
  ["rtsp://user:pass@cam.local/stream1", { kind: "url", url: "rtsp://user:pass@cam.local/stream1" }],
  ["srt://0.0.0.0:9000?mode=listener", { kind: "url", url: "srt://0.0.0.0:9000?mode=listener" }],
  ["udp://@239.1.2.3:5000", { kind: "url", url: "udp://@239.1.2.3:5000" }],
  ["streamerd://10.0.0.7/door", { kind: "channel", host: "10.0.0.7", port: null, channel: "door", pass: null }],
  ["streamerd://cam.local:9700", { kind: "channel", host: "cam.local", port: 9700, channel: null, pass: null }],
  ["streamerd://[fe80::1%eth0]/door", { kind: "channel", host: "fe80::1%eth0", port: null, channel: "door", pass: null }],
  ["streamerd://[fe80::1%25br-lan]:9700/", { kind: "channel", host: "fe80::1%br-lan", port: 9700, channel: null, pass: null }],
  ["streamerd://[fd00::1]:9688/", { kind: "channel", host: "fd00::1", port: 9688, channel: null, pass: null }],
  [
    "streamerd://K7QXM-3HWPD-9ZTB4-D0F2A-6YQ1C@10.0.0.7/door",
    { kind: "channel", host: "10.0.0.7", port: null, channel: "door", pass: "K7QXM-3HWPD-9ZTB4-D0F2A-6YQ1C" },
  ],
  ["HTTP://host/video.mjpg", { kind: "url", url: "HTTP://host/video.mjpg" }],
];

for (const [written, input] of good)
  test(`${written} is a live source`, () => {
    assert.deepEqual(parseLiveSource(written), { ok: true, value: input });
  });

const bad: readonly (readonly [string, RegExp])[] = [
  ["gopher://h/", /^gopher:\/\/ is no scheme that can be received; use rtsp, /],
  ["udp://239.1.2.3", /^udp:\/\/ needs a port; write it as udp:\/\/HOST:PORT$/],
  ["streamerd://", /^streamerd:\/\/ is followed by no valid address; write it as streamerd:\/\/\[PASS@\]HOST\[:PORT\]\/CHANNEL$/],
  ["streamerd://geheim@host/door", /^streamerd:\/\/ is followed by no pass before the @; it has five groups/],
  ["streamerd://K7QXM-3HWPD-9ZTB4-D0F2A-6YQ1U@host/door", /^streamerd:\/\/ is followed by no pass before the @/],
  ["streamerd://K7QXM-3HWPD-9ZTB4-D0F2A@host/door", /^streamerd:\/\/ is followed by no pass before the @/],
  ["streamerd://[fe80::1%]/door", /^streamerd:\/\/ is followed by no valid address/],
  ["streamerd://host:70000/door", /^streamerd:\/\/ is followed by no valid address/],
  ["streamerd://host/Front Door", /^a URL with blanks/],
  ["streamerd://host/Door", /^"Door" is no channel's name; write it as/],
  ["rtsp://", /^rtsp:\/\/ is followed by no valid address/],
  ["http://a b/", /^a URL with blanks in it/],
  [`http://h/${"x".repeat(3000)}`, /^a URL of 3009 characters/],
  ["camera:video0", /^"video0" is no camera; name its device: camera:\/dev\/video0$/],
  ["camera:/dev/video0+mic:a+mic:b", /^two microphones/],
  ["mic:-x", /^"-x" is no microphone; streamctl devices lists/],
  ["screen:desktop", /^"desktop" is no display/],
];

for (const [written, reason] of bad)
  test(`${written.slice(0, 40)} is refused with what to write instead`, () => {
    const parsed = parseLiveSource(written);
    assert.ok(parsed !== null && !parsed.ok);
    assert.match(parsed.reason, reason);
  });

test("a file is no live source, whatever it is called", () => {
  for (const name of ["film.mp4", "/srv/camera.mp4", "./camera:x", "mic.wav", "a:b.mp4"]) assert.equal(parseLiveSource(name), null, name);
});

test("whatever is written never throws, and a refusal never repeats what may be a password", () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.constantFrom("", "camera:", "mic:", "screen:", "rtsp://u:geheim@", "http://u:geheim@", "streamerd://u:geheim@"),
      (rest, start) => {
        const parsed = parseLiveSource(start + rest);
        if (parsed !== null && !parsed.ok) assert.ok(!parsed.reason.includes("geheim"));
      },
    ),
  );
});

test("a live source stands alone, and nothing live can stand in for it", () => {
  const lines = (yaml: string): string => {
    const loaded = load(`channels:\n  main:\n    ${yaml}\n`);
    return loaded.ok ? "" : loaded.errors.map(({ message }) => message).join("\n");
  };
  assert.match(lines("source: [film.mp4, camera+mic]"), /a live source stands alone, not in a list/);
  assert.match(lines("fallback: rtsp://h/x"), /a live source cannot stand in for another one/);
  assert.equal(lines("source: [camera+mic]"), "");
  assert.equal(lines("fallback: none"), "");
});

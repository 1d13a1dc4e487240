import assert from "node:assert/strict";
import { test } from "node:test";
import { CONTENT_SECURITY_POLICY, renderPage } from "../../../daemon/http/page.ts";

const main = {
  name: "main",
  state: "playing",
  source: "film.mp4",
  group: "239.255.96.88",
  port: 5004,
  picture: { width: 500, height: 281 },
  sound: { sampleRateHz: 44_100, channels: 2 },
  isEncrypted: false,
  sdpUrl: "http://10.77.0.1:9680/main.sdp",
};

test("every channel is there with the lines to copy and a QR code", () => {
  const page = renderPage("10.77.0.1", "10.77.0.1:9688", [main, { ...main, name: "lobby", sdpUrl: "http://10.77.0.1:9680/lobby.sdp" }]);
  for (const name of ["main", "lobby"]) {
    assert.ok(page.includes(`ffplay -protocol_whitelist http,tcp,udp,rtp -fpsprobesize 0 http://10.77.0.1:9680/${name}.sdp`));
    assert.ok(page.includes(`streamctl --host 10.77.0.1:9688 watch ${name}`));
    assert.ok(page.includes(`aria-label="QR code of http://10.77.0.1:9680/${name}.sdp"`));
  }
  assert.ok(page.includes("500 × 281 · 44.1 kHz stereo · group 239.255.96.88, port 5004"));
});

test("the line for GStreamer asks for no sound where there is none", () => {
  const page = renderPage("10.77.0.1", "10.77.0.1:9688", [{ ...main, sound: null }]);
  assert.match(page, /gst-launch-1\.0 .*\n.*media=video .* autovideosink<\/pre>/);
});

test("a channel that waits for somebody to join says what starts it", () => {
  const says = /It begins when somebody joins with <code>streamctl --host 10\.77\.0\.1:9688 watch main<\/code>/;
  assert.match(renderPage("10.77.0.1", "10.77.0.1:9688", [{ ...main, state: "idle" }]), says);
  assert.doesNotMatch(renderPage("10.77.0.1", "10.77.0.1:9688", [main]), says);
});

test("a channel that is encrypted says what is wanted, and gives no description", () => {
  const page = renderPage("10.77.0.1", "10.77.0.1:9688", [{ ...main, isEncrypted: true }]);
  assert.ok(page.includes("It is encrypted, for who has a pass"));
  assert.ok(page.includes("streamctl --host 10.77.0.1:9688 watch main --pass PASS"));
  assert.ok(page.includes("streamctl --host 10.77.0.1:9688 record - main --pass PASS | ffplay -</pre>"));
  assert.doesNotMatch(page, /main\.sdp/);
});

test("nothing of it runs or comes from elsewhere", () => {
  const page = renderPage("10.77.0.1", "10.77.0.1:9688", [main]);
  assert.doesNotMatch(page, /<script|<link|<img|<iframe|\son\w+=|url\(/i);
  assert.match(CONTENT_SECURITY_POLICY, /^default-src 'none'/);
});

test("names of files are text, whatever is in them", () => {
  const page = renderPage("10.77.0.1", "10.77.0.1:9688", [{ ...main, source: `"><script>alert('x')</script>&.mp4` }]);
  assert.doesNotMatch(page, /<script/);
  assert.ok(page.includes("&#60;script&#62;"));
});

test("a channel without a session description says what can read it", () => {
  const page = renderPage("10.77.0.1", "10.77.0.1:9688", [{ ...main, sdpUrl: null }]);
  assert.match(page, /Each datagram to 239\.255\.96\.88 port 5004 is a JPEG file, and a WAV file to port 5006/);
  assert.doesNotMatch(page, /\.sdp/);
});

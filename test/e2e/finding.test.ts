import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { SAP_LOCAL_ADDRESS, SAP_PORT, buildSap, parseSap } from "../../wire/sap.ts";
import { buildSdp } from "../../wire/sdp.ts";
import { startCapture } from "./capture.ts";
import { createLan } from "./lan.ts";
import { temporaryFolder } from "./media.ts";
import { lacks } from "./needs.ts";
import { startStreamerd } from "./streamerd.ts";
import { waitFor } from "./wait.ts";

const skip = lacks("ip", "tcpdump", "curl", "gst-launch-1.0");
const STREAMCTL = join(import.meta.dirname, "../../bin/streamctl");
const TWO_CHANNELS = ["--set", "channels.lobby.source=null", "--set", "channels.hall.source=null"];

test("streamctl discover lists what is announced, and what is taken back, also behind a bridge that snoops", { skip }, async (context) => {
  const lan = await createLan(context, ["tx", "rx1"], { snooping: true });
  const discover = lan.host("rx1").spawn(STREAMCTL, ["discover", "--seconds", "60"]);
  const daemon = await startStreamerd(context, lan.host("tx"), TWO_CHANNELS);
  await discover.waitForLine(/^lobby +239\.255\.\d+\.\d+:5004 +500x281 25\.00 FPS +44100 Hz stereo +10\.77\.0\.1:9688$/);
  await discover.waitForLine(/^hall /);
  await daemon.streamctl("channel", "stop", "hall");
  await discover.waitForLine(/^hall .*gone/);
  await daemon.stop();
  await discover.waitForLine(/^lobby .*gone/);
  assert.equal((await discover.stop()).status, 0);
});

test("an announcement is what RFC 2974 has: TTL 255, one a channel, a new hash for a new description", { skip }, async (context) => {
  const folder = temporaryFolder(context);
  const lan = await createLan(context, ["tx", "rx1"]);
  const capture = await startCapture(lan, lan.host("rx1"), join(folder, "capture.pcap"));
  const daemon = await startStreamerd(context, lan.host("tx"), ["--set", "channels.lobby.source=null"]);
  await daemon.streamctl("set", "width", "320");
  await waitFor("the new size", async () => (await daemon.channel("lobby")).picture?.width === 320);
  const { uptimeMs: changedMs } = await daemon.status();
  await waitFor("its announcement", async () => (await daemon.status()).uptimeMs > changedMs + 2000);
  await daemon.stop();
  const packets = (await capture.stop()).filter(
    ({ destination, destinationPort }) => destination === SAP_LOCAL_ADDRESS && destinationPort === SAP_PORT,
  );
  const heard = packets.map(({ payload }) => parseSap(payload)).flatMap((parsed) => (parsed.ok ? [parsed.value] : []));
  assert.equal(heard.length, packets.length);
  assert.deepEqual(heard.map(({ kind }) => kind).at(-1), "deletion");
  assert.ok(heard.every(({ origin, hash }) => origin === "10.77.0.1" && hash !== 0));
  const hashOf = (width: number) => heard.find(({ payload }) => payload.includes(`a=x-dimensions:${width},`))?.hash;
  assert.ok(hashOf(320) !== undefined && hashOf(320) !== hashOf(500));
  assert.equal(heard.at(-1)?.hash, hashOf(320));
});

test("ten thousand announcements of one host leave a short list, with the others in it", { skip }, async (context) => {
  const folder = temporaryFolder(context);
  const lan = await createLan(context, ["tx", "rx1", "rx2"]);
  const discover = lan.host("rx1").spawn(STREAMCTL, ["discover", "--seconds", "60"]);
  const flood = Array.from({ length: 10_000 }, (_, index) =>
    Buffer.from(
      buildSap({
        kind: "announcement",
        hash: 1 + index,
        origin: "10.77.0.3",
        payload: buildSdp({
          sessionId: String(index),
          sessionVersion: "1",
          originAddress: "10.77.0.3",
          name: `flood\u001b[31m-${index}`,
          group: "239.255.1.1",
          ttl: 1,
          control: null,
          video: { port: 5004, size: null, fps: null },
          audio: null,
        }),
      }),
    ).toString("base64"),
  );
  const list = join(folder, "flood.json");
  writeFileSync(list, JSON.stringify(flood));
  await discover.waitForLine(/./, 100).catch(() => undefined);
  const send = `const s = require("dgram").createSocket("udp4"); s.bind(0, () => { s.setMulticastInterface("10.77.0.3"); s.setMulticastTTL(1);
    const all = require(${JSON.stringify(list)}); let n = 0; const more = () => { for (let k = 0; k < 100 && n < all.length; k++) s.send(Buffer.from(all[n++], "base64"), ${SAP_PORT}, "${SAP_LOCAL_ADDRESS}"); n < all.length ? setTimeout(more, 2) : s.close(); }; more(); });`;
  const flooded = await lan.host("rx2").exec(process.execPath, ["-e", send]);
  assert.equal(flooded.status, 0, flooded.stderr);
  await startStreamerd(context, lan.host("tx"), ["--set", "channels.lobby.source=null"]);
  await discover.waitForLine(/^lobby /);
  await discover.stop();
  // Without those of the daemon's own channels, which may be told again when their sources have begun.
  const lines = discover
    .stdout()
    .trim()
    .split("\n")
    .filter((line) => !/^(lobby|main) /.test(line));
  assert.ok(lines.length > 1 && lines.length <= 129, `${lines.length} lines`);
  assert.ok(!discover.stdout().includes("\u001b"), "control characters stay away from the terminal");
});

test("where nothing is announced one line says why that may be", { skip }, async (context) => {
  const lan = await createLan(context, ["tx"]);
  const { status, stdout, stderr } = await lan.host("tx").exec(STREAMCTL, ["discover", "--seconds", "0.5"]);
  assert.deepEqual([status, stdout, stderr.split("\n").length], [0, "", 2]);
  assert.match(stderr, /nothing was announced in 0\.5 s: is a streamerd in this network/);
});

test("a port that another program holds is told in one line", { skip }, async (context) => {
  const host = (await createLan(context, ["tx"])).host("tx");
  const holder = host.spawn(process.execPath, ["-e", `require("dgram").createSocket("udp4").bind(${SAP_PORT}, () => console.log("held"))`]);
  await holder.waitForLine(/held/);
  const { status, stderr } = await host.exec(STREAMCTL, ["discover"]);
  assert.equal(status, 1);
  assert.match(stderr, /^streamctl: cannot listen for announcements on UDP port 9875: .*; end what holds it, or name .* --host\n$/);
});

test("the page tells how to watch, and its line for GStreamer works as it is printed", { skip }, async (context) => {
  const lan = await createLan(context, ["tx", "rx1"]);
  await startStreamerd(context, lan.host("tx"), TWO_CHANNELS);
  const page = await lan.host("rx1").output("curl", ["-sf", "http://10.77.0.1:9680/"]);
  assert.match(page, /ffplay -protocol_whitelist http,tcp,udp,rtp -fpsprobesize 0 http:\/\/10\.77\.0\.1:9680\/lobby\.sdp/);
  const line = /<pre[^>]*>(gst-launch-1\.0 [^<]*)<\/pre>/.exec(page)?.[1] ?? "";
  const words = line.replaceAll("\\\n", " ").trim().split(/\s+/).slice(1);
  // What is missing here is a screen and a loudspeaker.
  const sinks = words.flatMap((word) => (/^auto(video|audio)sink$/.test(word) ? ["fakesink", "num-buffers=20"] : [word]));
  const played = await lan.host("rx1").exec("timeout", ["20", "gst-launch-1.0", ...sinks]);
  assert.equal(played.status, 0, played.stderr);
  const headers = await lan.host("rx1").output("curl", ["-sI", "http://10.77.0.1:9680/"]);
  assert.match(headers, /content-security-policy: default-src 'none'/i);
  const missing = await lan.host("rx1").output("curl", ["-s", "http://10.77.0.1:9680/attic.sdp"]);
  assert.equal(missing, "not here; there is\n/\n/lobby.sdp\n/hall.sdp\n");
});

test("an interface that is made anew 25 times is listened on at the end", { skip: lacks("ip") }, async (context) => {
  const lan = await createLan(context, ["rx1"]);
  const program = join(import.meta.dirname, "remade-interface.ts");
  assert.equal(await lan.host("rx1").output(process.execPath, [program]), "1 1\n");
});

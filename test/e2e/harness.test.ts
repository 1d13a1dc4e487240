/** The end-to-end harness itself: LANs of namespaces, captures, losses and the two strangers that record. */

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startCapture } from "./capture.ts";
import type { Host } from "./host.ts";
import { createLan } from "./lan.ts";
import { makeFilm, pictureSeconds, referencePictures, referenceSound, temporaryFolder } from "./media.ts";
import { lacks } from "./needs.ts";
import { recordWithFfmpeg, recordWithGStreamer } from "./peers.ts";
import { matchPictures, shareRecorded } from "./picture-match.ts";
import { analyseRtp } from "./rtp-analysis.ts";
import { startProcess } from "./running.ts";
import type { Running } from "./running.ts";
import { matchSound } from "./sound-match.ts";
import { waitFor } from "./wait.ts";

const GROUP = "239.255.7.7";
const PORT = 5004;
const SIZE = { width: 320, height: 176 };
const SOUND = { sampleRateHz: 44_100, channels: 2 };

/** As ffmpeg sends it: RTP/JPEG and L16, which the strangers record. */
const SDP = [
  "v=0",
  "o=- 1 1 IN IP4 10.77.0.1",
  "s=harness",
  `c=IN IP4 ${GROUP}/1`,
  "t=0 0",
  `m=video ${PORT} RTP/AVP 26`,
  "a=framerate:24",
  `m=audio ${PORT + 2} RTP/AVP 10`,
  "",
].join("\r\n");

/** ffmpeg sends the film for ever, at its own speed, to the group. */
function send(host: Host, film: string): Running {
  const input = ["-re", "-stream_loop", "-1", "-i", film];
  const target = (port: number): readonly string[] => ["-f", "rtp", `rtp://${GROUP}:${port}?ttl=1&pkt_size=1400`];
  const scale = `scale=${SIZE.width}:${SIZE.height}:flags=area+accurate_rnd:out_color_matrix=bt601:out_range=pc,format=yuvj420p`;
  // RFC 2435 knows the standard Huffman tables only.
  const picture = ["-map", "0:v", "-vf", scale, "-c:v", "mjpeg", "-huffman", "default", "-q:v", "2", ...target(PORT)];
  const sound = ["-map", "0:a", "-ar", "44100", "-ac", "2", "-c:a", "pcm_s16be", "-payload_type", "10", ...target(PORT + 2)];
  return host.spawn("ffmpeg", ["-v", "error", "-nostdin", ...input, ...picture, ...sound]);
}

async function sendOne(from: Host, port: number, text: string): Promise<void> {
  await from.output("bash", ["-c", `printf %s '${text}' >/dev/udp/${GROUP}/${port}`]);
}

/** A member of the group: ffmpeg joins by SDP and throws everything away. */
function joinGroup(host: Host, sdpFile: string): Running {
  return host.spawn("ffmpeg", ["-v", "error", "-nostdin", "-protocol_whitelist", "file,udp,rtp", "-i", sdpFile, "-f", "null", "-"]);
}

test("two LANs side by side do not hear each other", { skip: lacks("tcpdump") }, async (t) => {
  const folder = temporaryFolder(t);
  const [one, two] = await Promise.all([createLan(t, ["tx", "rx1"]), createLan(t, ["tx", "rx1"])]);
  const captures = await Promise.all([one, two].map((lan, index) => startCapture(lan, lan.host("rx1"), join(folder, `${index}.pcap`))));
  await sendOne(one.host("tx"), PORT, "for one");
  await sendOne(two.host("tx"), PORT, "for two");
  const heard = await Promise.all(captures.map((capture) => capture.stop()));
  const texts = heard.map((datagrams) =>
    datagrams.map(({ payload, source, destination }) => [source, destination, Buffer.from(payload).toString()]),
  );
  assert.deepEqual(texts, [[["10.77.0.1", GROUP, "for one"]], [["10.77.0.1", GROUP, "for two"]]]);
});

test("a LAN and all that runs in it are gone after the test", { skip: lacks() }, async (t) => {
  let namespace = "";
  let pid = 0;
  await t.test("which has a LAN and leaves a grandchild behind", async (inner) => {
    const host = (await createLan(inner, ["tx"])).host("tx");
    namespace = host.namespace;
    const shell = host.spawn("bash", ["-c", "sleep 1000 & echo child $!; exit 0"]);
    pid = Number((await shell.waitForLine(/^child \d+$/)).split(" ")[1]);
    assert.ok(existsSync(`/run/netns/${namespace}`));
  });
  assert.ok(!existsSync(`/run/netns/${namespace}`));
  await waitFor(
    "the end of the grandchild",
    () => !existsSync(`/proc/${pid}`) || readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z "),
  );
});

test("a LAN goes away with Ctrl-C, and with the next LAN after a kill", { skip: lacks() }, async (t) => {
  const lanFile = JSON.stringify(new URL("lan.ts", import.meta.url).href);
  const script = `const { createLan } = await import(${lanFile}); const lan = await createLan({ after() {} }, ["tx"]); console.log("up " + lan.host("tx").namespace); setInterval(() => {}, 1000);`;
  const raise = async (): Promise<{ readonly running: Running; readonly file: string }> => {
    const running = startProcess(process.execPath, ["--input-type=module", "-e", script]);
    t.after(() => running.kill("SIGKILL"));
    return { running, file: `/run/netns/${(await running.waitForLine(/^up /)).slice(3)}` };
  };
  const interrupted = await raise();
  assert.ok(existsSync(interrupted.file));
  assert.deepEqual(await interrupted.running.stop("SIGINT"), { status: null, signal: "SIGINT" });
  assert.ok(!existsSync(interrupted.file));

  const killed = await raise();
  await killed.running.stop("SIGKILL");
  assert.ok(existsSync(killed.file));
  await createLan(t, ["tx"]);
  assert.ok(!existsSync(killed.file));
});

test("a host's cable can be pulled and put back", { skip: lacks() }, async (t) => {
  const lan = await createLan(t, ["tx", "rx1"]);
  const tx = lan.host("tx");
  await sendOne(tx, PORT, "there");
  await tx.setLink("down");
  assert.notEqual((await tx.exec("bash", ["-c", `printf gone >/dev/udp/${GROUP}/${PORT}`])).status, 0);
  await tx.setLink("up");
  await sendOne(tx, PORT, "there again");
});

test(
  "datagrams that a host drops are lost to its programs, though its capture sees them",
  { skip: lacks("nft", "tcpdump", "nc") },
  async (t) => {
    const folder = temporaryFolder(t);
    const lan = await createLan(t, ["tx", "rx1"]);
    const [tx, rx1] = [lan.host("tx"), lan.host("rx1")];
    const listener = rx1.spawn("nc", ["-u", "-l", "-k", "-v", "-n", rx1.address, "6000"]);
    await listener.waitForLine(/Bound on/);
    const say = (text: string): Promise<string> => tx.output("bash", ["-c", `printf '%s\\n' ${text} >/dev/udp/${rx1.address}/6000`]);
    const capture = await startCapture(lan, rx1, join(folder, "rx1.pcap"));
    await say("first");
    await listener.waitForLine(/^first$/);
    await rx1.dropIncoming(6000, 100);
    await say("second");
    await rx1.dropIncoming(6000, 0);
    await say("third");
    await listener.waitForLine(/^third$/);
    assert.ok(!listener.stdout().includes("second"));
    assert.equal((await capture.stop()).length, 3);
  },
);

test("with snooping the bridge sends a group only to hosts that joined it", { skip: lacks("ffmpeg", "tcpdump") }, async (t) => {
  const folder = temporaryFolder(t);
  const sdpFile = join(folder, "session.sdp");
  writeFileSync(sdpFile, SDP);
  const lan = await createLan(t, ["tx", "rx1", "rx2"], { snooping: true });
  joinGroup(lan.host("rx1"), sdpFile);
  await waitFor("the bridge to know the member", async () => (await lan.memberships()).includes(`rx1 ${GROUP}`));
  assert.deepEqual(await lan.memberships(), [`rx1 ${GROUP}`]);
  const captures = await Promise.all(
    ["rx1", "rx2"].map((name) => startCapture(lan, lan.host(name === "rx1" ? "rx1" : "rx2"), join(folder, `${name}.pcap`))),
  );
  for (let count = 0; count < 10; count++) await sendOne(lan.host("tx"), PORT, "for members");
  const [member, stranger] = await Promise.all(captures.map((capture) => capture.stop()));
  assert.equal(member?.length, 10);
  assert.equal(stranger?.length, 0);
});

test(
  "ffmpeg and GStreamer record what ffmpeg sends, and it is found to be the film",
  { skip: lacks("ffmpeg", "ffprobe", "gst-launch-1.0", "tcpdump") },
  async (t) => {
    const folder = temporaryFolder(t);
    const film = makeFilm(join(folder, "film.mp4"));
    const sdpFile = join(folder, "session.sdp");
    writeFileSync(sdpFile, SDP);
    const lan = await createLan(t, ["tx", "rx1", "rx2"]);
    const capture = await startCapture(lan, lan.host("rx1"), join(folder, "rx1.pcap"));
    send(lan.host("tx"), film);
    const options = { sdpFile, seconds: 4, size: SIZE };
    const folders = ["ffmpeg", "gstreamer"].map((name) => join(folder, name));
    for (const each of folders) mkdirSync(each);
    const recordings = await Promise.all([
      recordWithFfmpeg(lan.host("rx1"), { ...options, folder: folders[0] ?? folder }),
      recordWithGStreamer(lan.host("rx2"), { ...options, folder: folders[1] ?? folder }),
    ]);
    const streams = analyseRtp(await capture.stop());

    assert.deepEqual(
      streams.map(({ group, port, payloadType, lost, reordered, duplicates }) => ({
        group,
        port,
        payloadType,
        lost,
        reordered,
        duplicates,
      })),
      [26, 10].map((payloadType, index) => ({ group: GROUP, port: PORT + 2 * index, payloadType, lost: 0, reordered: 0, duplicates: 0 })),
    );
    const reference = referencePictures(film, SIZE, folder);
    const sound = referenceSound(film, SOUND, pictureSeconds(film), folder);
    for (const recording of recordings) {
      assert.ok(recording.pictures !== null && recording.sound !== null);
      const matches = matchPictures(recording.pictures, reference);
      assert.ok(matches.length >= 80, `${matches.length} pictures: ${recording.log}`);
      assert.ok(shareRecorded(matches) > 0.98, `${shareRecorded(matches)} of the pictures`);
      assert.ok(Math.min(...matches.map(({ psnrDb }) => psnrDb)) > 35, "the pictures are alike");
      const { correlation } = matchSound(recording.sound, sound, SOUND.channels);
      assert.ok(correlation > 0.99, `sound correlates by ${correlation}`);
    }
  },
);

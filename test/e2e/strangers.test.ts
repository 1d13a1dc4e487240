import assert from "node:assert/strict";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createLan } from "./lan.ts";
import { makeFilm, temporaryFolder } from "./media.ts";
import { lacks } from "./needs.ts";
import { startStreamerd, waitForNewSource } from "./streamerd.ts";
import { waitFor } from "./wait.ts";

const skip = lacks("ip", "ffmpeg", "gst-launch-1.0", "curl");
const URL = "http://10.77.0.1:9680/main.sdp";

test(
  "ffmpeg and GStreamer play on through pause, seek, next, another size, stop and start, and the loss of a source",
  { skip },
  async (context) => {
    const folder = temporaryFolder(context);
    const films = [makeFilm(join(folder, "a.mp4"), 30), makeFilm(join(folder, "b.mp4"), 30)];
    const lan = await createLan(context, ["tx", "rx1", "rx2"]);
    const daemon = await startStreamerd(context, lan.host("tx"), films);
    const sdpFile = join(folder, "main.sdp");
    writeFileSync(sdpFile, await lan.host("rx1").output("curl", ["-sf", URL]));

    const pictures = join(folder, "pictures");
    mkdirSync(pictures);
    const receive = `-hide_banner -loglevel error -nostdin -protocol_whitelist file,udp,rtp -i ${sdpFile} -map 0:v -f null -progress pipe:1 -stats_period 0.2 -`;
    const ffmpeg = lan.host("rx1").spawn("ffmpeg", receive.split(" "));
    const pipeline = [
      ...`-q souphttpsrc location=${URL} ! sdpdemux latency=200 name=s`.split(" "),
      ...`s. ! application/x-rtp,media=video ! rtpjpegdepay ! jpegdec ! videoconvert ! jpegenc ! multifilesink location=${pictures}/%06d.jpg`.split(
        " ",
      ),
      ..."s. ! application/x-rtp,media=audio ! rtpL16depay ! fakesink".split(" "),
    ];
    const gstreamer = lan.host("rx2").spawn("gst-launch-1.0", pipeline);
    const seenBy = {
      ffmpeg: () => Number([...ffmpeg.stdout().matchAll(/^frame=(\d+)$/gm)].at(-1)?.[1] ?? 0),
      GStreamer: () => readdirSync(pictures).length,
    };
    const playsOn = async (after: string, more: number): Promise<void> => {
      for (const [name, count] of Object.entries(seenBy)) {
        const before = count();
        await waitFor(`${name} to play on after ${after}`, () => {
          assert.ok(!ffmpeg.hasEnded() && !gstreamer.hasEnded(), `ended after ${after}: ${ffmpeg.stderr()} ${gstreamer.stderr()}`);
          return count() >= before + more;
        });
      }
    };
    const tell = async (...words: readonly string[]): Promise<void> => {
      const { status, stderr } = await daemon.streamctl(...words);
      assert.equal(status, 0, stderr);
    };
    await playsOn("the start", 20);

    await tell("channel", "pause");
    await waitFor("the pause", async () => (await daemon.channel()).counters.framesRepeated > 1);
    await playsOn("a pause", 2);
    const joinedMs = performance.now();
    const still = join(folder, "late-joiner.jpg");
    const late = `-v error -nostdin -y -protocol_whitelist http,tcp,udp,rtp -fpsprobesize 0 -i ${URL} -map 0:v -frames:v 1 ${still}`;
    assert.equal((await lan.host("rx1").exec("ffmpeg", late.split(" "))).status, 0);
    assert.ok(statSync(still).size > 1000);
    context.diagnostic(
      `who joins a paused channel with ffmpeg has the picture written after ${Math.round(performance.now() - joinedMs)} ms`,
    );
    await tell("channel", "resume");
    await playsOn("the end of a pause", 20);

    await tell("channel", "seek", "20");
    await playsOn("a seek", 20);
    await tell("channel", "next");
    await playsOn("the next film", 20);
    await tell("set", "width", "320");
    await waitFor("the other size", async () => (await daemon.channel()).picture?.width === 320);
    await playsOn("another size", 20);
    await tell("channel", "stop");
    await waitFor("the stop", async () => (await daemon.channel()).state === "stopped");
    await tell("channel", "start");
    await playsOn("a stop and a start", 20);
    const [source = 0] = daemon.sources();
    process.kill(source, "SIGSTOP");
    await waitFor("starvation", async () => (await daemon.channel()).state === "starved");
    await playsOn("starvation", 1);
    await waitForNewSource(daemon, source);
    await playsOn("another source", 20);
    assert.match(await lan.host("rx1").output("curl", ["-sf", URL]), /a=x-dimensions:320,180/);
  },
);

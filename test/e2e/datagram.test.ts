import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parsePictureDatagram, parseSoundDatagram } from "../../wire/datagram/index.ts";
import { createLan } from "./lan.ts";
import { makeFilm, temporaryFolder } from "./media.ts";
import { lacks } from "./needs.ts";
import { startStreamerd } from "./streamerd.ts";
import { waitFor } from "./wait.ts";

const skip = lacks("ip", "ffmpeg", "curl", "python3");
const GROUP = "239.255.91.20";
const SCRIPT = join(import.meta.dirname, "../../examples/receive.py");

function numbersOf(stamps: readonly number[]): { readonly missing: number } {
  const sorted = stamps.toSorted((one, other) => one - other);
  return { missing: (sorted.at(-1) ?? 0) - (sorted[0] ?? 0) + 1 - new Set(sorted).size };
}

for (const encoding of ["raw", "base64"] as const) {
  test(
    `a script of ten lines reads every picture and every piece of sound (${encoding}), and any program opens them`,
    { skip },
    async (context) => {
      const folder = temporaryFolder(context);
      const got = join(folder, "got");
      mkdirSync(got);
      const film = makeFilm(join(folder, "film.mp4"), 2);
      const lan = await createLan(context, ["tx", "rx1"]);
      const script = lan.host("rx1").spawn("python3", [SCRIPT, GROUP, "5004", got]);
      const sets = [`group=${GROUP}`, "profile=datagram", `datagram.encoding=${encoding}`].flatMap((set) => [
        "--set",
        `channels.main.${set}`,
      ]);
      const daemon = await startStreamerd(context, lan.host("tx"), [...sets, film]);
      await daemon.running.waitForLine(new RegExp(`python3 examples/receive\\.py ${GROUP} 5004`));
      // Two loops of the film.
      await waitFor("files", () => readdirSync(got).filter((name) => name.endsWith(".jpg")).length > 100);
      await script.stop();
      const read = (suffix: string) =>
        readdirSync(got)
          .filter((name) => name.endsWith(suffix))
          .toSorted()
          .slice(0, -1)
          .map((name) => readFileSync(join(got, name)));
      const pictures = read(".jpg").map(parsePictureDatagram);
      const sounds = read(".wav").map(parseSoundDatagram);
      for (const parsed of [pictures, sounds]) {
        const numbers = parsed.map((one) =>
          one.ok && one.value.stamp !== null ? one.value.stamp.sequence : assert.fail(one.ok ? "no stamp" : one.reason),
        );
        assert.deepEqual(numbersOf(numbers), { missing: 0 });
      }
      execFileSync("ffmpeg", ["-v", "error", "-xerror", "-pattern_type", "glob", "-i", join(got, "*.jpg"), "-f", "null", "-"]);
      const wavs = readdirSync(got)
        .filter((name) => name.endsWith(".wav"))
        .slice(0, 5);
      const opened =
        "import sys, wave\nfor f in sys.argv[1:]:\n w = wave.open(f); print(w.getframerate(), w.getnchannels(), w.getnframes())";
      const lines = execFileSync("python3", ["-c", opened, ...wavs.map((name) => join(got, name))], { encoding: "utf8" });
      assert.equal(lines, "44100 2 882\n".repeat(wavs.length));
      for (const name of wavs) execFileSync("ffmpeg", ["-v", "error", "-xerror", "-i", join(got, name), "-f", "null", "-"]);

      const refused = await lan.host("rx1").exec("curl", ["-s", "-w", "%{http_code}", "http://10.77.0.1:9680/main.sdp"]);
      assert.equal(refused.stdout, "main has the profile datagram, which no session description can describe; see /\n404");
      const sdp = await daemon.streamctl("sdp");
      assert.deepEqual(
        [sdp.status, sdp.stderr],
        [1, "streamctl: it has the profile datagram, which no SDP describes: examples/receive.py reads it\n"],
      );
      assert.equal((await daemon.channel()).profile, "datagram");
    },
  );

  test(`no datagram is larger than UDP carries, whatever the picture (${encoding})`, { skip }, async (context) => {
    const folder = temporaryFolder(context);
    const noise = join(folder, "noise.mkv");
    execFileSync(
      "ffmpeg",
      `-v error -nostdin -y -f lavfi -i nullsrc=size=1000x600:rate=5:duration=2,geq=random(1)*255:128:128 -c:v ffv1 ${noise}`.split(" "),
    );
    const got = join(folder, "got");
    mkdirSync(got);
    const lan = await createLan(context, ["tx", "rx1"]);
    const script = lan.host("rx1").spawn("python3", [SCRIPT, GROUP, "5004", got]);
    const sets = [`group=${GROUP}`, "profile=datagram", `datagram.encoding=${encoding}`, "video.width=1000", "video.quality=95"];
    const daemon = await startStreamerd(context, lan.host("tx"), [...sets.flatMap((set) => ["--set", `channels.main.${set}`]), noise]);
    await waitFor("pictures", async () => (await daemon.channel()).counters.framesSent > 15);
    await waitFor("files", () => readdirSync(got).filter((name) => name.endsWith(".jpg")).length > 12);
    await script.stop();
    const { counters } = await daemon.channel();
    assert.equal(counters.sendErrors, 0, "the system took every one");
    assert.ok(counters.oversizeReencoded > 10);
    const sizes = readdirSync(got)
      .filter((name) => name.endsWith(".jpg"))
      .map((name) => readFileSync(join(got, name)).length);
    assert.ok(Math.max(...sizes) <= (encoding === "raw" ? 65_507 : 49_128), `${Math.max(...sizes)}`);
  });
}

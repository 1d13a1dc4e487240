import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { parsePictureDatagram, parseSoundDatagram } from "../../wire/datagram/index.ts";
import { createLan } from "./lan.ts";
import { makeMedia } from "../made-media.ts";
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
      const here = lan.host("tx").spawn("python3", [SCRIPT, GROUP, "5004"]);
      await here.waitForLine(/^\d{10}\.jpg \d+\.\d{3} s, \d+ bytes$/);
      await here.waitForLine(/^\d{10}\.wav \d+\.\d{3} s, 3604 bytes$/);
      await here.stop();
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
      assert.equal(
        refused.stdout,
        "main has the profile datagram, which no session description can describe; examples/receive.py reads it, and / says where it is sent\n404",
      );
      const sdp = await daemon.streamctl("sdp");
      assert.deepEqual(
        [sdp.status, sdp.stderr],
        [1, `streamctl: no SDP describes the profile datagram; this reads it: python3 examples/receive.py ${GROUP} 5004\n`],
      );
      assert.equal((await daemon.channel()).profile, "datagram");
    },
  );

  test(`no datagram is larger than UDP carries, whatever the picture (${encoding})`, { skip }, async (context) => {
    const folder = temporaryFolder(context);
    // The weak noise fits by its quality alone; the strong one does not, however coarse, and becomes smaller.
    const films = [12, 100].map((strength) => {
      const noise = `color=gray:size=2040x1224:rate=5:duration=2,noise=alls=${strength}:allf=t`;
      return makeMedia(["-f", "lavfi", "-i", noise, "-c:v", "ffv1"], join(folder, `noise-${strength}.mkv`));
    });
    const got = join(folder, "got");
    mkdirSync(got);
    const lan = await createLan(context, ["tx", "rx1"]);
    const script = lan.host("rx1").spawn("python3", [SCRIPT, GROUP, "5004", got]);
    const sets = [`group=${GROUP}`, "profile=datagram", `datagram.encoding=${encoding}`, "video.width=2040", "video.quality=95"];
    const daemon = await startStreamerd(context, lan.host("tx"), [...sets.flatMap((set) => ["--set", `channels.main.${set}`]), ...films]);
    await waitFor("files", () => readdirSync(got).filter((name) => name.endsWith(".jpg")).length > 15);
    const { counters } = await daemon.channel();
    await script.stop();
    assert.equal(counters.sendErrors, 0, "the system took every one");
    assert.ok(counters.oversizeReencoded > 0);
    // The last one may not have been written whole.
    const pictures = readdirSync(got)
      .filter((name) => name.endsWith(".jpg"))
      .toSorted()
      .slice(0, -1)
      .map((name) => join(got, name));
    const sizes = pictures.map((path) => readFileSync(path).length);
    const most = encoding === "raw" ? 65_507 : 49_128;
    assert.ok(Math.max(...sizes) <= most && Math.max(...sizes) > most / 2, `${Math.max(...sizes)}`);
    for (const path of pictures) execFileSync("ffmpeg", ["-v", "error", "-xerror", "-i", path, "-f", "null", "-"]);
    const numbers = pictures.map((path) => Number(basename(path, ".jpg")));
    assert.deepEqual(numbersOf(numbers), { missing: 0 });
  });
}

/** One streamerd after the other: a channel of the one is sent on by another one, in another LAN, where nothing of the first group comes. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { beepTimesS, flashTimesS } from "./flash-and-beep.ts";
import { createLan } from "./lan.ts";
import { temporaryFolder } from "./media.ts";
import { lacks } from "./needs.ts";
import { recordWithTimes } from "./peers.ts";
import { startStreamerd } from "./streamerd.ts";
import { waitFor } from "./wait.ts";

const skip = lacks("ip", "ffmpeg");
const STREAMCTL = join(import.meta.dirname, "../../bin/streamctl");
const source = (value: string): readonly string[] => ["--set", `channels.main.source=${value}`];

/** The JPEG scans of a recording's pictures, in their order. */
function scansOf(file: string): readonly string[] {
  const text = execFileSync("ffmpeg", ["-v", "error", "-i", file, "-map", "0:v", "-c", "copy", "-f", "framehash", "-hash", "md5", "-"], {
    encoding: "utf8",
  });
  return text.split("\n").flatMap((line) => (line.startsWith("#") || line === "" ? [] : [line.split(",").at(-1)?.trim() ?? ""]));
}

test(
  "a channel is sent on as it is, sound and picture together; while its daemon is away there is a slate, and it comes back",
  { skip },
  async (context) => {
    const lan = await createLan(context, ["tx", "rx1", "rx2"]);
    const from = await startStreamerd(context, lan.host("tx"), []);
    const relay = await startStreamerd(context, lan.host("rx1"), source("streamerd://10.77.0.1/main"));
    await waitFor("the channel", async () => (await relay.channel()).state === "playing");
    await waitFor("its rate", async () => ((await relay.pacing()).measuredFps ?? 0) > 20);
    const { source: shown, picture, group } = await relay.channel();
    assert.equal(shown, "streamerd://10.77.0.1/main");
    assert.deepEqual([picture?.width, picture?.height], [500, 281]);
    assert.notEqual(group, (await from.channel()).group);

    const record = async (daemon: typeof from): Promise<string> => {
      const folder = temporaryFolder(context);
      const sdpFile = join(folder, "main.sdp");
      writeFileSync(sdpFile, (await daemon.streamctl("sdp", "main")).stdout);
      return recordWithTimes(lan.host("rx2"), { sdpFile, folder, seconds: 6 });
    };
    const [there, here] = await Promise.all([record(from), record(relay)]);
    const sent = new Set(scansOf(there));
    const same = scansOf(here).filter((scan) => sent.has(scan)).length;
    assert.ok(same > 100, `${same} pictures are those of the first daemon`);
    const [flashes, beeps] = [flashTimesS(here), beepTimesS(here)];
    assert.ok(flashes.length >= 4, `${flashes.length} flashes`);
    for (const flash of flashes.slice(1)) {
      const apart = Math.min(...beeps.map((beep) => Math.abs(beep - flash)));
      assert.ok(apart < 0.02, `flash and beep ${(1000 * apart).toFixed(1)} ms apart`);
    }

    await from.stop();
    await waitFor("the slate", async () => (await relay.channel()).state === "no-signal");
    assert.match((await relay.channel()).stateReason ?? "", /^streamerd:\/\/10\.77\.0\.1\/main: ./);
    await startStreamerd(context, lan.host("tx"), []);
    await waitFor("the channel again", async () => (await relay.channel()).state === "playing", 40_000);
  },
);

test(
  "what the other daemon does not have, or refuses, is told in one line; on demand both run while somebody watches",
  { skip },
  async (context) => {
    const lan = await createLan(context, ["tx", "rx1", "rx2"]);
    const from = await startStreamerd(context, lan.host("tx"), [...source("test:live"), "--set", "channels.main.onDemand=true"]);
    const relay = await startStreamerd(context, lan.host("rx1"), [
      ...source("streamerd://10.77.0.1"),
      ...["main.onDemand=true", "wrong.source=streamerd://10.77.0.1/nothing", "alone.source=streamerd://10.77.0.1:7/main"].flatMap(
        (set) => ["--set", `channels.${set}`],
      ),
    ]);
    const reasonOf = async (channel: string): Promise<string> => (await relay.channel(channel)).stateReason ?? "";
    await waitFor("both reasons", async () => (await reasonOf("wrong")) !== "" && (await reasonOf("alone")) !== "");
    assert.match(await reasonOf("wrong"), /^streamerd:\/\/10\.77\.0\.1\/nothing: .*nothing/);
    assert.match(await reasonOf("alone"), /^streamerd:\/\/10\.77\.0\.1:7\/main: cannot connect to 10\.77\.0\.1:7: /);
    assert.deepEqual([(await relay.channel()).state, (await from.channel()).state], ["idle", "idle"]);
    const watching = lan.host("rx2").spawn(STREAMCTL, ["--host", lan.host("rx1").address, "stats", "main"]);
    await watching.waitForLine(/^ +2[89]\.\d |^ +3[012]\.\d /);
    assert.equal((await from.channel()).state, "playing");
    await watching.stop();
    await waitFor("both at rest", async () => (await relay.channel()).state === "idle" && (await from.channel()).state === "idle", 40_000);
  },
);

test("channels that send each other on, or themselves, show a slate of their own and say why", { skip }, async (context) => {
  const lan = await createLan(context, ["tx", "rx1"]);
  const sources = (...sets: readonly string[]): readonly string[] => sets.flatMap((set) => ["--set", `channels.${set}`]);
  const one = await startStreamerd(
    context,
    lan.host("tx"),
    sources("self.source=streamerd://10.77.0.1/self", `ring.source=streamerd://${lan.host("rx1").address}/ring`),
  );
  const other = await startStreamerd(context, lan.host("rx1"), sources("ring.source=streamerd://10.77.0.1/ring"));
  const reasonOf = async (daemon: typeof one, channel: string): Promise<string> => (await daemon.channel(channel)).stateReason ?? "";
  await waitFor("the channel itself", async () => /: that is this channel itself/.test(await reasonOf(one, "self")));
  for (const daemon of [one, other])
    await waitFor("the ring", async () => /: that is sent on from this channel/.test(await reasonOf(daemon, "ring")), 40_000);
  assert.deepEqual([(await one.channel("ring")).state, (await other.channel("ring")).state], ["no-signal", "no-signal"]);
});

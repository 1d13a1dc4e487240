/** Interfaces that are down and firewalls: what the system refuses is told once and not counted as sent, whatever packets leave by. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { createLan } from "./lan.ts";
import { temporaryFolder, testMedia } from "./media.ts";
import { lacks } from "./needs.ts";
import { analyseRtp } from "./rtp-analysis.ts";
import { assertOneUnbrokenSession, playFor, setTheStage, VIDEO_PORT } from "./stage.ts";
import { startStreamerd } from "./streamerd.ts";
import { waitFor } from "./wait.ts";

const skip = lacks("ip", "nft");

for (const kind of ["kernel", "system", "node"]) {
  test(
    `sockets of kind ${kind}: pictures and packets that a firewall refuses are errors, and are not counted as sent`,
    { skip },
    async (context) => {
      const lan = await createLan(context, ["tx"]);
      const film = testMedia(context, temporaryFolder(context));
      const settings = ["--set", `channels.main.port=${VIDEO_PORT}`, "--set", `send.sockets=${kind}`];
      const daemon = await startStreamerd(context, lan.host("tx"), [film, ...settings]);
      const nft = (rules: string): Promise<string> => lan.host("tx").output("nft", ["-f", "-"], { input: `${rules}\n` });
      const counters = async () => (await daemon.channel()).counters;
      await waitFor("pictures", async () => (await counters()).framesSent > 24);
      await nft(
        `add table ip f\nadd chain ip f out { type filter hook output priority 0; }\nadd rule ip f out udp dport ${VIDEO_PORT}-${VIDEO_PORT + 3} drop`,
      );
      await waitFor("everything to be refused", async () => (await daemon.channel()).state === "no-interface");
      const before = await counters();
      await waitFor("refusals", async () => (await counters()).sendErrors > before.sendErrors + 500);
      const after = await counters();
      assert.ok(after.framesSent <= before.framesSent + 1, `${after.framesSent}, before ${before.framesSent}`);
      // What is under way is known to be refused when it has been.
      assert.ok(after.packetsSent < before.packetsSent + 100 && after.packetsSent >= before.packetsSent, JSON.stringify([before, after]));
      await nft("delete table ip f");
      await waitFor("pictures again", async () => (await counters()).framesSent > after.framesSent + 24);
      const { packetsSent, bytesSent } = await counters();
      assert.ok(packetsSent > after.packetsSent + 24 && bytesSent > after.bytesSent, JSON.stringify([after, packetsSent, bytesSent]));
    },
  );
}

test("an interface that goes down is told once, and sending goes on by itself when it is back", { skip }, async (context) => {
  const { daemon, lan, capture } = await setTheStage(context);
  await lan.host("tx").setLink("down");
  await waitFor("the state to say so", async () => (await daemon.channel()).state === "no-interface");
  assert.match((await daemon.channel()).stateDetail ?? "", /auto.*: no interface takes its packets; sending resumes by itself$/);
  await lan.host("tx").setLink("up");
  await waitFor("the state to recover", async () => (await daemon.channel()).state === "playing");
  const running = await capture();
  await playFor(daemon, 1000);
  assert.ok(analyseRtp(await running.stop()).length === 2);
  const lines = daemon.running.stderr().split("\n");
  assert.equal(lines.filter((line) => line.includes("resumes by itself")).length, 1);
  assert.equal(lines.filter((line) => /sending on auto \(10\.77\.0\.1\) again/.test(line)).length, 1);
});

for (const sockets of ["kernel", "system", "node"])
  test(
    `a firewall that refuses one port is told once and costs the others nothing: send.sockets ${sockets}`,
    { skip: lacks("ip", "nft", "tcpdump", "ffmpeg") },
    async (context) => {
      const { daemon, lan, capture } = await setTheStage(context, ["--set", `send.sockets=${sockets}`]);
      const nft = (...rules: readonly string[]): Promise<string> =>
        lan.host("tx").output("nft", ["-f", "-"], { input: `${rules.join("\n")}\n` });
      await nft(
        "add table ip wall",
        "add chain ip wall out { type filter hook output priority 0; }",
        `add rule ip wall out udp dport ${VIDEO_PORT + 1} drop`,
      );
      await waitFor("the refusals to be told", async () =>
        (await daemon.channel()).interfaces?.some((line) => line.includes("a firewall rule")),
      );
      const running = await capture();
      await playFor(daemon, 6000);
      assertOneUnbrokenSession(await running.stop());
      assert.equal((await daemon.channel()).state, "playing");
      await nft("delete table ip wall");
      await waitFor("it to be over", () => daemon.running.stderr().includes("sending on auto (10.77.0.1) again"));
      assert.equal(daemon.running.stderr().split("a firewall rule").length - 1, 1);
    },
  );

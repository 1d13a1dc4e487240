/** What the system refuses is not counted as sent, whatever packets leave by. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { createLan } from "./lan.ts";
import { temporaryFolder, testMedia } from "./media.ts";
import { lacks } from "./needs.ts";
import { startStreamerd } from "./streamerd.ts";
import { waitFor } from "./wait.ts";

const skip = lacks("ip", "nft");
const PORT = 5004;

for (const kind of ["kernel", "system", "node"]) {
  test(
    `sockets of kind ${kind}: pictures and packets that a firewall refuses are errors, and are not counted as sent`,
    { skip },
    async (context) => {
      const lan = await createLan(context, ["tx"]);
      const film = testMedia(context, temporaryFolder(context));
      const settings = ["--set", `channels.main.port=${PORT}`, "--set", `send.sockets=${kind}`];
      const daemon = await startStreamerd(context, lan.host("tx"), [film, ...settings]);
      const nft = (rules: string): Promise<string> => lan.host("tx").output("nft", ["-f", "-"], { input: `${rules}\n` });
      const counters = async () => (await daemon.channel()).counters;
      await waitFor("pictures", async () => (await counters()).framesSent > 24);
      await nft(
        `add table ip f\nadd chain ip f out { type filter hook output priority 0; }\nadd rule ip f out udp dport ${PORT}-${PORT + 3} drop`,
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

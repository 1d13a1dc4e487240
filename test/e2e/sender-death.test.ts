/** The daemon cannot go on without its sender thread: it says so in one line and ends, so that its service manager starts it anew. */

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { layProgram } from "../lay-program.ts";
import { createLan } from "./lan.ts";
import { temporaryFolder } from "./media.ts";
import { lacks } from "./needs.ts";

const skip = lacks("ip");

test(
  "a sender thread that dies, before its channels are open or later, ends the daemon with status 1 and a line",
  { skip },
  async (context) => {
    const folder = temporaryFolder(context);
    layProgram(folder);
    const file = join(folder, "dist/daemon/send/sender-worker.js");
    const whole = readFileSync(file, "utf8");
    const { host } = await createLan(context, ["tx"]);
    const die = 'throw new Error("broken on purpose");';
    const deaths = { "at once": die, later: `${whole}\nsetTimeout(() => { ${die} }, 1000);` };
    for (const [when, code] of Object.entries(deaths)) {
      writeFileSync(file, code);
      const settings = [`control.socket=${folder}/control.sock`, `state.dir=${folder}/state`, "cache.maxBytes=0", "log.format=json"];
      const words = settings.flatMap((setting) => ["--set", setting]);
      const { status, stderr } = await host("tx").exec(join(folder, "bin/streamerd"), words);
      assert.equal(status, 1, `${when}: ${stderr}`);
      const last = stderr.trim().split("\n").at(-1) ?? "";
      assert.match(last, /^streamerd: the sender thread has died, .*: broken on purpose \(.*sender-worker\.js:\d+:\d+\)/, when);
      assert.doesNotMatch(stderr, /^ {4}at /m, `${when}: no stack`);
    }
  },
);

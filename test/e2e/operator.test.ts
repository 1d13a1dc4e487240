import assert from "node:assert/strict";
import { test } from "node:test";
import { missingPromtool } from "../promtool.ts";
import { createLan } from "./lan.ts";
import { lacks } from "./needs.ts";
import { startStreamerd } from "./streamerd.ts";
import { waitFor } from "./wait.ts";

const skip = lacks("ip", "curl");
const URL = "http://127.0.0.1:9681";

const valueOf = (exposition: string, sample: string): number => {
  const line = exposition.split("\n").find((candidate) => candidate.startsWith(`${sample} `));
  assert.ok(line !== undefined, `no ${sample}`);
  return Number(line.slice(sample.length + 1));
};

test("metrics, health and readiness are served to this host, follow what happens, and please promtool", { skip }, async (context) => {
  const lan = await createLan(context, ["tx", "rx1"]);
  const tx = lan.host("tx");
  const daemon = await startStreamerd(context, tx, []);
  const get = (path: string, ...options: readonly string[]): Promise<string> =>
    tx.output("curl", ["-s", ...options, "-w", "%{http_code}", `${URL}${path}`]);
  assert.equal(await get("/healthz"), "ok\n200");
  await waitFor("readiness", async () => (await get("/readyz")) === "ready\nmain playing\n200");
  const before = await get("/metrics");
  assert.equal(valueOf(before, 'streamerd_channel_state{channel="main",state="playing"}'), 1);
  assert.equal(valueOf(before, 'streamerd_interface_up{channel="main",interface="auto"}'), 1);
  const sent = valueOf(before, 'streamerd_frames_sent_total{channel="main"}');
  await waitFor("more frames", async () => valueOf(await get("/metrics"), 'streamerd_frames_sent_total{channel="main"}') > sent);

  await daemon.streamctl("channel", "stop", "main");
  await daemon.streamctl("channel", "seek", "main", "1:00");
  await tx.setLink("down");
  await waitFor("the counts of all that", async () => {
    const now = await get("/metrics");
    return (
      valueOf(now, 'streamerd_channels{state="stopped"}') === 1 &&
      valueOf(now, 'streamerd_control_calls_total{method="channel.stop"}') === 1 &&
      valueOf(now, 'streamerd_control_errors_total{method="channel.seek"}') === 1
    );
  });
  assert.equal(await get("/readyz"), "ready\nmain stopped\n200");

  assert.match(await get("/elsewhere"), /not here; there is\n\/metrics\n\/healthz\n\/readyz\n404$/);
  assert.match(await get("/metrics", "-X", "POST"), /405$/);
  assert.match(await get("/metrics", "-I", "-H", "Host: anything"), /Content-Type: text\/plain; version=0\.0\.4; charset=utf-8/);
  if (missingPromtool() === false) {
    const { status, stderr, stdout } = await tx.exec("promtool", ["check", "metrics"], {
      input: await tx.output("curl", ["-s", `${URL}/metrics`]),
    });
    assert.deepEqual({ status, said: `${stdout}${stderr}` }, { status: 0, said: "" });
  }
  // Only this host is served.
  assert.notEqual((await lan.host("rx1").exec("curl", ["-s", "-m", "2", "http://10.77.0.1:9681/healthz"])).status, 0);
});

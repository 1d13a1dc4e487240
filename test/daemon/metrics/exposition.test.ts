import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import { escapeLabel, renderExposition } from "../../../daemon/metrics/exposition.ts";
import { renderMetricsReference } from "../../../daemon/metrics/reference.ts";
import { metrics } from "../../../daemon/metrics/table.ts";
import { missingPromtool } from "../../promtool.ts";
import { snapshotOf } from "./snapshot.ts";

/** As the format's own description reads it back. */
function unescapeLabel(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, character: string) => (character === "n" ? "\n" : character));
}

const LINE = /^([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (\S+)$/;

test("any label comes back as it was, and keeps to one line", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const escaped = escapeLabel(text);
      assert.doesNotMatch(escaped, /\n|(?<!\\)(?:\\\\)*"/);
      assert.equal(unescapeLabel(escaped), text);
    }),
  );
  assert.equal(escapeLabel('a\\b"c\nd'), 'a\\\\b\\"c\\nd');
});

test("every line of the exposition is a comment or a sample, whatever channels are called", () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 3 }), (names) => {
      const text = renderExposition(metrics, snapshotOf(names));
      assert.ok(text.endsWith("\n"));
      for (const line of text.split("\n").slice(0, -1)) assert.match(line, line.startsWith("#") ? /^# (HELP|TYPE) streamerd_/ : LINE);
    }),
  );
});

test("the lateness histogram is cumulative, and its last bucket has what its count has", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1, max: 3000, noNaN: true })), (latenessMs) => {
      const text = renderExposition(metrics, snapshotOf(["main"], latenessMs));
      const buckets = [...text.matchAll(/lateness_seconds_bucket\{channel="main",le="([^"]+)"\} (\d+)/g)];
      assert.equal(buckets.length, 14);
      for (const [, bound, count] of buckets) {
        const limitMs = bound === "+Inf" ? Infinity : Number(bound) * 1000;
        assert.equal(Number(count), latenessMs.filter((each) => each <= limitMs).length, bound);
      }
      assert.match(text, new RegExp(`lateness_seconds_count\\{channel="main"\\} ${latenessMs.length}\n`));
    }),
  );
});

test("clients are two numbers for each channel, not a series each; an interface that is away is 0", () => {
  const text = renderExposition(metrics, snapshotOf(["main"]));
  assert.match(
    text,
    /streamerd_client_loss_ratio\{channel="main",client="median"\} 0\nstreamerd_client_loss_ratio\{channel="main",client="worst"\} 0\.25\n/,
  );
  assert.match(
    text,
    /streamerd_interface_up\{channel="main",interface="eth0"\} 1\nstreamerd_interface_up\{channel="main",interface="eth1"\} 0\n/,
  );
  assert.match(text, /streamerd_channel_state\{channel="main",state="playing"\} 1\n/);
});

test("names are unique, in base units, and counters end in _total", () => {
  assert.equal(new Set(metrics.map(({ name }) => name)).size, metrics.length);
  for (const { name, type, doc } of metrics) {
    assert.match(name, /^streamerd_[a-z_]+$/);
    assert.equal(name.endsWith("_total"), type === "counter", name);
    assert.doesNotMatch(name, /_(ms|milliseconds|percent|kb|kbytes)(_|$)/);
    assert.match(doc, /^[A-Z1H].*\.$/);
    assert.ok(renderMetricsReference().includes(`| \`${name}\` | ${type} |`));
  }
});

test("promtool finds nothing wrong with it", { skip: missingPromtool() }, () => {
  const exposition = renderExposition(metrics, snapshotOf(["main", 'odd "name"\\'], [0.05, 3, 2000]));
  const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], { input: exposition, encoding: "utf8" });
  assert.deepEqual({ status, said: `${stdout}${stderr}` }, { status: 0, said: "" });
});

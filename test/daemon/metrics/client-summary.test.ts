import assert from "node:assert/strict";
import { test } from "node:test";
import type { JoinedClient, Report } from "../../../control/contract/session.ts";
import { summarizeClients } from "../../../daemon/metrics/client-summary.ts";

const report = (lost: number, expected: number, jitterMs: number): Report => ({
  fps: 24,
  lost,
  expected,
  late: 0,
  jitterMs,
  bufferMs: 200,
  skewMs: 0,
});
const client = (transport: "multicast" | "tcp", told: Report | null): JoinedClient => ({
  sessionId: "1",
  address: "10.0.0.2",
  name: null,
  channel: "main",
  transport,
  since: "2026-11-20T12:00:00.000Z",
  report: told,
});

test("nobody, and nobody who has reported, have no loss", () => {
  assert.deepEqual(summarizeClients([]), { multicast: 0, tcp: 0, reporting: 0, lossRatio: null, jitterSeconds: null });
  assert.equal(summarizeClients([client("tcp", null)]).lossRatio, null);
});

test("the median and the worst client are told, and what cannot be is bounded", () => {
  const summary = summarizeClients([
    client("multicast", report(0, 700, 1)),
    client("multicast", report(70, 700, 2)),
    client("multicast", report(9_000, 700, 1e300)),
    client("tcp", report(0, 0, 0)),
  ]);
  assert.deepEqual(summary, {
    multicast: 3,
    tcp: 1,
    reporting: 4,
    lossRatio: { median: 0, worst: 1 },
    jitterSeconds: { median: 0.001, worst: 60 },
  });
});

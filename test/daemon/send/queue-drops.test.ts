import assert from "node:assert/strict";
import { test } from "node:test";
import { QueueDrops, parseDrops } from "../../../daemon/send/queue-drops.ts";

const SNMP = `Tcp: RtoAlgorithm RtoMin
Tcp: 1 200
Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors
Udp: 199 0 0 2378 0 1551 0 0 0
UdpLite: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors
UdpLite: 0 0 0 0 0 7
`;

test("drops are read by the name of their column; where there is none, nothing is told", () => {
  assert.equal(parseDrops(SNMP), 1551);
  assert.equal(parseDrops(SNMP.replace("SndbufErrors ", "")), null);
  assert.equal(parseDrops(""), null);
});

test("drops are told for as long as they go on, and a little longer; what was there before, or is only a few, is not", () => {
  const drops = new QueueDrops();
  let [total, asked] = [5000, 0];
  const look = (nowMs: number): string | null => {
    drops.look(() => (asked++, total), nowMs);
    return drops.warning(nowMs);
  };
  assert.equal(look(0), null);
  total += 9;
  assert.equal(look(10_000), null);
  total += 300;
  assert.equal(look(15_000), null, "not looked at yet");
  assert.match(look(20_000) ?? "", /^a full queue of this host dropped 300 UDP packets within 10 s, which count as sent: /);
  total += 20;
  assert.match(look(30_000) ?? "", /dropped 20 UDP packets/);
  assert.notEqual(look(54_000), null);
  assert.equal(look(56_000), null);
  assert.equal(asked, 5);
});

test("a counter that has gone back, or away, is no drop", () => {
  const drops = new QueueDrops();
  for (const [nowMs, value] of [
    [0, 5000],
    [10_000, 3],
    [20_000, null],
    [30_000, 9000],
  ] as const) {
    drops.look(() => value, nowMs);
    assert.equal(drops.warning(nowMs), null);
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { RateAdapter } from "../../../daemon/pace/rate-adapter.ts";
import type { AdaptMode, RateDecision } from "../../../daemon/pace/rate-adapter.ts";

type Host = { readonly canDo: (nowS: number) => number | null; readonly loss?: number; readonly sessions?: number };

const FULL_FPS = 30;

/** Hosts that report once a second how many of the frames they get, in virtual time. Null: the host is silent. */
function simulate(mode: AdaptMode | ((nowS: number) => AdaptMode), hosts: Readonly<Record<string, Host>>, seconds: number, minFps = 5) {
  const adapter = new RateAdapter();
  const caps: (number | null)[] = [];
  const decisions: (RateDecision & { readonly atS: number })[] = [];
  for (let nowS = 0; nowS < seconds; nowS++) {
    const limits = { mode: typeof mode === "string" ? mode : mode(nowS), minFps, fullFps: FULL_FPS };
    for (const [address, { canDo, loss = 0, sessions = 1 }] of Object.entries(hosts)) {
      const most = canDo(nowS);
      if (most === null) continue;
      const fps = Math.min(most, adapter.capFps ?? FULL_FPS) * (1 - loss) ** 20;
      for (let session = 0; session < sessions; session++) {
        adapter.report(address, `${address}-${session}`, { fps, lost: Math.round(600 * loss), expected: 600 }, limits, nowS * 1000);
      }
    }
    const decision = adapter.decide(limits, nowS * 1000 + 500);
    if (decision !== null) decisions.push({ ...decision, atS: nowS });
    caps.push(adapter.capFps);
  }
  return { caps, decisions, last: caps.at(-1) ?? null };
}

const good: Host = { canDo: () => 60 };
const slow: Host = { canDo: () => 15 };

test("a host that gets 15 of 30 frames slows everybody down within seconds, with the reason", () => {
  const { caps, decisions } = simulate("worst", { a: good, b: slow }, 9);
  assert.equal(caps[8], 15);
  assert.equal(decisions.length, 1);
  assert.equal(decisions[0]?.reason, "the slowest host gets 15 of 30 frames a second");
});

test("the rate stays near what the slow host can do, and does not swing: the tries to climb become rare", () => {
  const { caps, decisions } = simulate("worst", { a: good, b: slow }, 1800);
  const settled = caps.slice(10).filter((cap) => cap !== null);
  assert.equal(settled.length, caps.length - 10, "never without a cap");
  assert.ok(
    settled.every((cap) => cap >= 14 && cap <= 20),
    `${Math.min(...settled)} to ${Math.max(...settled)}`,
  );
  const late = decisions.filter(({ atS }) => atS > 900);
  assert.ok(late.length <= 24, `${late.length} changes in the last quarter of an hour`);
  const perMinute = Math.max(
    ...caps.map((_, atS) => decisions.filter((decision) => decision.atS >= atS && decision.atS < atS + 60).length),
  );
  assert.ok(perMinute <= 8, `${perMinute} changes in a minute`);
});

test("the median slows down only when more than half of the hosts are slow", () => {
  assert.equal(simulate("median", { a: good, b: slow }, 60).last, null);
  assert.equal(simulate("median", { a: good, b: good, c: slow }, 60).last, null);
  assert.equal(simulate("median", { a: good, b: slow, c: slow }, 9).last, 15);
});

test("when the slow host leaves, the full rate is back within seconds", () => {
  const { caps, decisions } = simulate("worst", { a: good, b: { canDo: (nowS) => (nowS < 60 ? 15 : null) } }, 70);
  assert.notEqual(caps[59], null);
  assert.equal(caps.at(-1), null);
  assert.equal(decisions.at(-1)?.reason, "no slow host is left");
});

test("a host that recovers is climbed back to, step by step, and then there is no cap", () => {
  const { caps, decisions } = simulate("worst", { b: { canDo: (nowS) => (nowS < 60 ? 15 : 60) } }, 400);
  assert.equal(caps.at(-1), null);
  const climbing = decisions.filter(({ atS }) => atS >= 62);
  assert.ok(climbing.length > 3, "not in one leap");
  assert.equal(climbing.at(-1)?.reason, "every host keeps up");
});

test("never below minFps, whatever a host says", () => {
  for (const canDo of [() => 0, () => 3]) {
    const { caps } = simulate("worst", { a: good, liar: { canDo } }, 600, 8);
    assert.ok(caps.every((cap) => cap === null || cap >= 8));
    assert.equal(Math.min(...caps.filter((cap) => cap !== null)), 8);
  }
});

test("one bad second, or two, are no reason", () => {
  const hiccup = simulate("worst", { a: { canDo: (nowS) => (nowS % 10 < 2 ? 1 : 60) } }, 300);
  assert.deepEqual(hiccup.decisions, []);
});

test("many sessions of one address are one vote", () => {
  assert.equal(simulate("median", { a: good, b: good, crowd: { ...slow, sessions: 100 } }, 60).last, null);
});

test("a bad line is not cured by fewer frames: a host that loses packets has no vote", () => {
  assert.deepEqual(simulate("worst", { a: good, far: { canDo: () => 60, loss: 0.05 } }, 120).decisions, []);
});

test("switched off, nothing adapts, and a cap goes away", () => {
  assert.deepEqual(simulate("off", { b: slow }, 60).decisions, []);
  const { caps } = simulate((nowS) => (nowS < 30 ? "worst" : "off"), { b: slow }, 40);
  assert.notEqual(caps[29], null);
  assert.equal(caps[30], null);
});

test("a host that comes back is met with short waits again, however long the last one's had become", () => {
  const secondsBetweenTries = (decisions: readonly { readonly atS: number; readonly reason: string }[]): number => {
    const [first, second] = decisions.filter(({ reason }) => reason.endsWith("trying a little more"));
    return (second?.atS ?? 0) - (first?.atS ?? 0);
  };
  const { decisions } = simulate("worst", { b: { canDo: (nowS) => (nowS >= 1800 && nowS < 1810 ? null : 15) } }, 1900);
  assert.equal(secondsBetweenTries(decisions.filter(({ atS }) => atS >= 1810)), secondsBetweenTries(decisions));
});

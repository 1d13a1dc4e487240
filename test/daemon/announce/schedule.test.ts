import assert from "node:assert/strict";
import { test } from "node:test";
import { AnnouncementSchedule } from "../../../daemon/announce/schedule.ts";
import type { Announced, Announcement } from "../../../daemon/announce/schedule.ts";

function session(name: string, sdp = `v=0\r\ns=${name}\r\n`, origin = "10.77.0.1"): Announced {
  return { key: `eth0 ${name}`, origin, sdp };
}

function kinds(announcements: readonly Announcement[]): readonly string[] {
  return announcements.map(({ key, packet }) => `${packet.kind} ${key}`);
}

test("a session is announced at once, then every 5 to 10 seconds, with the same hash", () => {
  let chance = 0;
  const schedule = new AnnouncementSchedule(() => (chance = (chance + 0.37) % 1));
  const times: number[] = [];
  const hashes = new Set<number>();
  for (let nowMs = 0; nowMs < 600_000; nowMs += 100) {
    for (const { packet } of schedule.step([session("main")], nowMs)) {
      times.push(nowMs);
      hashes.add(packet.hash);
    }
  }
  assert.equal(times[0], 0);
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  assert.ok(Math.min(...gaps) >= 5000 && Math.max(...gaps) <= 10_100, `${gaps}`);
  assert.equal(hashes.size, 1);
});

test("a changed description is announced at once, with another hash", () => {
  const schedule = new AnnouncementSchedule(() => 0.5);
  const [first] = schedule.step([session("main")], 0);
  const [second] = schedule.step([session("main", "v=0\r\ns=main\r\na=x\r\n")], 100);
  assert.equal(second?.packet.kind, "announcement");
  assert.notEqual(second?.packet.hash, first?.packet.hash);
});

test("what ends is taken back once, with the hash of its last announcement", () => {
  const schedule = new AnnouncementSchedule(() => 0.5);
  const [first] = schedule.step([session("main"), session("other")], 0);
  const gone = schedule.step([session("other")], 100);
  assert.deepEqual(kinds(gone), ["deletion eth0 main"]);
  assert.equal(gone[0]?.packet.hash, first?.packet.hash);
  assert.deepEqual(schedule.step([session("other")], 200), []);
  assert.deepEqual(kinds(schedule.end()), ["deletion eth0 other"]);
  assert.deepEqual(schedule.end(), []);
});

test("an address that changes takes the old announcement back", () => {
  const schedule = new AnnouncementSchedule(() => 0.5);
  schedule.step([session("main")], 0);
  const moved = schedule.step([session("main", undefined, "10.77.0.9")], 100);
  assert.deepEqual(
    moved.map(({ packet }) => [packet.kind, packet.origin]),
    [
      ["deletion", "10.77.0.1"],
      ["announcement", "10.77.0.9"],
    ],
  );
});

test("sixty-four channels keep to the bandwidth of RFC 2974", () => {
  const schedule = new AnnouncementSchedule(() => 0.5);
  const sessions = Array.from({ length: 64 }, (_, index) => session(`channel-${index}`, "x".repeat(500)));
  let bits = 0;
  for (let nowMs = 0; nowMs < 600_000; nowMs += 1000) {
    for (const { packet } of schedule.step(sessions, nowMs)) bits += packet.payload.length * 8;
  }
  assert.ok(bits / 600 < 4500, `${bits / 600} bit/s`);
});

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { monotonicShiftSeconds, parseShift } from "../../../daemon/send/clock-shift.ts";
import { lacks } from "../../e2e/needs.ts";

const SOCKET_KIND = join(import.meta.dirname, "../../../daemon/send/socket-kind.ts");

for (const [text, seconds] of [
  ["monotonic           0         0\nboottime            0         0\n", 0],
  ["monotonic      100000 500000000\nboottime            0         0\n", 100_000.5],
  ["monotonic         -20         0\nboottime          -20         0\n", -20],
  ["", 0],
] as const)
  test(`the monotonic clock is shifted by ${seconds} s by ${JSON.stringify(text)}`, () => assert.equal(parseShift(text), seconds));

test("a process outside of a time namespace has the kernel's clock", () => assert.equal(monotonicShiftSeconds(), 0));

test("in a time namespace the kernel is not told ahead, since it would wait by another clock", { skip: lacks("unshare") }, () => {
  const script = `
    const { loadPacketSockets } = await import(${JSON.stringify(SOCKET_KIND)});
    const { kind, problem } = await loadPacketSockets("kernel");
    console.log(kind, problem);
  `;
  const printed = execFileSync(
    "unshare",
    ["--time", "--monotonic", "100000", "--fork", process.execPath, "--input-type=module", "-e", script],
    { encoding: "utf8" },
  );
  assert.equal(printed, "system this is a time namespace, whose clock io_uring does not go by\n");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseListen } from "../../control/streamctl/listen-address.ts";

const cases = [
  ["127.0.0.1", "127.0.0.1", 0],
  ["0.0.0.0:8090", "0.0.0.0", 8090],
  ["[::1]:8090", "::1", 8090],
  ["host.lan:8090", "host.lan", 8090],
  ["8090", "127.0.0.1", 8090],
  ["0", "127.0.0.1", 0],
] as const;

for (const [text, host, port] of cases)
  test(`--listen ${text} is ${host}, port ${port}`, () => assert.deepEqual(parseListen(text), { host, port }));

for (const text of ["", ":8090", "70000", "123456", "127.0.0.1:70000", "8090:1", "::1"])
  test(`--listen "${text}" is refused with what to write`, () => assert.throws(() => parseListen(text), /write 127\.0\.0\.1:8090/));

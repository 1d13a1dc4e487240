import assert from "node:assert/strict";
import { test } from "node:test";
import { inheritedSockets } from "../../control/server/inherited.ts";

test("sockets are taken over from the third descriptor on, if they are meant for this process", () => {
  assert.deepEqual(inheritedSockets({ LISTEN_PID: "7", LISTEN_FDS: "2" }, 7), [3, 4]);
  assert.deepEqual(inheritedSockets({ LISTEN_PID: "8", LISTEN_FDS: "2" }, 7), []);
  assert.deepEqual(inheritedSockets({ LISTEN_FDS: "2" }, 7), []);
});

test("a count that is none takes nothing over", () => {
  for (const LISTEN_FDS of ["", "0", "-1", "1.5", "many", "100000"]) {
    assert.deepEqual(inheritedSockets({ LISTEN_PID: "7", LISTEN_FDS }, 7), [], LISTEN_FDS);
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { createCallCounts } from "../../control/server/call-counts.ts";

test("calls are counted by method, and names that are none under one name", () => {
  const counts = createCallCounts();
  const length = counts.list().length;
  for (const method of ["channel.list", "channel.list", "no.such", "constructor", "__proto__"]) counts.called(method);
  for (const method of ["channel.list", "no.such"]) counts.failed(method);
  assert.equal(counts.list().length, length);
  assert.deepEqual(
    counts.list().filter(({ calls }) => calls > 0),
    [
      { method: "channel.list", calls: 2, errors: 1 },
      { method: "unknown", calls: 3, errors: 1 },
    ],
  );
});

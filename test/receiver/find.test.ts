import assert from "node:assert/strict";
import { test } from "node:test";
import { findChannel } from "../../receiver/join/find.ts";

test("who interrupts the search is not told that a channel is not there: nobody has waited long enough to know", async () => {
  const search = findChannel("a-channel-of-nobody", () => undefined, AbortSignal.abort());
  await assert.rejects(search, { message: /^interrupted while it listened for channels; with --host/ });
});

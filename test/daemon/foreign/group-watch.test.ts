import assert from "node:assert/strict";
import { syncBuiltinESMExports } from "node:module";
import { test } from "node:test";
import timers from "node:timers/promises";
import { pino } from "pino";
import { watchGroups } from "../../../daemon/foreign/watch-groups.ts";
import { openChannel } from "../channel/open-channel.ts";

test("the listening before the first packet ends with the daemon", async (context) => {
  // The time of listening is never over.
  const listening = Promise.withResolvers<void>();
  const delay = context.mock.method(timers, "setTimeout", (_ms?: number, _value?: unknown, options?: { readonly signal?: AbortSignal }) => {
    listening.resolve();
    return new Promise((_, reject) => options?.signal?.addEventListener("abort", reject));
  });
  syncBuiltinESMExports();
  context.after(() => {
    delay.mock.restore();
    syncBuiltinESMExports();
  });
  const { channel } = openChannel(context, ["channels.main.interfaces=lo"]);
  const stop = new AbortController();
  const settled = watchGroups([channel], pino({ level: "silent" })).settle(stop.signal);
  await listening.promise;
  stop.abort();
  await settled;
  assert.deepEqual(channel.foreign.addresses, []);
});

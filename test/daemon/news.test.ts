import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { tellChannelNews } from "../../daemon/news.ts";

test("why a live source is away stands in the log once, and in the event all the same", () => {
  const lines: string[] = [];
  const events: unknown[] = [];
  const log = pino({}, { write: (line: string) => lines.push(line) });
  const reason = "rtsp://cam/x: the other end has gone";
  tellChannelNews("door", { kind: "warning", text: `${reason}; it is tried again` }, log, () => {});
  tellChannelNews("door", { kind: "state", state: "no-signal", reason, publicReason: reason }, log, (_, event) => events.push(event));
  assert.equal(lines.filter((line) => line.includes(reason)).length, 1);
  assert.deepEqual(events, [{ channel: "door", state: "no-signal", reason }]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { SourceMessage } from "../../daemon/source/messages.ts";
import { withSignsOfLife } from "../../daemon/source/signs-of-life.ts";

const item: SourceMessage = {
  kind: "item",
  info: { generation: 1, itemIndex: 0, name: "film", timelineMs: 0, durationMs: null, video: null, audio: null, cached: false },
};
const frame: SourceMessage = {
  kind: "frame",
  generation: 1,
  timelineUs: 0,
  quality: 80,
  isReduced: false,
  width: 8,
  height: 8,
  jpeg: new Uint8Array(9),
};
const end: SourceMessage = { kind: "end", generation: 1, timelineUs: 0 };
const failure: SourceMessage = { kind: "item-error", generation: 1, itemIndex: 0, message: "x", fatal: true };

test("where nothing else comes, the item is said once a second; not before it is known, nor after an end", () => {
  const waiting: SourceMessage[] = [];
  let nowMs = 0;
  const next = withSignsOfLife(
    () => waiting.shift() ?? null,
    () => nowMs,
  );
  const after = (ms: number, ...messages: readonly SourceMessage[]): readonly (SourceMessage | null)[] => {
    nowMs += ms;
    waiting.push(...messages);
    const said = [];
    for (let message = next(); message !== null; message = next()) said.push(message);
    return said;
  };
  assert.deepEqual(after(5000), []);
  assert.deepEqual(after(0, item), [item]);
  assert.deepEqual([after(900), after(200), after(900), after(200)], [[], [item], [], [item]]);
  assert.deepEqual([after(900, frame, frame), after(900), after(100)], [[frame, frame], [], [item]]);
  assert.deepEqual([after(100, end), after(5000)], [[end], []]);
  assert.deepEqual([after(0, item), after(0, failure), after(5000)], [[item], [failure], []]);
});

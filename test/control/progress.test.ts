import assert from "node:assert/strict";
import { test } from "node:test";
import { createProgress } from "../../control/streamctl/progress.ts";

test("progress stays on one line of a terminal however narrow it is, and goes before anything else is said", () => {
  let written = "";
  let columns: number | null = 20;
  const progress = createProgress({ err: (text) => void (written += text), screenColumns: () => columns });
  progress.clear();
  progress.show("[###       ] 30 % a long name.mkv");
  assert.equal(written, "\r\u001b[K[###       ] 30 % …");
  written = "";
  progress.clear();
  progress.clear();
  assert.equal(written, "\r\u001b[K");
  columns = null;
  written = "";
  progress.show("nobody sees it");
  progress.clear();
  assert.equal(written, "");
});

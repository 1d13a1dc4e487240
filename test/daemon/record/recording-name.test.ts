import assert from "node:assert/strict";
import { test } from "node:test";
import { isRecordingOf, recordingName, withoutStamps } from "../../../daemon/record/recording-name.ts";

test("only the channel's own recordings are known by their names", () => {
  const name = recordingName("main", new Date(2026, 10, 21, 8, 15, 30)).replace(".mkv", "-0001.mkv");
  assert.equal(name, "main-20261121-081530-0001.mkv");
  assert.equal(isRecordingOf("main", name), true);
  for (const other of ["main-holiday.mkv", "main-2-20261121-081530-0001.mkv", "film.mkv", `${name}.part`])
    assert.equal(isRecordingOf("main", other), false, other);
  assert.equal(isRecordingOf("main-2", "main-2-20261121-081530-0001.mkv"), true);
});

test("without their stamps the lines on two recordings are one", () => {
  const lines = ["0815", "1015"].map((at) => withoutStamps(`/srv/main-20261121-${at}30-0001.mkv: the disk is full; 0 s are saved`));
  assert.deepEqual(lines, Array(2).fill("/srv/main.mkv: the disk is full; 0 s are saved"));
});

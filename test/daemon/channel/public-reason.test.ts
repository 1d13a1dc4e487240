import assert from "node:assert/strict";
import { test } from "node:test";
import { publicReason } from "../../../daemon/channel/public-reason.ts";
import type { SourceItem } from "../../../daemon/source/messages.ts";

test("a file in a folder that was named is told by its own name, and a text about the root is left as it is", () => {
  const files = (...paths: string[]) => ({ kind: "media", paths }) as const;
  const item: SourceItem = { kind: "file", path: "/srv/all films/new/x.mp4" };
  assert.equal(publicReason("/srv/all films/new/x.mp4: is empty", files("/srv/all films/new"), [item]), "x.mp4: is empty");
  assert.equal(publicReason("/srv/all films/new: no media and/or files", files("/srv/all films/new"), []), "new: no media and/or files");
  assert.equal(publicReason("/x.mp4: no media and/or files", files("/x.mp4"), []), "/x.mp4: no media and/or files");
});

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readToken } from "../../daemon/operator-token.ts";

test("a token comes from the file that is configured, else from the service's credential", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "streamerd-token-"));
  context.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "token"), "of the service\n");
  writeFileSync(join(folder, "own"), "of the file\n");
  const env = { CREDENTIALS_DIRECTORY: folder };
  assert.deepEqual(readToken(join(folder, "own"), env), { ok: true, value: "of the file" });
  assert.deepEqual(readToken(null, env), { ok: true, value: "of the service" });
  assert.deepEqual(readToken(null, {}), { ok: true, value: null });
});

test("an empty credential is none, as the unit has it where nobody has written a token; an empty file is a mistake", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "streamerd-token-"));
  context.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "token"), "\n");
  assert.deepEqual(readToken(null, { CREDENTIALS_DIRECTORY: folder }), { ok: true, value: null });
  const refused = readToken(join(folder, "token"), {});
  assert.match(refused.ok ? "" : refused.reason, /^control\.operatorTokenFile: .*token is empty; write a token into it$/);
});

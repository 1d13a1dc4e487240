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
  assert.match(
    refused.ok ? "" : refused.reason,
    /^control\.operatorTokenFile: .*token: the file is empty; it should hold the operator's token; write one into it$/,
  );
});

test("a file that never ends, and one that is not there, are told in a line with a remedy; such a credential as well", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "streamerd-token-"));
  context.after(() => rmSync(folder, { recursive: true }));
  assert.deepEqual(readToken("/dev/zero", {}), {
    ok: false,
    reason: "control.operatorTokenFile: /dev/zero: the file has more than 4096 bytes; that is no token; correct the path or its mode",
  });
  assert.deepEqual(readToken("/none", {}), {
    ok: false,
    reason: "control.operatorTokenFile: /none: there is no such file; correct the path, or write a token into it",
  });
  writeFileSync(join(folder, "token"), "x".repeat(5000));
  const refused = readToken(null, { CREDENTIALS_DIRECTORY: folder });
  assert.match(
    refused.ok ? "" : refused.reason,
    /^the service's credential .*token: the file has more than 4096 bytes; .*LoadCredential=token: names$/,
  );
});

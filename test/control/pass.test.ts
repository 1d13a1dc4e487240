import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import * as v from "valibot";
import { passCreateParams } from "../../control/contract/pass.ts";
import { decryptWith, encryptFor, makePass, parsePass, parsePassId, passProof, passText } from "../../control/pass.ts";

const PASS = { id: "K7QXM", secret: "3HWPD9ZTB4D0F2A6YQ1C" };

test("a pass is read as it is written, and as a person may type it", () => {
  assert.equal(passText(PASS), "K7QXM-3HWPD-9ZTB4-D0F2A-6YQ1C");
  for (const typed of ["K7QXM-3HWPD-9ZTB4-D0F2A-6YQ1C", " k7qxm 3hwpd 9ztb4 dof2a 6yqlc ", "K7QXM3HWPD9ZTB4D0F2A6YQ1C"])
    assert.deepEqual(parsePass(typed), PASS, typed);
});

test("what is no pass is none", () => {
  for (const text of ["", "K7QXM", "K7QXM-3HWPD-9ZTB4-D0F2A-6YQ1", "K7QXM-3HWPD-9ZTB4-D0F2A-6YQ1CC", "K7QXM-3HWPD-9ZTB4-D0F2A-6YQ1U"])
    assert.equal(parsePass(text), null, text);
});

test("a pass is named by what it begins with, as it is typed or as a message shows it", () => {
  for (const text of ["K7QXM", "k7qxm-…", " k7q xm", "K7QXM-3HWPD-9ZTB4-D0F2A-6YQ1C"]) assert.equal(parsePassId(text), "K7QXM", text);
  assert.equal(parsePassId("olo1i-…"), "01011");
  for (const text of ["", "K7QX", "K7QXU", "K7Q…M"]) assert.equal(parsePassId(text), null, text);
});

test("a time that is too short or too long for a pass is refused in words", () => {
  const told = (validForMs: number): string => v.safeParse(passCreateParams, { validForMs }).issues?.[0].message ?? "";
  assert.match(told(500), /for a second at least$/);
  assert.match(told(1e15), /for ten years at most; without an end it is good until it is revoked$/);
});

test("passes are made at random, and can be read", () => {
  const made = Array.from({ length: 100 }, makePass);
  assert.equal(new Set(made.map(({ secret }) => secret)).size, 100);
  for (const pass of made) assert.deepEqual(parsePass(passText(pass)), pass);
});

test("the proof is what openssl makes of the secret: printf %s 'join film 00ff' | openssl dgst -sha256 -hmac SECRET", () => {
  assert.equal(passProof(PASS, "film", "00ff"), "9c9e84b7dbfb67407e213ee6e29ab3a8acf215fa72015fda197b2be724dcb1b6");
});

test("what is encrypted for a pass is read with it, and with nothing else", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (plain) => {
      const text = encryptFor(PASS, "00ff", plain);
      assert.deepEqual(decryptWith(PASS, "00ff", text), plain);
      assert.equal(decryptWith(PASS, "00fe", text), null);
      assert.equal(decryptWith({ ...PASS, secret: "3HWPD9ZTB4D0F2A6YQ1D" }, "00ff", text), null);
    }),
    { numRuns: 20 },
  );
  for (const text of ["", "AAAA", "no base64", "A".repeat(80)]) assert.equal(decryptWith(PASS, "00ff", text), null, text);
});

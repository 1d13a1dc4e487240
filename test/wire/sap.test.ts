import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { buildSap, parseSap, sapHash } from "../../wire/sap.ts";
import { badSapCases, sapCases } from "./cases/sap.ts";

describe("session announcements", () => {
  for (const { title, bytes, packet } of sapCases) {
    test(`${title}: read into its parts`, () => assert.deepEqual(parseSap(bytes), { ok: true, value: packet }));
  }

  for (const { title, bytes, packet } of sapCases.filter((one) => one.isOurForm)) {
    test(`${title}: written`, () => assert.deepEqual(buildSap(packet), bytes));
  }

  for (const { title, bytes, reason } of badSapCases) {
    test(`${title}: refused with a reason`, () => assert.deepEqual(parseSap(bytes), { ok: false, reason }));
  }

  test("any announcement comes back as it was written", () => {
    const packet = fc.record({
      kind: fc.constantFrom("announcement" as const, "deletion" as const),
      hash: fc.integer({ min: 0, max: 0xffff }),
      origin: fc.ipV4(),
      payload: fc.string({ unit: "binary", maxLength: 500 }).map((text) => `v=0\r\ns=${text.toWellFormed()}`),
    });
    fc.assert(fc.property(packet, (written) => assert.deepEqual(parseSap(buildSap(written)), { ok: true, value: { ...written } })));
  });

  test("a hash is never 0, fits in 16 bits, and changes with the text", () => {
    fc.assert(fc.property(fc.string(), (text) => sapHash(text) > 0 && sapHash(text) <= 0xffff));
    assert.notEqual(sapHash("o=- 1 1"), sapHash("o=- 1 2"));
  });
});

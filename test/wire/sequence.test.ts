import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { addU16, addU32, distanceU16, distanceU32, isNewerU16, isNewerU32, unwrapRtpTs, unwrapSequence } from "../../wire/sequence.ts";

const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffffffff });

describe("serial arithmetic", () => {
  test("numbers wrap around in both directions", () => {
    assert.equal(addU16(0xffff, 1), 0);
    assert.equal(addU16(0, -1), 0xffff);
    assert.equal(addU32(0xffffffff, 2), 1);
    assert.equal(addU32(0, -1), 0xffffffff);
  });

  test("what is a little ahead is newer, also over the wrap", () => {
    assert.equal(distanceU16(2, 0xfffe), 4);
    assert.equal(distanceU16(0xfffe, 2), -4);
    assert.equal(distanceU32(2, 0xfffffffe), 4);
    assert.ok(isNewerU16(0, 0xffff) && !isNewerU16(0xffff, 0) && !isNewerU16(5, 5));
    assert.ok(isNewerU32(0, 0xffffffff) && !isNewerU32(0xffffffff, 0) && !isNewerU32(5, 5));
  });

  test("the distance undoes the addition", () => {
    fc.assert(fc.property(u16, fc.integer({ min: -0x8000, max: 0x7fff }), (a, step) => distanceU16(addU16(a, step), a) === step));
    fc.assert(fc.property(u32, fc.integer({ min: -0x80000000, max: 0x7fffffff }), (a, step) => distanceU32(addU32(a, step), a) === step));
  });

  test("unwrapped sequence numbers go on over many rounds, whatever order neighbours come in", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 30_000 }), { maxLength: 200 }), u16, (steps, first) => {
        let extended = first;
        for (const step of steps) {
          const truth = extended + step;
          assert.equal(unwrapSequence(truth & 0xffff, extended), truth);
          extended = truth;
        }
      }),
    );
  });

  test("unwrapped timestamps go on over days", () => {
    const dayRtpTs = 86_400 * 90_000;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 365 * dayRtpTs }), fc.integer({ min: -90_000, max: 2 ** 31 - 1 }), (near, step) => {
        assert.equal(unwrapRtpTs((near + step) >>> 0, near), near + step);
      }),
    );
  });
});

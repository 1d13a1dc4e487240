import assert from "node:assert/strict";
import { test } from "node:test";
import { ChannelKey } from "../../../daemon/access/channel-key.ts";

/** Keys 1, 2, 3 … after key 0. */
function numbered(): ChannelKey {
  let made = 0;
  return new ChannelKey(Uint8Array.of(0), () => Uint8Array.of(++made));
}

const numbers = (masters: readonly Uint8Array[]): readonly number[] => masters.map(([number = -1]) => number);

test("while the key changes both are told, and afterwards the new one alone", () => {
  const key = numbered();
  assert.deepEqual(numbers(key.tell(null)), [0]);
  key.beginChange();
  assert.deepEqual(numbers(key.tell(null)), [0, 1]);
  assert.deepEqual(key.endChange(), { master: Uint8Array.of(1), isSpoilt: false });
  assert.deepEqual(numbers(key.tell(null)), [1]);
});

test("a pass whose holders were never told the key ends without a change", () => {
  const key = numbered();
  key.tell("AAAAA");
  assert.equal(key.forbid("BBBBB"), false);
  assert.equal(key.forbid("AAAAA"), true);
});

test("after a change nobody knows the key who was not told it since", () => {
  const key = numbered();
  key.tell("AAAAA");
  key.beginChange();
  key.endChange();
  assert.equal(key.forbid("AAAAA"), false);
});

test("a pass that ends during a change counts if its holders have been told the next key already", () => {
  const key = numbered();
  key.tell("OLDER");
  key.beginChange();
  key.tell("LATER");
  assert.equal(key.forbid("OLDER"), false);
  assert.equal(key.forbid("LATER"), false);
  assert.equal(key.endChange().isSpoilt, true);
  key.beginChange();
  assert.equal(key.endChange().isSpoilt, false);
});

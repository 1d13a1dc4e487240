import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { deriveGroup, fnv1a, nextGroup } from "../../config/derived-group.ts";
import { load } from "./request.ts";

test("FNV-1a agrees with the published vectors", () => {
  const hash = (text: string): number => fnv1a(new TextEncoder().encode(text));
  assert.equal(hash(""), 0x811c9dc5);
  assert.equal(hash("a"), 0xe40c292c);
  assert.equal(hash("foobar"), 0xbf9cf968);
});

test("a derived group lies in 239.255.1.1 to 239.255.254.254 and is never one that is taken", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.nat({ max: 20 }), (machine, name, others) => {
      const taken = new Set<string>();
      for (let count = 0; count <= others; count++) {
        const group = deriveGroup(machine, name, taken);
        assert.ok(!taken.has(group));
        const [a, b, c, d] = group.split(".").map(Number);
        assert.deepEqual([a, b], [239, 255]);
        for (const byte of [c, d]) assert.ok(byte !== undefined && byte >= 1 && byte <= 254);
        taken.add(group);
      }
    }),
  );
});

test("a derived group gives way to a named one, and does not depend on the order in the file", () => {
  const taken = deriveGroup("", "a", new Set());
  const groups = (yaml: string): ReadonlyMap<string, string> => {
    const loaded = load(yaml);
    assert.ok(loaded.ok);
    return new Map(loaded.config.channels.map((channel) => [channel.name, channel.group]));
  };
  const one = groups(`channels: {a: , b: {group: ${taken}}, c: }`);
  const other = groups(`channels: {c: , b: {group: ${taken}}, a: }`);
  assert.notEqual(one.get("a"), taken);
  assert.deepEqual([...one].toSorted(), [...other].toSorted());
});

test("a derived group is the same at every start, and another one on another machine", () => {
  const on = (machine: string) => {
    const loaded = load("channels: {main: , named: {group: 239.255.7.7}}", { machine });
    assert.ok(loaded.ok);
    return loaded.config.channels.map(({ group, groupIsDerived }) => [group, groupIsDerived]);
  };
  assert.deepEqual(on("0123"), on("0123"));
  assert.notDeepEqual(on("0123")[0], on("4567")[0]);
  assert.deepEqual(on("0123")[1], ["239.255.7.7", false]);
  assert.equal(on("0123")[0]?.[1], true);
});

test("the next group is one step on, over what is taken, and begins again after the last", () => {
  assert.equal(nextGroup("239.255.1.1", new Set()), "239.255.1.2");
  assert.equal(nextGroup("239.255.1.254", new Set(["239.255.2.1"])), "239.255.2.2");
  assert.equal(nextGroup("239.255.254.254", new Set()), "239.255.1.1");
});

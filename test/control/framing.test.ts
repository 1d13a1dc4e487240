import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { createFraming, framingLimits, type Framed } from "../../control/framing.ts";
import { createLineSplitter } from "../../control/lines.ts";
import { framedFrom, takeAll } from "./framed-from.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function nested(depth: number): string {
  return "[".repeat(depth) + "]".repeat(depth);
}

const call = '{"jsonrpc":"2.0","id":1,"method":"a.b","params":{"x":"y"}}';
const called = { kind: "call", id: 1, method: "a.b", params: { x: "y" } } as const;
const rejectedWith = (code: number, close: boolean) => ({ kind: "rejected", code, close });

const cases: readonly { readonly name: string; readonly input: string | Uint8Array; readonly framed: readonly object[] }[] = [
  { name: "a call", input: `${call}\n`, framed: [called] },
  { name: "a call with \\r\\n after a blank line", input: ` \r\n\n${call}\r\n`, framed: [called] },
  { name: "a last line without its line end", input: call, framed: [called] },
  { name: "a notification has no id", input: '{"jsonrpc":"2.0","method":"m"}\n', framed: [{ kind: "call", id: undefined, method: "m" }] },
  { name: "an id of null is an id", input: '{"jsonrpc":"2.0","id":null,"method":"m"}\n', framed: [{ kind: "call", id: null }] },
  {
    name: "a batch",
    input: `[${call},7]\n`,
    framed: [{ kind: "batch", calls: [called, { kind: "rejected", code: -32600, message: "a call is a JSON object" }] }],
  },
  { name: "an empty batch", input: "[]\n", framed: [rejectedWith(-32600, false)] },
  { name: "a batch of 51", input: `[${Array(51).fill(call).join(",")}]\n`, framed: [rejectedWith(-32600, false)] },
  { name: "a first line that is no JSON ends it", input: `POST / HTTP/1.1\n${call}\n`, framed: [rejectedWith(-32700, true)] },
  {
    name: "a later line that is no JSON does not",
    input: `${call}\nnoise\n${call}\n`,
    framed: [called, rejectedWith(-32700, false), called],
  },
  { name: "a first line of JSON that is no call goes on", input: `7\n${call}\n`, framed: [rejectedWith(-32600, false), called] },
  { name: "invalid UTF-8 is no JSON", input: new Uint8Array([0x22, 0xff, 0x22, 0x0a]), framed: [rejectedWith(-32700, true)] },
  { name: "another version", input: '{"jsonrpc":"1.0","id":1,"method":"m"}\n', framed: [rejectedWith(-32600, false)] },
  { name: "an id that is an object", input: '{"jsonrpc":"2.0","id":{},"method":"m"}\n', framed: [rejectedWith(-32600, false)] },
  { name: "a method that is a number", input: '{"jsonrpc":"2.0","id":1,"method":1}\n', framed: [rejectedWith(-32600, false)] },
  { name: "a line of 64 KiB", input: `${call}${" ".repeat(65_536 - call.length)}\n`, framed: [called] },
  {
    name: "a line one byte longer ends it",
    input: `${call}${" ".repeat(65_537 - call.length)}\n${call}\n`,
    framed: [rejectedWith(-32600, true)],
  },
  { name: "params nested 32 deep", input: `{"jsonrpc":"2.0","id":1,"method":"m","params":${nested(32)}}\n`, framed: [{ kind: "call" }] },
  {
    name: "params nested 33 deep",
    input: `{"jsonrpc":"2.0","id":1,"method":"m","params":${nested(33)}}\n`,
    framed: [rejectedWith(-32600, false)],
  },
  { name: "nothing but 30,000 brackets", input: `${nested(30_000)}\n`, framed: [{ kind: "batch" }] },
  {
    name: "control characters are taken out of keys and strings, and stay in the id",
    input: '{"jsonrpc":"2.0","id":"a\\nb","method":"m\\u001b[2J","params":{"na\\u0007me":["x\\r\\n\\u202ey"],"n":1}}\n',
    framed: [{ kind: "call", id: "a\nb", method: "m[2J", params: { name: ["xy"], n: 1 } }],
  },
];

for (const { name, input, framed } of cases) {
  const whole = typeof input === "string" ? bytes(input) : input;
  test(`framing: ${name}`, () => assert.partialDeepStrictEqual(framedFrom([whole]), framed));
  test(`framing: ${name}, byte by byte`, () =>
    assert.deepEqual(framedFrom(Array.from(whole, (byte) => new Uint8Array([byte]))), framedFrom([whole])));
}

test("a key named __proto__ changes no prototype", () => {
  const [framed] = framedFrom([bytes('{"jsonrpc":"2.0","id":1,"method":"m","params":{"__proto__":{"x":"a\\u0007"}}}\n')]);
  assert.ok(framed?.kind === "call" && typeof framed.params === "object" && framed.params !== null);
  assert.equal(Object.getPrototypeOf(framed.params), Object.prototype);
  assert.ok(!("x" in framed.params));
});

const fragments = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.constantFrom(call, "\n", "[", "]", "{", '"', "[[[[", '"\\u0000"', ",", "null", "é", "\r\n").map(bytes),
  fc.json().map(bytes),
);

test("whatever comes in whichever chunks: framing throws nothing, and the chunks make no difference", () => {
  const property = fc.property(fc.array(fragments, { maxLength: 30 }), fc.array(fc.nat(50)), (parts, cuts) => {
    const whole = Buffer.concat(parts);
    const chunks: Uint8Array[] = [];
    let start = 0;
    for (const cut of cuts) chunks.push(whole.subarray(start, (start += cut)));
    chunks.push(whole.subarray(start));
    const limits = { maxLineBytes: 300, maxDepth: 4, maxBatchCalls: 3 };
    assert.deepEqual(framedFrom(chunks, limits), framedFrom([whole], limits));
  });
  fc.assert(property, { numRuns: 2000 });
});

test("a chunk is framed as far as is asked for; what came behind it in another one follows", () => {
  const framing = createFraming(framingLimits);
  framing.push(bytes(`${call}\n\n${call}\n[7`));
  assert.partialDeepStrictEqual(framing.next(), called);
  framing.push(bytes(`]\n${call}`));
  framing.end();
  assert.partialDeepStrictEqual(takeAll(framing), [called, { kind: "batch" }, called]);
});

test("blank lines, however many, are told once for a chunk that has nothing else", () => {
  const framing = createFraming(framingLimits);
  const taken = (text: string): readonly Framed[] => {
    framing.push(bytes(text));
    return takeAll(framing);
  };
  assert.deepEqual(taken("\n".repeat(65_536)), [{ kind: "blank" }]);
  assert.deepEqual(taken(" \t\r\n\n".repeat(10_000)), [{ kind: "blank" }]);
  assert.deepEqual(taken(" "), []);
  assert.deepEqual(taken("\n\n{"), [{ kind: "blank" }]);
  assert.partialDeepStrictEqual(taken(`"jsonrpc":"2.0","method":"m"}\n\n\n`), [{ kind: "call" }]);
  assert.deepEqual(taken(""), []);
});

test("a blank line over the limit ends it, also behind others", () => {
  const limits = { ...framingLimits, maxLineBytes: 100 };
  const blank = " ".repeat(100);
  assert.deepEqual(framedFrom([bytes(`\n${blank}\n${blank}`)], limits), []);
  assert.partialDeepStrictEqual(framedFrom([bytes(`\n${blank} \n${call}\n`)], limits), [rejectedWith(-32600, true)]);
});

test("every answer to a line is one message, and after one that closes none follows", () => {
  const property = fc.property(fc.array(fragments, { maxLength: 30 }), (parts) => {
    const framed = framedFrom(parts);
    const lines = Buffer.concat(parts).toString("latin1").split("\n").length;
    assert.ok(framed.length <= lines);
    const closing = framed.findIndex((message) => message.kind === "rejected" && message.close);
    assert.ok(closing === -1 || closing === framed.length - 1);
  });
  fc.assert(property);
});

test("a line without an end is kept up to the limit and then no more", () => {
  const lines = createLineSplitter(1000);
  const chunk = new Uint8Array(600).fill(0x61);
  assert.deepEqual(lines.push(chunk), []);
  assert.deepEqual(lines.push(chunk), [{ kind: "too-long" }]);
  assert.deepEqual(lines.push(bytes("x\n")), []);
  assert.deepEqual(lines.end(), []);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MAX_MESSAGE_BYTES, MessageReader } from "../../daemon/source/message-reader.ts";
import { MessageStage } from "../../daemon/source/message-stage.ts";
import type { SourceMessage } from "../../daemon/source/messages.ts";
import { pictureMessage } from "./picture-message.ts";

const cases: readonly SourceMessage[] = [
  {
    kind: "item",
    info: {
      generation: 3,
      itemIndex: 1,
      name: "Füm \n.mp4",
      timelineMs: -12.5,
      durationMs: null,
      video: { codec: "h264", width: 854, height: 480, fps: 24, frameCount: null },
      audio: null,
      cached: true,
    },
  },
  {
    kind: "frame",
    generation: 4_000_000_000,
    timelineUs: 1e12 / 3,
    quality: 79,
    isReduced: true,
    width: 500,
    height: 281,
    jpeg: Uint8Array.of(0xff, 0xd8, 0xff, 0xd9),
  },
  { kind: "audio", generation: 1, timelineSample: 2 ** 40, pcm: Uint8Array.of(1, 2, 3, 4) },
  { kind: "audio", generation: 1, timelineSample: 0, pcm: new Uint8Array(0) },
  { kind: "end", generation: 2, timelineUs: 0.25 },
  { kind: "item-error", generation: 2, itemIndex: 0, message: "x.mp4: there is no such file; check the path", fatal: true },
];

const encode = (...messages: readonly SourceMessage[]): Uint8Array => {
  const stage = new MessageStage();
  for (const message of messages) stage.put(message);
  return stage.take().slice();
};

test("messages come out as they went in, whatever pieces the pipe makes of them", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...cases), { maxLength: 12 }), fc.array(fc.integer({ min: 1, max: 60 })), (messages, sizes) => {
      const bytes = encode(...messages);
      const reader = new MessageReader();
      const read: SourceMessage[] = [];
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const size = sizes[turn] ?? 7;
        const result = reader.push(bytes.subarray(at, at + size));
        assert.equal(result.error, null);
        read.push(...result.messages);
        at += size;
      }
      assert.deepEqual(read, messages);
    }),
  );
});

const pictureOf = (bytes: number): SourceMessage => pictureMessage(new Uint8Array(bytes).fill(7));

test("a payload that came whole is not copied, and one that came in pieces has a buffer of its own", () => {
  const bytes = encode(pictureOf(1000), pictureOf(1000));
  const reader = new MessageReader();
  const [whole] = reader.push(bytes.subarray(0, 1500)).messages;
  const [pieced] = reader.push(bytes.subarray(1500)).messages;
  assert.ok(whole?.kind === "frame" && pieced?.kind === "frame");
  assert.equal(whole.jpeg.buffer, bytes.buffer);
  assert.notEqual(pieced.jpeg.buffer, bytes.buffer);
  assert.deepEqual(pieced.jpeg, whole.jpeg);
});

test("what is staged after it was taken takes its place, and one that is larger than the stage fits", () => {
  const stage = new MessageStage();
  stage.put(pictureOf(10));
  const { buffer } = stage.take();
  stage.put(pictureOf(20));
  const second = stage.take();
  assert.equal(second.buffer, buffer);
  assert.deepEqual(second, encode(pictureOf(20)));
  for (const message of cases) stage.put(message);
  stage.put(pictureOf(900_000));
  assert.deepEqual(new MessageReader().push(stage.take()).messages, [...cases, pictureOf(900_000)]);
});

test("what is too long, unknown or malformed is an error that stays", () => {
  const head = (length: number, type: number, rest = Buffer.alloc(0)): Buffer => {
    const bytes = Buffer.alloc(5);
    bytes.writeUInt32LE(length, 0);
    bytes.writeUInt8(type, 4);
    return Buffer.concat([bytes, rest]);
  };
  for (const [bytes, error] of [
    [head(MAX_MESSAGE_BYTES + 1, 2), "too long"],
    [head(20, 9), "unknown type"],
    [head(0, 2), "malformed"],
    [head(5, 2), "malformed"],
    [head(4, 1, Buffer.from("{}}")), "malformed"],
    [head(3, 5, Buffer.from("{}")), "malformed"],
    [head(13, 4, Buffer.from("00000000000000000000f07f", "hex")), "malformed"],
  ] as const) {
    const reader = new MessageReader();
    assert.equal(reader.push(bytes).error, error);
    assert.deepEqual(reader.push(encode({ kind: "end", generation: 1, timelineUs: 0 })), { messages: [], error });
  }
});

test("no bytes make the reader throw", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 64 })), (chunks) => {
      const reader = new MessageReader();
      for (const chunk of chunks) reader.push(chunk);
    }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...cases), fc.nat(), fc.nat({ max: 255 }), (message, place, value) => {
      const bytes = encode(message);
      bytes[place % bytes.length] = value;
      new MessageReader().push(bytes);
    }),
  );
});

test("a message over the limit is not written", () => {
  assert.throws(
    () => new MessageStage().put({ kind: "audio", generation: 1, timelineSample: 0, pcm: new Uint8Array(MAX_MESSAGE_BYTES) }),
    RangeError,
  );
});

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { MessageReader } from "../../daemon/source/message-reader.ts";
import type { SourceMessage } from "../../daemon/source/messages.ts";
import { createOutput } from "../../daemon/source/output.ts";
import { temporaryFolder } from "./media.ts";
import { pictureMessage } from "./picture-message.ts";

/** Both ends of a pipe as there is one between source and daemon. */
async function pipe(context: TestContext): Promise<readonly [Socket, Socket]> {
  const server = createServer();
  server.listen(join(temporaryFolder(), "pipe"));
  await once(server, "listening");
  const accepted: Promise<Socket[]> = once(server, "connection");
  const near = connect(server.address() as string);
  const [far] = await accepted;
  assert.ok(far !== undefined);
  context.after(() => {
    near.destroy();
    far.destroy();
    server.close();
  });
  return [near, far];
}

test("more than the pipe takes arrives as it was; memory that nobody else holds is given back, other is left alone", async (context) => {
  const [near, far] = await pipe(context);
  const count = 100;
  const bytes = (index: number): Uint8Array => new Uint8Array(20_000).fill(index);
  const messages = Array.from({ length: count }, (_, index) =>
    index % 3 === 0
      ? ({ kind: "audio", generation: 1, timelineSample: index, pcm: bytes(index) } as const)
      : pictureMessage(bytes(index), index % 3 === 1),
  );
  const waiting = [...messages];
  const output = createOutput(
    near,
    () => waiting.shift() ?? null,
    () => {},
  );
  output.pump();
  assert.ok(waiting.length > 0, "the pipe has taken all at once");
  const reader = new MessageReader();
  const read: SourceMessage[] = [];
  far.on("data", (chunk: Uint8Array) => read.push(...reader.push(chunk).messages));
  await output.finish();
  near.end();
  await once(far, "end");
  const payloads = (of: readonly SourceMessage[]): Uint8Array[] =>
    of.map((message) => (message.kind === "audio" ? message.pcm : message.kind === "frame" ? message.jpeg : new Uint8Array(0)));
  assert.deepEqual(
    payloads(read),
    Array.from({ length: count }, (_, index) => bytes(index)),
  );
  const kept = payloads(messages).map(({ length }) => length > 0);
  assert.deepEqual(
    kept,
    kept.map((_, index) => index % 3 === 2),
  );
});

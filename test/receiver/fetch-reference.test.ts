import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { fetchReference } from "../../receiver/measure/fetch-reference.ts";

async function serve(context: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  context.after(() => server.closeAllConnections());
  context.after(() => server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/clip.wav`;
}

const NEVER = new AbortController().signal;

test("a server that takes the connection and never answers is given up, and so is one that stops in the middle", async (context) => {
  const silent = await serve(context, () => undefined);
  await assert.rejects(fetchReference(silent, NEVER, 200), /^RefusedError: --reference http:\S+: nothing came for 0\.2 s$/);
  const halting = await serve(context, (_, response) => void response.writeHead(200, { "content-length": 100 }).write("RIFF"));
  await assert.rejects(fetchReference(halting, NEVER, 200), /nothing came for 0\.2 s$/);
});

test("a slow line is waited for as long as something comes", async (context) => {
  const slow = await serve(context, (_, response) => {
    let left = 6;
    const timer = setInterval(() => {
      response.write("x");
      if (--left > 0) return;
      clearInterval(timer);
      response.end();
    }, 150);
  });
  assert.equal(Buffer.from(await fetchReference(slow, NEVER, 400)).toString(), "xxxxxx");
});

test("Ctrl-C ends the waiting at once", async (context) => {
  const silent = await serve(context, () => undefined);
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 50);
  await assert.rejects(fetchReference(silent, stop.signal), /: interrupted$/);
});

test("what is too large, or came other than its hash says, is refused", async (context) => {
  const large = await serve(context, (_, response) => response.writeHead(200, { "content-length": 300 << 20 }).flushHeaders());
  await assert.rejects(fetchReference(large, NEVER), /: it is too large$/);
  const other = await serve(context, (_, response) => void response.setHeader("repr-digest", "sha-256=:AAAA:").end("RIFF"));
  await assert.rejects(fetchReference(other, NEVER), /its hash does not fit/);
});

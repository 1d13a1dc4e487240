import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { startSenderThread } from "../../../daemon/send/sender-thread.ts";
import { dropSpareSenderWorker, startSpareSenderWorker, takeSenderWorker } from "../../../daemon/send/sender-worker-start.ts";

test("a spare is taken once, whether it has come up by then or not", async () => {
  startSpareSenderWorker();
  const [first, second] = [takeSenderWorker(), takeSenderWorker()];
  assert.notEqual(first.worker, second.worker);
  await Promise.all([first.worker.terminate(), second.worker.terminate()]);
});

test("a spare takes orders like one that was started for them", async () => {
  startSpareSenderWorker();
  const sender = startSenderThread({ sockets: "node", onNews: () => {}, onSocketProblem: () => {} });
  await Promise.race([sender.close(), sender.failed]);
});

test("a spare that nobody takes is ended, though it sleeps", async () => {
  startSpareSenderWorker();
  const { worker } = takeSenderWorker();
  await once(worker, "online");
  startSpareSenderWorker();
  dropSpareSenderWorker();
  const ended = once(worker, "exit");
  await worker.terminate();
  await ended;
});

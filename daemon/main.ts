/** `streamerd`. What takes longest to come up, a source process and the sender thread, is started before the rest of the program is loaded. */

import { dropSpareSenderWorker, startSpareSenderWorker } from "./send/sender-worker-start.ts";
import { dropSpareSource, startSpareSource } from "./supervise/source-child.ts";

/** With these nothing is played. */
const QUESTIONS = new Set(["-h", "--help", "-V", "--version", "--check-config"]);

if (!process.argv.some((word) => QUESTIONS.has(word))) {
  startSpareSource();
  startSpareSenderWorker();
}
try {
  const { run } = await import("./program.ts");
  process.exitCode = await run();
} finally {
  dropSpareSource();
  dropSpareSenderWorker();
}

/** `streamerd`. What takes longest to come up, a source process, is started before the rest of the program is loaded. */

import { dropSpareSource, startSpareSource } from "./source-child.ts";

/** With these nothing is played. */
const QUESTIONS = new Set(["-h", "--help", "-V", "--version", "--check-config"]);

if (!process.argv.some((word) => QUESTIONS.has(word))) startSpareSource();
try {
  const { run } = await import("./program.ts");
  process.exitCode = await run();
} finally {
  dropSpareSource();
}

// PURE. Whether the program runs on the Node that it is made for, and can load its codecs.

import { fail, ok, warn, type Finding } from "../finding.ts";
import type { Codecs } from "../plan.ts";

/** It strips types by itself, and is what we are tested with. */
const NODE_MAJOR = 24;
const INSTALL = "npm ci in the checkout, or install the package again; only Linux on x64 and arm64 has them prebuilt";

export function judgeNode(version: string): Finding {
  const major = Number.parseInt(version, 10);
  if (major === NODE_MAJOR) return ok("node", version);
  const text = `${version}, and the program is made for ${NODE_MAJOR}`;
  const remedy = "start it by bin/streamerd and bin/streamctl, which find the right one";
  return major < NODE_MAJOR ? fail("node", text, remedy) : warn("node", text, remedy);
}

export function judgeCodecs(codecs: Codecs): Finding {
  return codecs.ok ? ok("codecs", codecs.text) : fail("codecs", `they do not load: ${codecs.reason}`, INSTALL);
}

/** A process that has just been started, with what it is spoken to by. */

import type { ChildProcess } from "node:child_process";

/** Throws where no file may be opened any more: Node gives a child without pipes then. For want of memory `spawn` has thrown by itself. */
export function withPipes<Child extends ChildProcess>(child: Child): Child {
  const { stdio }: { readonly stdio?: ChildProcess["stdio"] } = child;
  if (stdio !== undefined) return child;
  child.on("error", () => {});
  throw Object.assign(new Error("no more files may be open (LimitNOFILE, ulimit -n)"), { code: "EMFILE" });
}

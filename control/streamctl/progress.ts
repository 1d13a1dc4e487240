// A line on a terminal that takes the place of the one before, and makes room for whatever else is said.
import { oneLine } from "../untrusted-text.ts";
import { clip } from "./text-width.ts";
import type { Terminal } from "./tool.ts";

export type Progress = {
  readonly show: (line: string) => void;
  /** Before anything else is written, and at the end. */
  readonly clear: () => void;
};

const CLEAR_LINE = "\r\u001b[K";

/** Without a terminal nothing is shown. */
export function createProgress(terminal: Pick<Terminal, "err" | "screenColumns">): Progress {
  let isShown = false;
  return {
    show(line) {
      const columns = terminal.screenColumns();
      if (columns === null) return;
      // One that wraps would leave its beginning behind.
      terminal.err(`${CLEAR_LINE}${clip(oneLine(line), columns - 1)}`);
      isShown = true;
    },
    clear() {
      if (isShown) terminal.err(CLEAR_LINE);
      isShown = false;
    },
  };
}

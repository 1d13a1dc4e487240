/** The configuration's file, looked at each second. What somebody has had read already (config.reload, SIGHUP) is no news. */

import { statSync, unwatchFile, watchFile } from "node:fs";

export type ConfigWatch = {
  /** The same reading, after which the file as it is now is no news. */
  readonly noting: <Outcome>(read: () => Outcome) => () => Outcome;
  /** Whether the file is another one than when it was read last, or has come or gone. */
  readonly hasNews: () => boolean;
  readonly start: (onNews: () => void) => void;
  readonly close: () => void;
};

/** How soon a changed file is taken up. */
const INTERVAL_MS = 1000;

/** `file`: null where the daemon was started without one. */
export function createConfigWatch(file: string | null): ConfigWatch {
  const look = (): string => (file === null ? "" : fingerprint(file));
  let known = look();
  const hasNews = (): boolean => look() !== known;

  return {
    noting: (read) => () => {
      // Before it is read: what is saved meanwhile is news.
      known = look();
      return read();
    },
    hasNews,
    start(onNews) {
      // Looking at it is robust where watching is not: editors put another file in its place, and it may be a link.
      if (file !== null) watchFile(file, { interval: INTERVAL_MS }, () => hasNews() && onNews());
    },
    close() {
      if (file !== null) unwatchFile(file);
    },
  };
}

/** Who only reads the file changes nothing of this. */
function fingerprint(file: string): string {
  try {
    const { ino, size, mtimeMs, ctimeMs } = statSync(file);
    return [ino, size, mtimeMs, ctimeMs].join(" ");
  } catch {
    return "away";
  }
}

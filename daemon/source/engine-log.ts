/** FFmpeg's own messages: errors only, to stderr, and few of them, since a damaged film has one for each packet. */

import { AV_LOG_ERROR, AV_LOG_QUIET } from "node-av/constants";
import { Log } from "node-av/lib";

const MAX_LINES = 20;
const MAX_LINE_LENGTH = 300;

/** The lines go to `write`, each without its end; after the last one FFmpeg is silent. */
export function limitEngineLog(write: (line: string) => void): void {
  let lines = 0;
  Log.setLevel(AV_LOG_ERROR);
  Log.setCallback(
    (_level, message) => {
      const line = message.trim().slice(0, MAX_LINE_LENGTH);
      if (line === "" || lines > MAX_LINES) return;
      lines++;
      write(lines > MAX_LINES ? "FFmpeg has more to say; its further messages are left out" : line);
    },
    { maxLevel: AV_LOG_ERROR },
  );
}

/** FFmpeg says nothing: its lines may hold a URL with its password. */
export function silenceEngine(): void {
  Log.setLevel(AV_LOG_QUIET);
}

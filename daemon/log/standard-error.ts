/** Standard error as the log writes to it: what it does not take is lost to it, and the stream goes on. */

import { constants, fstatSync, openSync, writeSync } from "node:fs";
import { isatty } from "node:tty";
import { pino } from "pino";
import { STANDARD_ERROR } from "./journal.ts";

type Writer = { readonly write: (text: string) => void };

/** `onTakenAgain`: lines are taken again after so many were lost. */
export function openStandardError(onTakenAgain: (lost: number) => void): Writer {
  const file = openAgain();
  return file === null ? writeToFile() : writeWithoutWaiting(file, onTakenAgain);
}

/**
 * A pipe that nobody reads and a terminal that was stopped (Ctrl-S) let who writes wait for ever. They are opened once more, since those who share
 * standard error would not expect that it no longer waits. Null for everything else: a file takes its line or fails, and a socket cannot be opened.
 */
function openAgain(): number | null {
  if (!fstatSync(STANDARD_ERROR).isFIFO() && !isatty(STANDARD_ERROR)) return null;
  try {
    return openSync(`/proc/self/fd/${STANDARD_ERROR}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    // Another user's terminal (su).
    return null;
  }
}

function writeWithoutWaiting(file: number, onTakenAgain: (lost: number) => void): Writer {
  let lost = 0;
  return {
    write: (text) => {
      try {
        writeSync(file, text);
      } catch {
        lost++;
        return;
      }
      if (lost === 0) return;
      const before = lost;
      lost = 0;
      onTakenAgain(before);
    },
  };
}

function writeToFile(): Writer {
  const open = (): ReturnType<typeof pino.destination> => {
    const fresh = pino.destination({ dest: STANDARD_ERROR, sync: true });
    // What was not taken it would keep, and more with each line.
    fresh.on("error", () => {
      destination = open();
    });
    return fresh;
  };
  let destination = open();
  return { write: (text) => void destination.write(text) };
}

/** A JSON file that is written whole and in one step, by the package `conf`: a crash leaves the old content or the new one. */
import { accessSync, constants, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

export type JsonStore = {
  /** An empty object where there is no file. Throws a SyntaxError for what is no JSON, and the system's errors. */
  readonly read: () => unknown;
  /** Rejects with the system's error. */
  readonly write: (content: Readonly<Record<string, unknown>>) => Promise<void>;
};

/** Opens `NAME.json`; the directory is there. `mode`: of the file, if not what the umask leaves of 0666. */
export function openJsonStore(directory: string, name: string, mode?: number): JsonStore {
  return {
    read: () => readObject(join(directory, `${name}.json`)),
    write: async (content) => {
      // Where it may not be written, `conf` tries for a second, and nothing else runs meanwhile.
      accessSync(directory, constants.W_OK);
      // Loading it takes as long as a tenth of the daemon's start, and only who writes needs it.
      const { default: Conf } = await importWithoutSignalHandlers(() => import("conf"));
      // What is in the file by now, damaged or not, is about to be replaced.
      const options = { cwd: directory, configName: name, accessPropertiesByDotNotation: false, clearInvalidConfig: true };
      const permissions = mode === undefined ? {} : { configFileMode: mode };
      new Conf<Record<string, unknown>>({ ...options, ...permissions }).store = content;
    },
  };
}

function readObject(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw error;
  }
  return JSON.parse(text);
}

/**
 * `conf` writes by `atomically`, which at its import takes every signal that ends a process, and ends it at once: before a goodbye has
 * been said, and on a SIGHUP that means something else. What signals mean is the program's affair.
 */
async function importWithoutSignalHandlers<Module>(load: () => Promise<Module>): Promise<Module> {
  const signals = ["SIGHUP", "SIGINT", "SIGTERM", "SIGQUIT", "SIGALRM", "SIGABRT", "SIGVTALRM", "SIGXCPU", "SIGXFSZ"] as const;
  const others = ["SIGUSR2", "SIGTRAP", "SIGSYS", "SIGIOT", "SIGIO", "SIGPOLL", "SIGPWR", "SIGSTKFLT"] as const;
  const before = new Map([...signals, ...others].map((signal) => [signal, new Set(process.listeners(signal))]));
  const loaded = await load();
  for (const [signal, known] of before) {
    for (const listener of process.listeners(signal)) if (!known.has(listener)) process.removeListener(signal, listener);
  }
  return loaded;
}

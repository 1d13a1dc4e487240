/** A JSON file that is written whole and in one step, by the package `conf`: a crash leaves the old content or the new one. */
import process from "node:process";

export type JsonStore = {
  /** An empty object where there is no file. */
  readonly read: () => unknown;
  /** Throws the system's error. */
  readonly write: (content: Readonly<Record<string, unknown>>) => void;
};

/** Opens `NAME.json`, and makes the directory where it is missing. Throws a SyntaxError for what is no JSON, and the system's errors. */
export async function openJsonStore(directory: string, name: string): Promise<JsonStore> {
  // Only who keeps something pays for loading what it takes.
  const { default: Conf } = await importWithoutSignalHandlers(() => import("conf"));
  const conf = new Conf<Record<string, unknown>>({ cwd: directory, configName: name, accessPropertiesByDotNotation: false });
  return {
    read: () => conf.store,
    write: (content) => {
      conf.store = content;
    },
  };
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

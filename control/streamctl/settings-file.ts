// streamctl's settings on disk: read at every start, which must cost nothing, and written by the package `conf`.
import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { messageOf } from "../system-error.ts";
import { readSettings, type OwnSettings, type SettingsStore } from "./own-settings.ts";

type Environment = Readonly<Record<string, string | undefined>>;
type Write = (directory: string, name: string, content: Readonly<Record<string, unknown>>) => Promise<void>;

/** `complain` hears of a file that is not used; `write` replaces a JSON file in one step. */
export function openSettings(env: Environment, complain: (line: string) => void, write: Write): SettingsStore {
  const directory = settingsDirectory(env);
  const path = join(directory, "config.json");
  let known: OwnSettings | null = null;
  return {
    path,
    read: () => (known ??= load(path, complain)),
    write: async (settings) => {
      try {
        await write(directory, "config", settings);
      } catch (error) {
        throw new Error(`${path} cannot be written: ${messageOf(error)}`, { cause: error });
      }
    },
  };
}

/** XDG base directories. */
function settingsDirectory(env: Environment): string {
  const configured = env["XDG_CONFIG_HOME"];
  if (configured !== undefined && isAbsolute(configured)) return join(configured, "streamctl");
  return join(env["HOME"] ?? "/", ".config", "streamctl");
}

function load(path: string, complain: (line: string) => void): OwnSettings {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    // Written by another user, for instance: what it says is missed.
    if (existsSync(path)) complain(`${path}: ${messageOf(error)}; it is not used: mend or remove it`);
    return {};
  }
  const read = readSettings(text);
  if (read.ok) return read.settings;
  complain(`${path}: ${read.reason}; it is not used: mend or remove it`);
  return {};
}

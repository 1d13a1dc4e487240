/** What the tests of this folder load: a config given as text, and the error lines that come of it. */
import { loadConfig } from "../../config/load.ts";
import type { ConfigRequest, LoadedConfig } from "../../config/load.ts";
import { formatConfigError } from "../../config/origin.ts";

/** Loads `yaml` as if it stood in /etc/s/c.yml, called from /home/me. */
export function load(yaml: string | Uint8Array, rest: Partial<ConfigRequest> = {}): LoadedConfig {
  const bytes = typeof yaml === "string" ? new TextEncoder().encode(yaml) : yaml;
  return loadConfig({
    file: "/etc/s/c.yml",
    sets: [],
    env: {},
    files: [],
    cwd: "/home/me",
    readFile: () => ({ ok: true, bytes }),
    ...rest,
  });
}

/** The error lines without the program's name and the directory; none if the config is good. */
export function errorLines(loaded: LoadedConfig): readonly string[] {
  return loaded.ok ? [] : loaded.errors.map((error) => formatConfigError(error).replace("streamerd: ", "").replace("/etc/s/", ""));
}

/** Where encoded films are kept: what the configuration says, else the service's own directory, else the user's (XDG base directories). */

import { isAbsolute, join } from "node:path";

/** Null where there is no place for them. */
export function cacheDirectory(configured: string | null, env: Readonly<Record<string, string | undefined>>): string | null {
  if (configured !== null) return configured;
  // systemd names several, separated by colons, if the unit asks for several.
  const [service] = (env["CACHE_DIRECTORY"] ?? "").split(":");
  if (service !== undefined && isAbsolute(service)) return service;
  const ofUser = env["XDG_CACHE_HOME"];
  if (ofUser !== undefined && isAbsolute(ofUser)) return join(ofUser, "streamerd");
  const home = env["HOME"];
  return home !== undefined && isAbsolute(home) ? join(home, ".cache/streamerd") : null;
}

/** What the daemon is told when it starts. */

import type { LoadedConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import type { Log } from "./log/log.ts";
import type { LogRing } from "./log/ring.ts";
import type { ServiceManager } from "./notify/service-manager.ts";
import type { SourceCache } from "./source/messages.ts";

export type DaemonOptions = {
  readonly config: Config;
  readonly version: string;
  /** Who started us and wants to know how we are; null for nobody. */
  readonly serviceManager: ServiceManager | null;
  /** Control sockets that it has opened for us, as file descriptors. */
  readonly inheritedSockets: readonly number[];
  /** The operator's token, null for none. */
  readonly token: string | null;
  /** Where the Unix socket goes if `control.socket` cannot be made (a path of null: nowhere); null if that is an error. */
  readonly socketFallback: { readonly path: string | null } | null;
  /** Reads the configuration again, from all its places. */
  readonly load: () => LoadedConfig;
  /** The file whose changes are taken up; null for none. */
  readonly configFile: string | null;
  /** Where what an operator changed is remembered over restarts; null: nowhere. */
  readonly stateDirectory: string | null;
  /** Where encoded films are kept; null: nowhere. */
  readonly cache: SourceCache;
  /** Is given a way to have the configuration read again. */
  readonly onReloadable: (reload: () => void) => void;
  readonly log: Log;
  /** What it has written last. */
  readonly logRing: LogRing;
  readonly print: (line: string) => void;
};

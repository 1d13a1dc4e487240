/** Opens the control channel, with its Unix socket where that can be made. */

import { ControlServerError } from "../control/server/server-error.ts";
import type { ControlServer, ControlServerOptions } from "../control/server/server.ts";
import { StartError } from "./start-error.ts";

/** `host`, `port`: where it listens by TCP. */
type Opened = { readonly server: ControlServer; readonly host: string; readonly port: number; readonly socket: string | null };

/**
 * `fallback`: where the socket goes if it cannot be made at `socketPath` (a path of null: nowhere); null if that is an error.
 * Throws a StartError.
 */
export async function openControl(
  create: (options: ControlServerOptions) => ControlServer,
  options: Omit<ControlServerOptions, "socketPath">,
  socketPath: string,
  fallback: { readonly path: string | null } | null,
): Promise<Opened> {
  const open = async (path: string | null): Promise<Opened> => {
    const server = create({ ...options, socketPath: path });
    return { server, ...(await server.listen()), socket: path };
  };
  try {
    return await open(socketPath);
  } catch (error) {
    if (!(error instanceof ControlServerError) || error.code !== "SOCKET_DIRECTORY" || fallback === null) throw toStartError(error);
    options.log.warn(`${error.message}; ${fallback.path === null ? "going on without it" : `using ${fallback.path}`}`);
  }
  return open(fallback.path).catch((error: unknown) => {
    throw toStartError(error);
  });
}

function toStartError(error: unknown): unknown {
  return error instanceof ControlServerError ? new StartError(error.message, { cause: error }) : error;
}

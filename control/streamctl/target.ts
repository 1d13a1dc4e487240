// Where the daemon is: what --host and --socket say, or the usual places one after the other.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { CONTROL_PORT, connectControl, targetText, type ControlClient, type ControlTarget } from "../client.ts";
import { CannotConnectError } from "../client-error.ts";
import { systemCode } from "../system-error.ts";
import { UsageError } from "../usage-error.ts";

const serviceSocket = "/run/streamerd/control.sock";

export type TargetOptions = { readonly host?: string | undefined; readonly socket?: string | undefined };

/** The places to try, in this order. */
export function targets(options: TargetOptions, runtimeDirectory: string | undefined): readonly ControlTarget[] {
  if (options.host !== undefined && options.socket !== undefined) throw new UsageError("give one of --host and --socket");
  if (options.host !== undefined) return [parseHost(options.host, "--host")];
  if (options.socket === "") throw new UsageError("--socket: the path of the daemon's Unix socket is wanted");
  if (options.socket !== undefined) return [{ kind: "unix", path: options.socket }];
  const own = runtimeDirectory === undefined || runtimeDirectory === "" ? [] : [join(runtimeDirectory, "streamerd.sock")];
  const sockets = [serviceSocket, ...own].map((path) => ({ kind: "unix", path }) as const);
  return [...sockets, { kind: "tcp", host: "127.0.0.1", port: CONTROL_PORT }];
}

/** `HOST`, `HOST:PORT`, `[IPV6]` or `[IPV6]:PORT`; `name`: what a person calls it. */
export function parseHost(text: string, name: string): ControlTarget {
  const match = /^(?:\[(?<bracketed>[^\]]+)\]|(?<plain>[^:[\]]+))(?::(?<port>\d{1,5}))?$/.exec(text);
  const host = match?.groups?.["bracketed"] ?? match?.groups?.["plain"];
  const port = Number(match?.groups?.["port"] ?? CONTROL_PORT);
  if (host === undefined || port < 1 || port > 65535) {
    throw new UsageError(`${name} ${text} is no HOST or HOST:PORT; write 10.77.0.1, host.lan:9688 or [fd00::1]:9688`);
  }
  return { kind: "tcp", host, port };
}

export type Connected = { readonly client: ControlClient; readonly target: ControlTarget };

/** Connects to the first target that answers. Throws a CannotConnectError that says what to do. */
export async function connectFirst(candidates: readonly ControlTarget[]): Promise<Connected> {
  const failures: CannotConnectError[] = [];
  // A socket that is there, and that this user may not use, is a daemon's.
  let denied: CannotConnectError | null = null;
  for (const target of candidates) {
    try {
      return { client: await connectControl(target), target };
    } catch (error) {
      if (!(error instanceof CannotConnectError)) throw error;
      failures.push(error);
      if (target.kind === "unix" && systemCode(error.cause) === "EACCES" && existsSync(target.path)) denied ??= error;
    }
  }
  const [only] = failures;
  if (failures.length === 1 && only !== undefined) throw only;
  if (denied !== null) throw denied;
  const tried = candidates.map(targetText).join(", ");
  throw new CannotConnectError(`no streamerd on this host (tried ${tried}): start one, or name its host with --host`);
}

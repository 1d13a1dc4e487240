// Binds the two sockets of the control channel: TCP, and a Unix socket whose stale file is replaced and whose living one is not.
import { once } from "node:events";
import { lstat, unlink } from "node:fs/promises";
import { connect, type Server } from "node:net";
import { dirname } from "node:path";
import { explainDirectory, makeDirectory } from "../make-directory.ts";
import { socketPathProblem } from "../socket-path.ts";
import { listeningProblem, messageOf, systemCode } from "../system-error.ts";
import { ControlServerError } from "./server-error.ts";

export type TcpAddress = { readonly host: string; readonly port: number };

/** Answers with the address that a name led to, and the port, which the system chose if 0 was asked for. */
export async function listenTcp(server: Server, { host, port }: TcpAddress): Promise<TcpAddress> {
  try {
    server.listen({ host, port });
    await once(server, "listening");
  } catch (error) {
    const place = `${host}:${port}`;
    if (systemCode(error) === "EADDRINUSE") {
      const remedy = "stop the program that has it (another streamerd?) or set control.listen to another one";
      throw new ControlServerError("PORT_IN_USE", `control.listen: ${place} is in use: ${remedy}`, error);
    }
    throw new ControlServerError("CANNOT_LISTEN", `control.listen: cannot listen on ${place}: ${listeningProblem(error)}`, error);
  }
  const address = server.address();
  return typeof address === "object" && address !== null ? { host: address.address, port: address.port } : { host, port };
}

/** Listens on a socket that somebody else has bound. Answers with its address; null for a Unix socket, whose file stays when we go. */
export async function adopt(server: Server, fd: number): Promise<TcpAddress | null> {
  try {
    server.listen({ fd });
    await once(server, "listening");
  } catch (error) {
    const remedy = "streamerd.socket may have stream sockets only (ListenStream=)";
    throw new ControlServerError(
      "CANNOT_LISTEN",
      `the service manager's socket ${fd} cannot be listened on: ${messageOf(error)}; ${remedy}`,
      error,
    );
  }
  const address = server.address();
  return typeof address === "object" && address !== null ? { host: address.address, port: address.port } : null;
}

/** Reachable for the owner and its group (mode 0660). The server takes the file away when it closes. */
export async function listenUnix(server: Server, path: string): Promise<void> {
  const problem = socketPathProblem(path);
  if (problem !== null)
    throw new ControlServerError("SOCKET_PATH", `control.socket: cannot make ${path}: ${problem}; choose a shorter one`);
  makePlace(path);
  await removeStale(path);
  try {
    await bind(server, path);
  } catch (error) {
    if (systemCode(error) === "EADDRINUSE") throw inUse(path, error);
    throw directoryError(path, error);
  }
}

async function bind(server: Server, path: string): Promise<void> {
  // The file must never be there with more rights than it ends up with. libuv binds within this call, not later.
  const before = process.umask(0o117);
  try {
    server.listen({ path });
  } finally {
    process.umask(before);
  }
  await once(server, "listening");
}

function makePlace(path: string): void {
  try {
    makeDirectory(dirname(path));
  } catch (error) {
    throw directoryError(path, error);
  }
}

async function removeStale(path: string): Promise<void> {
  const found = await kindOf(path);
  if (found === "nothing") return;
  if (found === "other") {
    throw new ControlServerError("SOCKET_PATH", `control.socket: ${path} exists and is no socket: remove it or choose another path`);
  }
  if (await isLiving(path)) throw inUse(path, null);
  await unlink(path).catch((error: unknown) => {
    throw directoryError(path, error);
  });
}

async function kindOf(path: string): Promise<"nothing" | "socket" | "other"> {
  try {
    return (await lstat(path)).isSocket() ? "socket" : "other";
  } catch (error) {
    if (systemCode(error) === "ENOENT") return "nothing";
    throw directoryError(path, error);
  }
}

/** Whether somebody accepts connections there. Only a refusal proves that nobody does. */
async function isLiving(path: string): Promise<boolean> {
  const probe = connect({ path });
  try {
    await once(probe, "connect");
    return true;
  } catch (error) {
    return systemCode(error) !== "ECONNREFUSED" && systemCode(error) !== "ENOENT";
  } finally {
    probe.destroy();
  }
}

function inUse(path: string, cause: unknown): ControlServerError {
  const remedy = "stop it, or give this one another control.socket";
  return new ControlServerError("SOCKET_IN_USE", `control.socket: another streamerd listens on ${path}: ${remedy}`, cause);
}

function directoryError(path: string, cause: unknown): ControlServerError {
  const remedy = "mend that, or choose another path";
  return new ControlServerError("SOCKET_DIRECTORY", `control.socket: cannot make ${path}: ${explainDirectory(cause)}: ${remedy}`, cause);
}

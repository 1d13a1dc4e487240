// The client side of the control channel: calls by name with the contract's types, over TCP or the Unix socket.
import { addAbortListener, once } from "node:events";
import { connect, type Socket } from "node:net";
import * as v from "valibot";
import { CannotConnectError, ConnectionLostError, RefusedError } from "./client-error.ts";
import { methods, type Method, type ParamsInput, type Result } from "./contract/contract.ts";
import { isNotificationName, notifications, type Notification } from "./contract/notifications.ts";
import { callText, notificationText } from "./json-rpc.ts";
import { createLineSplitter, type LineEvent } from "./lines.ts";
import { proofOf } from "./proof.ts";
import { socketPathProblem } from "./socket-path.ts";
import { explain } from "./system-error.ts";
import { cleanJson, severalLines } from "./untrusted-text.ts";

export type ControlTarget =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

export type ControlClient = {
  /** Throws a RefusedError, or a ConnectionLostError. */
  call<M extends Method>(method: M, params: ParamsInput<M>): Promise<Result<M>>;
  /** Tells something without waiting for an answer: nothing comes back, not even that it was refused. */
  notify<M extends Method>(method: M, params: ParamsInput<M>): void;
  /** What happens from now on goes to `hear`. Throws as `call` does. */
  subscribe(params: ParamsInput<"events.subscribe">, hear: (notification: Notification) => void): Promise<Result<"events.subscribe">>;
  /** Makes this connection an operator's. Throws a RefusedError for a wrong token. */
  authenticate(token: string): Promise<void>;
  /** Resolves when the connection has ended, by whichever side. */
  readonly closed: Promise<void>;
  /** Of this end; null on a Unix socket. */
  readonly localAddress: string | null;
  /** Of the daemon; null on a Unix socket. */
  readonly remoteAddress: string | null;
  close(): void;
};

export type ClientOptions = {
  readonly connectMs?: number;
  readonly callMs?: number;
  /** What `server.hello` is told. */
  readonly name?: string;
  /** Ends the connection at once, and with it whatever waits for an answer. */
  readonly signal?: AbortSignal | undefined;
};

/** Where a daemon is asked over TCP, unless it is configured otherwise. */
export const CONTROL_PORT = 9688;

/** The largest answer is the list of 64 channels, about 100 kB. */
const maxAnswerBytes = 1_048_576;
/** Results are at most five levels deep; later ones may be deeper. */
const maxDepth = 32;

const answer = v.union([
  v.object({ method: v.string(), params: v.unknown() }),
  v.object({ id: v.number(), result: v.unknown() }),
  v.object({ id: v.nullable(v.number()), error: v.object({ code: v.number(), message: v.string(), data: v.optional(v.unknown()) }) }),
]);

/** Throws a CannotConnectError. */
export async function connectControl(target: ControlTarget, options: ClientOptions = {}): Promise<ControlClient> {
  const { connectMs = 3000, callMs = 10_000, name = "streamctl", signal } = options;
  const problem = target.kind === "unix" ? socketPathProblem(target.path) : null;
  if (problem !== null) throw new CannotConnectError(`cannot connect to ${targetText(target)}: ${problem}`);
  const socket = target.kind === "unix" ? connect({ path: target.path }) : connect({ host: target.host, port: target.port, noDelay: true });
  const stopping = signal === undefined ? null : addAbortListener(signal, () => socket.destroy(new Error("interrupted")));
  socket.once("close", () => stopping?.[Symbol.dispose]());
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(connectMs) });
  } catch (error) {
    socket.on("error", () => undefined).destroy();
    throw cannotConnect(target, error);
  }
  return createClient(socket, callMs, name, targetText(target));
}

/** `10.77.0.1:9688`, or the path of the Unix socket. */
export function targetText(target: ControlTarget): string {
  return target.kind === "unix" ? target.path : `${target.host}:${target.port}`;
}

type Waiting = { readonly resolve: (result: unknown) => void; readonly reject: (error: Error) => void; readonly timer: NodeJS.Timeout };

function createClient(socket: Socket, callMs: number, name: string, place: string): ControlClient {
  const lines = createLineSplitter(maxAnswerBytes);
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let ended: Error | null = null;
  let hear: ((notification: Notification) => void) | null = null;

  function finish(error: Error): void {
    ended ??= error;
    for (const id of waiting.keys()) take(id)?.reject(ended);
    socket.destroy();
  }

  function take(id: number): Waiting | undefined {
    const call = waiting.get(id);
    clearTimeout(call?.timer);
    waiting.delete(id);
    return call;
  }

  function receive(event: LineEvent): void {
    const parsed = event.kind === "line" ? parseAnswer(event.bytes) : null;
    if (parsed === null)
      return finish(
        new ConnectionLostError(
          `what answers at ${place} does not speak streamerd's control protocol; give the port of control.listen (9688 as a rule)`,
        ),
      );
    if ("method" in parsed) return notified(parsed.method, parsed.params);
    if ("result" in parsed) return take(parsed.id)?.resolve(parsed.result);
    const { code, message, data } = parsed.error;
    const refused = new RefusedError(code, message, data);
    // An error for no call in particular is about the connection: no place is free, for instance.
    if (parsed.id === null) finish(refused);
    else take(parsed.id)?.reject(refused);
  }

  /** What a later daemon may tell beyond this version's table is passed over. */
  function notified(name: string, params: unknown): void {
    if (hear === null || !isNotificationName(name) || !v.is(notifications[name].params, params)) return;
    // The table has just said that the two belong together.
    hear({ name, params } as Notification);
  }

  function send(method: Method, params: unknown): Promise<unknown> {
    if (ended !== null) return Promise.reject(ended);
    const id = (lastId += 1);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => finish(new ConnectionLostError(`no answer to ${method} within ${callMs / 1000} s`)), callMs);
      waiting.set(id, { resolve, reject, timer });
      socket.write(`${callText(id, method, params)}\n`);
    });
  }

  async function call<M extends Method>(method: M, params: ParamsInput<M>): Promise<Result<M>> {
    const result = await send(method, params);
    const schema = methods[method].result;
    // The result goes on as it came, with fields that a later version may have added.
    if (v.is(schema, result)) return result;
    throw new ConnectionLostError(`the answer to ${method} is not of this version's form: use the streamctl that came with the daemon`);
  }

  function notify<M extends Method>(method: M, params: ParamsInput<M>): void {
    if (ended === null) socket.write(`${notificationText(method, params)}\n`);
  }

  async function subscribe(params: ParamsInput<"events.subscribe">, listener: (notification: Notification) => void) {
    hear = listener;
    return call("events.subscribe", params);
  }

  async function authenticate(token: string): Promise<void> {
    const { nonce } = await call("server.hello", { client: name });
    await call("session.auth", { proof: proofOf(token, nonce) });
  }

  socket.on("data", (chunk) => lines.push(chunk).forEach(receive));
  socket.on("error", (error) => finish(new ConnectionLostError(`the connection broke: ${error.message}`, { cause: error })));
  const closed = new Promise<void>((resolve) => {
    socket.on("close", () => {
      finish(new ConnectionLostError("the daemon closed the connection"));
      resolve();
    });
  });
  const { localAddress = null, remoteAddress = null } = socket;
  return { call, notify, subscribe, authenticate, closed, localAddress, remoteAddress, close: () => socket.destroySoon() };
}

function parseAnswer(bytes: Uint8Array): v.InferOutput<typeof answer> | null {
  try {
    const cleaned = cleanJson(JSON.parse(new TextDecoder().decode(bytes)), maxDepth, severalLines);
    const parsed = v.safeParse(answer, cleaned?.value);
    return parsed.success ? parsed.output : null;
  } catch {
    // No JSON.
    return null;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nobody listens there; is streamerd running?",
  ENOENT: "there is no such socket; is streamerd running?",
  ENOTDIR: "there is no such socket; is streamerd running?",
  EACCES: "this user may not use it; be in the group streamerd, or use --host and --token-file",
  ENOTFOUND: "no host has that name",
  EAI_AGAIN: "the name cannot be looked up",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "there is no way to that network",
  ABORT_ERR: "no answer; is the address right, and does a firewall let TCP through?",
};

function cannotConnect(target: ControlTarget, error: unknown): CannotConnectError {
  return new CannotConnectError(`cannot connect to ${targetText(target)}: ${explain(error, reasons)}`, { cause: error });
}

// One connection: bytes in, calls one after the other to the dispatcher, answers out, with a bound on everything.
import type { Socket } from "node:net";
import { ControlError } from "../contract/errors.ts";
import { createFraming, type Framed } from "../framing.ts";
import { errorText, type Call, type Rejected } from "../json-rpc.ts";
import type { BadInputLog } from "./bad-input-log.ts";
import { createDeadlines, type DeadlineName } from "./deadlines.ts";
import { refusal, type Dispatch } from "./dispatch.ts";
import type { ControlLimits } from "./limits.ts";
import type { Peer } from "./peer.ts";
import type { Sessions } from "./sessions.ts";
import type { Subscriptions } from "./subscriptions.ts";
import { createTokenBucket } from "./token-bucket.ts";

export type Connection = {
  /** Acts on the deadlines that have passed. */
  sweep(nowMs: number): void;
  /** Nothing could come until now: its time to say something begins anew. */
  excuse(nowMs: number): void;
  /** Lets the last answers out and closes. */
  close(): void;
  /** At once. */
  destroy(): void;
};

export type ConnectionOptions = {
  readonly limits: ControlLimits;
  readonly nowMs: () => number;
  readonly dispatch: Dispatch;
  readonly sessions: Sessions;
  readonly subscriptions: Subscriptions;
  readonly badInput: BadInputLog;
  /** Takes the socket over when the connection is to carry media. */
  readonly handOver: (socket: Socket, attached: NonNullable<Peer["attached"]>) => void;
};

/** What a client that is still on the doorstep may call. */
const doorstepMethods: ReadonlySet<string> = new Set(["server.hello", "session.auth"]);
/** What tells that a member is still there; see control.md, limits. */
const aliveMethods: ReadonlySet<string> = new Set(["session.join", "session.report", "clock.ping"]);

/** Serves the socket until it is closed. The socket must allow half-open connections, and whoever made it listens for `close`. */
export function serveConnection(socket: Socket, peer: Peer, options: ConnectionOptions): Connection {
  const { limits, nowMs, dispatch, sessions, subscriptions, badInput, handOver } = options;
  const framing = createFraming(limits.framing);
  const deadlines = createDeadlines();
  const bucket = createTokenBucket(limits.callsPerSecond, limits.callBurst, nowMs());
  /** What is over the rate is answered as well, up to this; what goes beyond it waits. */
  const refusals = createTokenBucket(limits.refusalsPerSecond, limits.callBurst, nowMs());
  let busy = false;
  /** Until the throttle's deadline nothing is framed: what a flood brings waits as bytes, which cost nothing. */
  let held = false;
  let ended = false;
  let called = false;

  peer.send = deliver;
  deadlines.set("hello", nowMs() + limits.helloMs);
  /** While a chunk is not worked off, no other is read. */
  const onData = (chunk: Buffer): void => {
    // What comes while we linger is thrown away.
    if (peer.gone) return;
    peer.receivedMs = nowMs();
    framing.push(chunk);
    work();
  };
  const onEnd = (): void => {
    if (peer.gone) return;
    ended = true;
    peer.receivedMs = nowMs();
    framing.end();
    work();
  };
  socket.on("data", onData);
  socket.on("end", onEnd);
  // A reset is a way to leave; `close` follows, and that is where the server lets go of the connection.
  socket.on("error", () => undefined);

  /** Works off what has come, until an answer has to be waited for or the rate is used up; goes on from there afterwards. */
  function work(): void {
    while (mayGoOn()) {
      const framed = framing.next();
      if (framed === null) {
        if (ended) close();
        else if (!deadlines.isSet("throttle")) socket.resume();
        return;
      }
      const answer = answerTo(framed);
      if (answer instanceof Promise) void waitFor(answer);
      else deliver(answer);
      if (framed.kind === "rejected" && framed.close) close();
    }
    if (peer.attached !== null && !busy && !peer.gone) leaveTo(peer.attached);
  }

  function mayGoOn(): boolean {
    return !busy && !held && !peer.gone && peer.attached === null;
  }

  async function waitFor(answer: Promise<string | null>): Promise<void> {
    busy = true;
    socket.pause();
    const text = await answer;
    busy = false;
    if (peer.gone) return;
    deliver(text);
    work();
  }

  function answerTo(framed: Framed): string | null | Promise<string | null> {
    if (framed.kind === "batch") return answerToBatch(framed.calls);
    if (framed.kind === "blank") {
      if (!spend()) badInput.note("tooOften", peer.address);
      return null;
    }
    return framed.kind === "call" ? answerToCall(framed) : answerToRejected(framed, framed.close);
  }

  function answerToRejected({ code, message }: Rejected, last: boolean): string {
    spend();
    badInput.note(code === -32700 ? "notJson" : last ? "tooLong" : "notACall", peer.address);
    return errorText(null, { code, message });
  }

  function answerToCall(call: Call): string | null | Promise<string | null> {
    if (!spend()) {
      badInput.note("tooOften", peer.address);
      return refuse(call, new ControlError("tooManyCalls", `more than ${limits.callsPerSecond} calls a second`));
    }
    if (peer.place === "doorstep" && !doorstepMethods.has(call.method)) {
      return refuse(call, new ControlError("noPlace", `all ${limits.maxClients} places for clients are taken`));
    }
    called = true;
    if (aliveMethods.has(call.method) || !sessions.isMember(peer)) deadlines.set("idle", nowMs() + limits.idleMs);
    return dispatch(call, peer);
  }

  async function answerToBatch(calls: readonly (Call | Rejected)[]): Promise<string | null> {
    const answers: string[] = [];
    let bytes = 0;
    for (const call of calls) {
      const answer = await answerInBatch(call, bytes);
      if (answer === null) continue;
      answers.push(answer);
      bytes += Buffer.byteLength(answer);
    }
    return answers.length === 0 ? null : `[${answers.join(",")}]`;
  }

  function answerInBatch(call: Call | Rejected, bytesBefore: number): string | null | Promise<string | null> {
    if (call.kind === "rejected") return answerToRejected(call, false);
    if (bytesBefore <= limits.maxBatchAnswerBytes) return answerToCall(call);
    return refuse(call, new ControlError("tooManyCalls", `the answers of this batch are over ${limits.maxBatchAnswerBytes} bytes`));
  }

  function refuse(call: Call, error: ControlError): string | null {
    return call.id === undefined ? null : refusal(call.id, error);
  }

  function deliver(text: string | null): void {
    if (text === null || peer.gone) return;
    if (socket.writableLength > limits.maxUnreadBytes) {
      badInput.note("slowReader", peer.address);
      destroy();
    } else socket.write(`${text}\n`);
  }

  /** Counts one; false if it is over the rate. Whoever sends too often is read less often: that bounds what the flood costs us. */
  function spend(): boolean {
    const now = nowMs();
    if (bucket.take(now)) return true;
    socket.pause();
    deadlines.set("throttle", now + limits.throttleMs);
    if (!refusals.take(now)) held = true;
    return false;
  }

  function letGo(): void {
    peer.gone = true;
    subscriptions.remove(peer);
    sessions.leaveAll(peer);
  }

  /** The answer to `session.attach` was the last line: from here on the socket carries media. */
  function leaveTo(attached: NonNullable<Peer["attached"]>): void {
    letGo();
    deadlines.clear("hello");
    deadlines.clear("idle");
    deadlines.clear("throttle");
    socket.off("data", onData);
    socket.off("end", onEnd);
    handOver(socket, attached);
  }

  /** What still comes is read and thrown away for a while: a reset could take the last answer with it. */
  function close(): void {
    if (peer.gone) return;
    letGo();
    deadlines.clear("hello");
    deadlines.clear("idle");
    deadlines.clear("throttle");
    deadlines.set("linger", nowMs() + limits.lingerMs);
    socket.end();
    socket.resume();
  }

  function destroy(): void {
    letGo();
    socket.destroy();
  }

  function act(deadline: DeadlineName): void {
    if (deadline === "linger") destroy();
    else if (deadline === "idle") {
      // Who only listens need not say anything; a member that does not has gone without a word: its cable, or its power.
      if (subscriptions.has(peer) && !sessions.isMember(peer)) deadlines.set("idle", nowMs() + limits.idleMs);
      else close();
    } else if (deadline === "throttle") {
      held = false;
      work();
    } else if (!called || peer.place === "doorstep") {
      badInput.note("silent", peer.address);
      close();
    }
  }

  function sweep(now: number): void {
    for (let passed = deadlines.next(now); passed !== null; passed = deadlines.next(now)) act(passed);
  }

  function excuse(now: number): void {
    if (deadlines.isSet("hello")) deadlines.set("hello", now + limits.helloMs);
    if (deadlines.isSet("idle")) deadlines.set("idle", now + limits.idleMs);
  }

  return { sweep, excuse, close, destroy };
}

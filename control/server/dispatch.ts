// Finds a call's method in the contract, checks role and params, calls its handler, and makes the answer.
import * as v from "valibot";
import { isMethod, methods, type Contract, type Method, type Params, type Result, type Role } from "../contract/contract.ts";
import { ControlError, controlErrors, operatorsOnly } from "../contract/errors.ts";
import { compileRedaction } from "../contract/operator-only.ts";
import { errorText, resultText, type Call, type CallId, type ErrorBody } from "../json-rpc.ts";
import { oneLine } from "../untrusted-text.ts";
import type { BadInputLog, ControlLog } from "./bad-input-log.ts";
import type { CallCounts } from "./call-counts.ts";
import type { Peer } from "./peer.ts";

/** One function for each method of the contract. */
export type MethodTable = {
  readonly [M in Method]: (params: Params<M>, peer: Peer) => Result<M> | Promise<Result<M>>;
};

/** The answer's text, or null for a notification. It is no promise if the handler's was none. */
export type Dispatch = (call: Call, peer: Peer) => string | null | Promise<string | null>;

export type DispatchOptions = {
  readonly log: ControlLog;
  readonly badInput: BadInputLog;
  readonly counts: CallCounts;
  readonly hasToken: boolean;
};

type CompiledMethod = {
  readonly role: Role;
  readonly call: (params: unknown, peer: Peer) => unknown;
  readonly redact: ((value: unknown) => unknown) | null;
};

export function createDispatch(table: MethodTable, { log, badInput, counts, hasToken }: DispatchOptions): Dispatch {
  const compiled = new Map<string, CompiledMethod>();
  for (const method of Object.keys(methods)) {
    if (isMethod(method)) compiled.set(method, compile(method, methods[method], table[method]));
  }

  function invoke(call: Call, peer: Peer): unknown {
    const method = compiled.get(call.method);
    if (method === undefined) throw new ControlError("methodNotFound", `no method is named ${call.method.slice(0, 64)}`);
    if (method.role === "operator" && peer.role !== "operator") {
      badInput.note("unauthorised", peer.address);
      throw operatorsOnly(call.method, hasToken);
    }
    return method.call(call.params, peer);
  }

  function succeed(call: Call, peer: Peer, result: unknown): string | null {
    if (call.id === undefined) return null;
    const redact = peer.role === "operator" ? null : compiled.get(call.method)?.redact;
    return resultText(call.id, redact ? redact(result) : result);
  }

  function fail(call: Call, error: unknown): string | null {
    counts.failed(call.method);
    if (!(error instanceof ControlError)) log.error({ err: error }, `control: ${oneLine(call.method)} failed`);
    return call.id === undefined ? null : errorText(call.id, errorBody(error));
  }

  return (call, peer) => {
    counts.called(call.method);
    try {
      const result = invoke(call, peer);
      if (!(result instanceof Promise)) return succeed(call, peer, result);
      return result.then(
        (value) => succeed(call, peer, value),
        (error: unknown) => fail(call, error),
      );
    } catch (error) {
      return fail(call, error);
    }
  };
}

/** An error answer in the same form as the dispatcher's. */
export function refusal(id: CallId, error: ControlError): string {
  return errorText(id, errorBody(error));
}

/** Keeps a method's params, handler and result together by its name, and prepares what can be prepared. */
function compile<M extends Method>(_method: M, entry: Contract[M], handle: MethodTable[M]): CompiledMethod {
  const parse = v.safeParser(entry.params, { abortEarly: true });
  return {
    role: entry.role,
    redact: compileRedaction(entry.result),
    call(params, peer) {
      const parsed = parse(params ?? {});
      if (!parsed.success) throw invalidParams(parsed.issues[0]);
      return handle(parsed.output, peer);
    },
  };
}

/** Long enough for any message of ours; what a client sent may be quoted in it. */
const maxMessageLength = 300;

function invalidParams(issue: v.BaseIssue<unknown>): ControlError {
  const path = v.getDotPath(issue);
  const message = `${path ?? "params"}: ${issueText(issue)}`;
  return new ControlError("invalidParams", oneLine(message).slice(0, maxMessageLength), { path: oneLine(path ?? "").slice(0, 64) });
}

function issueText(issue: v.BaseIssue<unknown>): string {
  if (issue.type !== "strict_object" && issue.type !== "object") return issue.message;
  if (issue.expected === "never") return "there is no such parameter";
  return issue.received === "undefined" && issue.path !== undefined ? "is missing" : "must be an object";
}

function errorBody(error: unknown): ErrorBody {
  if (!(error instanceof ControlError)) {
    return { code: controlErrors.internalError.code, message: "the daemon failed at this call; its log says how" };
  }
  const { code, message, data } = error;
  return data === undefined ? { code, message } : { code, message, data };
}

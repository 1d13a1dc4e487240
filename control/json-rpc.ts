// PURE. The messages of JSON-RPC 2.0 (https://www.jsonrpc.org/specification): values into calls, answers into text.
import { controlErrors, type ControlErrorName } from "./contract/errors.ts";
import { cleanJson, oneLine } from "./untrusted-text.ts";

export type CallId = string | number | null;

export type Call = {
  readonly kind: "call";
  /** Undefined: a notification, which is never answered. */
  readonly id: CallId | undefined;
  readonly method: string;
  readonly params: unknown;
};

/** Something that is answered with an error of id null, since it is no call. */
export type Rejected = { readonly kind: "rejected"; readonly code: number; readonly message: string };

export type ErrorBody = { readonly code: number; readonly message: string; readonly data?: Readonly<Record<string, unknown>> };

/** A rejection with one of the table's codes. */
export function rejected(errorName: ControlErrorName, message: string): Rejected {
  return { kind: "rejected", code: controlErrors[errorName].code, message };
}

/**
 * Reads one request object; anything else is rejected with −32600. Method and params lose their control characters; the id,
 * which goes back to where it came from and nowhere else, stays as it is.
 */
export function parseCall(value: unknown, maxDepth: number): Call | Rejected {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return rejected("invalidRequest", "a call is a JSON object");
  if (!("jsonrpc" in value) || value.jsonrpc !== "2.0") return rejected("invalidRequest", 'a call has "jsonrpc": "2.0"');
  if (!("method" in value) || typeof value.method !== "string") return rejected("invalidRequest", 'a call has a "method", a string');
  const id = "id" in value ? value.id : undefined;
  if (id !== undefined && id !== null && typeof id !== "string" && typeof id !== "number") {
    return rejected("invalidRequest", "an id is a string or a number");
  }
  const params = cleanJson("params" in value ? value.params : undefined, maxDepth);
  if (params === null) return rejected("invalidRequest", `values are nested deeper than ${maxDepth}`);
  return { kind: "call", id, method: oneLine(value.method), params: params.value };
}

/** One answer, without the line end. */
export function resultText(id: CallId, result: unknown): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${JSON.stringify(result) ?? "null"}}`;
}

/** One error answer, without the line end. */
export function errorText(id: CallId, error: ErrorBody): string {
  return JSON.stringify({ jsonrpc: "2.0", id, error });
}

/** One notification, which nobody answers; without the line end. */
export function notificationText(method: string, params: unknown): string {
  return JSON.stringify({ jsonrpc: "2.0", method, params });
}

/** One call, without the line end. */
export function callText(id: number, method: string, params: unknown): string {
  return JSON.stringify({ jsonrpc: "2.0", id, method, params });
}

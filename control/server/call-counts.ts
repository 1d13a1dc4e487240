// PURE. How often each method was called, and how often it was refused or failed: for metrics.
import { isMethod, methods } from "../contract/contract.ts";

export type MethodCount = { readonly method: string; readonly calls: number; readonly errors: number };

export type CallCounts = {
  /** `method`: as it came. */
  called(method: string): void;
  failed(method: string): void;
  /** Every method of the contract, and `unknown` for all other names: what is sent to us must not make the list grow. */
  list(): readonly MethodCount[];
};

const OTHER = "unknown";

export function createCallCounts(): CallCounts {
  const counts = new Map([...Object.keys(methods), OTHER].map((method) => [method, { calls: 0, errors: 0 }]));
  const find = (method: string) => counts.get(isMethod(method) ? method : OTHER);
  return {
    called(method) {
      const found = find(method);
      if (found !== undefined) found.calls += 1;
    },
    failed(method) {
      const found = find(method);
      if (found !== undefined) found.errors += 1;
    },
    list: () => Array.from(counts, ([method, { calls, errors }]) => ({ method, calls, errors })),
  };
}

// PURE. The deadlines of one connection, in one table. The sweeper looks at them; no connection has a timer of its own.

/** Each with what happens when it passes. */
export type DeadlineName =
  /** If no call came until then, or one on the doorstep has not become an operator: the connection is closed. */
  | "hello"
  /** No call (a member: no report or ping) came: the connection is closed and its sessions end. */
  | "idle"
  /** Called too often for a while: the connection is read again. */
  | "throttle"
  /** Closed by us, and the other side is still there: the socket is destroyed. */
  | "linger";

export type Deadlines = {
  set(name: DeadlineName, atMs: number): void;
  clear(name: DeadlineName): void;
  isSet(name: DeadlineName): boolean;
  /** Takes out and answers one that has passed, or null. Call until null. */
  next(nowMs: number): DeadlineName | null;
};

export function createDeadlines(): Deadlines {
  const never = Number.POSITIVE_INFINITY;
  const at = { hello: never, idle: never, throttle: never, linger: never };
  const names = ["hello", "idle", "throttle", "linger"] as const;
  /** None passes before it. There may be a thousand connections, and mostly nothing has passed. */
  let soonest = never;
  return {
    set(name, atMs) {
      at[name] = atMs;
      soonest = Math.min(soonest, atMs);
    },
    clear(name) {
      at[name] = never;
    },
    isSet: (name) => at[name] !== never,
    next(nowMs) {
      if (soonest > nowMs) return null;
      for (const name of names) {
        if (at[name] > nowMs) continue;
        at[name] = never;
        return name;
      }
      soonest = Math.min(at.hello, at.idle, at.throttle, at.linger);
      return null;
    },
  };
}

/** One attempt to join a channel: at its daemon, or by its description where no daemon answers. */

import type { ControlTarget } from "../../control/client.ts";
import { CannotConnectError, ConnectionLostError, RefusedError } from "../../control/client-error.ts";
import { UsageError } from "../../control/usage-error.ts";
import type { Pass } from "../../control/pass.ts";
import type { DescribedChannel } from "./described-channel.ts";
import { joinSession } from "./session.ts";
import type { Session, TransportWish } from "./session.ts";

type Wanted = {
  readonly targets: readonly ControlTarget[];
  readonly channel: string | null;
  readonly described: DescribedChannel | null;
  readonly name: string;
  readonly pass: Pass | null;
  /** What was received before; goes before other channels where none is named. */
  readonly usual: string | null;
  readonly transport: TransportWish;
};

/** An attempt that failed answers with why, but for the first, which throws it. To be ended by the signal is no failure of it. */
export async function tryJoin(wanted: Wanted, isFirst: boolean, signal: AbortSignal): Promise<Session | Error> {
  const { targets, described, ...wish } = wanted;
  if (described !== null) return described.session;
  try {
    return await joinSession(targets, wish, signal);
  } catch (error) {
    if ((isFirst && !signal.aborted) || !isFailure(error)) throw error;
    return error;
  }
}

/** Joining did not succeed, and the message says why; anything else is a mistake of ours. */
export function isFailure(error: unknown): error is Error {
  return [CannotConnectError, RefusedError, ConnectionLostError, UsageError].some((known) => error instanceof known);
}

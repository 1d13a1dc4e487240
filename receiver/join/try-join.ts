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
};

/** `usual`: what was received before; goes before other channels where none is named. An attempt that failed answers with why, but for the first, which throws it. */
export async function tryJoin(wanted: Wanted, usual: string | null, transport: TransportWish, isFirst: boolean): Promise<Session | Error> {
  const { targets, channel, described, name, pass } = wanted;
  if (described !== null) return described.session;
  try {
    return await joinSession(targets, { channel, usual, transport, name, pass });
  } catch (error) {
    if (isFirst || !isFailure(error)) throw error;
    return error;
  }
}

/** Joining did not succeed, and the message says why; anything else is a mistake of ours. */
export function isFailure(error: unknown): error is Error {
  return [CannotConnectError, RefusedError, ConnectionLostError, UsageError].some((known) => error instanceof known);
}

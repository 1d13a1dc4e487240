/** What every command that receives does with its request: finds the channel, and receives it into its ends. */

import { hostname } from "node:os";
import { connectControl, targetText, type ControlTarget } from "../../control/client.ts";
import { CannotConnectError } from "../../control/client-error.ts";
import type { ReceiveIo, ReceiveRequest } from "../../control/receive-request.ts";
import { oneLine } from "../../control/untrusted-text.ts";
import { DescribedChannel } from "../join/described-channel.ts";
import { findAgain, findChannel } from "../join/find.ts";
import { refuseUnknownInterface } from "../join/membership-place.ts";
import type { FindAgain } from "../join/whereabouts.ts";
import { receive } from "../receive.ts";
import type { ReceiveOptions } from "../receive-options.ts";
import type { ReceiverTotals } from "../receiver.ts";

type Ends = Pick<ReceiveOptions, "leadMs" | "openSinks" | "shown" | "joined">;

/** Finds the channel if nobody named a host, and receives it until the signal. */
export async function receiveRequest(request: ReceiveRequest, io: ReceiveIo, ends: Ends): Promise<ReceiverTotals | null> {
  refuseUnknownInterface(request.interface);
  const found = await findTargets(request, io);
  const { transport, latencyMs, mostFps, name, pass } = request;
  const options = {
    ...found,
    transport,
    latencyMs,
    mostFps,
    interface: request.interface,
    name: name ?? hostname(),
    pass,
    say: io.say,
    ...ends,
  };
  const over = new AbortController();
  const listening = found.described?.listen(over.signal);
  try {
    return await receive(options, io.signal);
  } finally {
    over.abort();
    await listening;
  }
}

export type FoundTargets = Pick<ReceiveRequest, "targets" | "channel"> & {
  /** What was announced, where the daemon that announces it cannot be reached. */
  readonly described: DescribedChannel | null;
  /** Null where the daemon did not have to be looked for, or is not asked. */
  readonly findAgain: FindAgain | null;
};

/** The daemon, and its channel where that had to be looked for. */
export async function findTargets({ targets, mayFind, channel }: ReceiveRequest, io: ReceiveIo): Promise<FoundTargets> {
  if (!mayFind || (await isThere(targets, io.signal))) return { targets, channel, described: null, findAgain: null };
  const announced = await findChannel(channel, io.say, io.signal);
  const { session, host, port } = announced;
  const found = [{ kind: "tcp", host, port }] as const;
  // One of its channels was heard; whether there are others, it says itself.
  if (await isThere(found, io.signal)) return { targets: found, channel, described: null, findAgain };
  if (session.isEncrypted === true)
    throw new CannotConnectError(
      `${oneLine(session.name)} is for who has a pass, and ${targetText(found[0])}, which gives out its key, cannot be reached`,
    );
  io.say(`${targetText(found[0])} cannot be reached: receiving by what is announced, without TCP and without reports to the daemon`);
  return { targets: found, channel: session.name, described: new DescribedChannel(announced, io.say), findAgain: null };
}

async function isThere(targets: readonly ControlTarget[], signal: AbortSignal): Promise<boolean> {
  for (const target of targets) {
    try {
      (await connectControl(target, { signal })).close();
      return true;
    } catch (error) {
      if (!(error instanceof CannotConnectError)) throw error;
    }
  }
  return false;
}

/** What every command that receives is asked for, and how it speaks. */

import { hostname, networkInterfaces } from "node:os";
import { connectControl, targetText, type ControlTarget } from "../../control/client.ts";
import { CannotConnectError, RefusedError } from "../../control/client-error.ts";
import { describedSession } from "../join/described.ts";
import { findChannel } from "../join/find.ts";
import type { Session, TransportWish } from "../join/session.ts";
import { receive } from "../receive.ts";
import type { ReceiveOptions } from "../receive.ts";
import type { ReceiverTotals } from "../receiver.ts";

export type ReceiveRequest = {
  readonly targets: readonly ControlTarget[];
  /** Nobody was named: `targets` are this host's own places, and if no daemon is there, one is found by what is announced. */
  readonly mayFind: boolean;
  readonly channel: string | null;
  readonly transport: TransportWish;
  readonly latencyMs: number;
  /** Name or address of an interface of this host; null: the one that leads to the daemon. */
  readonly interface: string | null;
  /** Null: this host's name. */
  readonly name: string | null;
  readonly mostFps: number | null;
};

export type Io = {
  readonly out: (text: string) => void;
  /** One line for a person. */
  readonly say: (line: string) => void;
  /** A line that takes the place of the one before, where there is a terminal. */
  readonly progress: (line: string) => void;
  readonly json: boolean;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
};

type Ends = Pick<ReceiveOptions, "leadMs" | "openSinks" | "shown">;

/** Finds the channel if nobody named a host, and receives it until the signal. */
export async function receiveRequest(request: ReceiveRequest, io: Io, ends: Ends): Promise<ReceiverTotals | null> {
  const address = request.interface === null ? null : interfaceAddress(request.interface);
  const { targets, channel, described } = await findTargets(request, io);
  const { transport, latencyMs, mostFps, name } = request;
  const options = {
    targets,
    channel,
    described,
    transport,
    latencyMs,
    mostFps,
    interfaceAddress: address,
    name: name ?? hostname(),
    say: io.say,
    ...ends,
  };
  return receive(options, io.signal);
}

export type FoundTargets = Pick<ReceiveRequest, "targets" | "channel"> & {
  /** What was announced, where the daemon that announces it cannot be reached. */
  readonly described: Session | null;
};

/** The daemon, and its channel where that had to be looked for. */
export async function findTargets({ targets, mayFind, channel }: ReceiveRequest, io: Io): Promise<FoundTargets> {
  if (!mayFind || (await isThere(targets))) return { targets, channel, described: null };
  const { session, host, port } = await findChannel(channel, io.say, io.signal);
  const found = [{ kind: "tcp", host, port }] as const;
  if (await isThere(found)) return { targets: found, channel: session.name, described: null };
  io.say(`${targetText(found[0])} cannot be reached: receiving by what is announced, without TCP and without reports to the daemon`);
  return { targets: found, channel: session.name, described: describedSession(session, found[0], targetText(found[0])) };
}

async function isThere(targets: readonly ControlTarget[]): Promise<boolean> {
  for (const target of targets) {
    try {
      (await connectControl(target)).close();
      return true;
    } catch (error) {
      if (!(error instanceof CannotConnectError)) throw error;
    }
  }
  return false;
}

/** Its IPv4 address. Throws a RefusedError that names those that there are. */
export function interfaceAddress(wanted: string): string {
  const interfaces = Object.entries(networkInterfaces()).map(([name, addresses = []]) => ({
    name,
    address: addresses.find(({ family }) => family === "IPv4")?.address ?? null,
  }));
  const found = interfaces.find(({ name, address }) => name === wanted || address === wanted);
  const address = found?.address ?? null;
  if (address !== null) return address;
  throw new RefusedError(0, `--interface ${wanted}: this host has ${interfaces.map(({ name }) => name).join(", ")}`, null);
}

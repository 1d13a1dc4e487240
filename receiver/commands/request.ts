/** What every command that receives is asked for, and how it speaks. */

import { networkInterfaces } from "node:os";
import { hostname } from "node:os";
import type { ControlTarget } from "../../control/client.ts";
import { RefusedError } from "../../control/client-error.ts";
import { findChannel } from "../join/find.ts";
import type { TransportWish } from "../join/session.ts";
import { receive } from "../receive.ts";
import type { ReceiveOptions } from "../receive.ts";
import type { ReceiverTotals } from "../receiver.ts";

export type ReceiveRequest = {
  /** Null: nobody was named; found by what is announced. */
  readonly targets: readonly ControlTarget[] | null;
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
  readonly json: boolean;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
};

type Ends = Pick<ReceiveOptions, "leadMs" | "openSinks" | "shown">;

/** Finds the channel if nobody named a host, and receives it until the signal. */
export async function receiveRequest(request: ReceiveRequest, io: Io, ends: Ends): Promise<ReceiverTotals | null> {
  const interfaceAddress = request.interface === null ? null : addressOf(request.interface);
  const { targets, channel } =
    request.targets === null ? await find(request.channel, io) : { targets: request.targets, channel: request.channel };
  const { transport, latencyMs, mostFps, name } = request;
  const options = { targets, channel, transport, latencyMs, mostFps, interfaceAddress, name: name ?? hostname(), say: io.say, ...ends };
  return receive(options, io.signal);
}

async function find(wanted: string | null, io: Io): Promise<{ readonly targets: readonly ControlTarget[]; readonly channel: string }> {
  const { name, host, port } = await findChannel(wanted, io.say, io.signal);
  return { targets: [{ kind: "tcp", host, port }], channel: name };
}

function addressOf(wanted: string): string {
  const interfaces = Object.entries(networkInterfaces()).map(([name, addresses = []]) => ({
    name,
    address: addresses.find(({ family }) => family === "IPv4")?.address ?? null,
  }));
  const found = interfaces.find(({ name, address }) => name === wanted || address === wanted);
  if (found?.address != null) return found.address;
  throw new RefusedError(0, `--interface ${wanted}: this host has ${interfaces.map(({ name }) => name).join(", ")}`, null);
}

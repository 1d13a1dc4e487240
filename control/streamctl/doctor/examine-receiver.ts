// A host that receives: joins a channel for some seconds, and looks at what is between the wire and the receiver.

import { CannotConnectError, ConnectionLostError, RefusedError } from "../../client-error.ts";
import type { Reception } from "../../receive-request.ts";
import { judgeClock } from "./checks/clock.ts";
import { judgeFirewall, type Needed } from "./checks/firewall.ts";
import { judgeInterfaces } from "./checks/interfaces.ts";
import { judgeMediaPorts } from "./checks/ports.ts";
import { judgeQuerier } from "./checks/querier.ts";
import { judgeReception } from "./checks/reception.ts";
import { judgeReversePath } from "./checks/reverse-path.ts";
import { judgeRoutes } from "./checks/route.ts";
import { judgeReceiveBuffers } from "./checks/socket-buffers.ts";
import { judgeNode } from "./checks/versions.ts";
import { fail, ok, type Finding } from "./finding.ts";
import type { DoctorRequest, DoctorTools } from "./plan.ts";
import { readClock } from "./read/clock.ts";
import { readFirewall } from "./read/firewall.ts";
import { readInterfaces } from "./read/interfaces.ts";
import { readQuerier } from "./read/querier.ts";
import { readSockets } from "./read/sockets.ts";
import { readNumber } from "./read/text-file.ts";
import { USUAL_STREAM } from "../usual-stream.ts";

export async function examineReceiver(
  receive: () => Promise<Reception>,
  wantedInterface: string | null,
  request: DoctorRequest,
  tools: DoctorTools,
): Promise<readonly Finding[]> {
  const [received, firewall, clock] = await Promise.all([tryToReceive(receive), readFirewall(), readClock()]);
  const general = [
    // What the channel is configured to, a receiver is not told.
    judgeReceiveBuffers([USUAL_STREAM], readNumber("/proc/sys/net/core/rmem_max")),
    judgeClock(clock),
    judgeNode(process.versions.node),
  ];
  if (!received.ok) return [received.finding, ...general];
  const { reception } = received;
  const { channel, group, port, senderAddress } = reception;
  const present = readInterfaces();
  const route = tools.routeTo(group);
  const wanted = wantedInterface ?? (senderAddress === null ? null : tools.routeTo(senderAddress)) ?? "auto";
  const found = tools.findInterface(wanted, group);
  const own = found.ok ? present.find(({ name }) => name === found.name) : undefined;
  const onInterface =
    !found.ok || own === undefined || own.name === "lo"
      ? []
      : [
          judgeReversePath(
            own,
            senderAddress === null ? null : { address: senderAddress, route: tools.routeTo(senderAddress) },
            present.length - 2,
          ),
          ...judgeFirewall(firewall, needed(reception, own.name)),
          judgeQuerier(own.name, await readQuerier({ ...own, address: found.address }, request.listenMs)),
        ];
  return [
    ok("daemon", `channel ${channel} is announced by ${senderAddress ?? "a daemon on this host"}`),
    ...judgeInterfaces([{ channel, wanted, found }], present),
    ...judgeRoutes([{ channel, group, route, sentOn: found.ok ? found.name : null, isAuto: false }]),
    ...onInterface,
    ...judgeMediaPorts([{ name: channel, port }], readSockets()),
    ...general,
    ...judgeReception(reception),
  ];
}

type Received = { readonly ok: true; readonly reception: Reception } | { readonly ok: false; readonly finding: Finding };

async function tryToReceive(receive: () => Promise<Reception>): Promise<Received> {
  try {
    return { ok: true, reception: await receive() };
  } catch (error) {
    const isKnown = error instanceof CannotConnectError || error instanceof ConnectionLostError || error instanceof RefusedError;
    if (!isKnown) throw error;
    return {
      ok: false,
      finding: fail("daemon", error.message, "name the sender with --host, and the channel; on the sender: streamctl doctor"),
    };
  }
}

function needed({ channel, group, port }: Reception, name: string): readonly Needed[] {
  const why = `channel ${channel} does not arrive`;
  const media = [port, port + 2].map((each): Needed => ({
    packet: { what: `UDP to ${group}:${each}`, hook: "input", protocol: "udp", destination: group, port: each, interface: name },
    level: "fail",
    why,
  }));
  const igmp = [
    { hook: "input", destination: "224.0.0.1", what: `IGMP queries on ${name}` },
    { hook: "output", destination: "224.0.0.22", what: `IGMP reports on ${name}` },
  ] as const;
  return [
    ...media,
    ...igmp.map((each): Needed => ({
      packet: { ...each, protocol: "igmp", port: null, interface: name },
      level: "fail",
      why: "switches with IGMP snooping stop sending the group here, after some minutes at the latest",
    })),
  ];
}

// A host that sends: reads what there is of it, and has each check judge its part.

import { judgeClock } from "./checks/clock.ts";
import { judgeDaemon, type DaemonReading } from "./checks/daemon.ts";
import { judgeDirectory } from "./checks/directories.ts";
import { judgeFirewall } from "./checks/firewall.ts";
import { judgeInterfaces, type Wanted } from "./checks/interfaces.ts";
import { judgeMtu } from "./checks/mtu.ts";
import { judgeListeners, judgeMediaPorts, judgeRepairPort } from "./checks/ports.ts";
import { judgeQuerier } from "./checks/querier.ts";
import { judgeReversePath } from "./checks/reverse-path.ts";
import { judgeRoutes } from "./checks/route.ts";
import { neededOfSender } from "./checks/sender-needs.ts";
import { judgeSendBuffers } from "./checks/socket-buffers.ts";
import { judgeTtl } from "./checks/ttl.ts";
import { judgeCodecs, judgeNode } from "./checks/versions.ts";
import type { Finding } from "./finding.ts";
import type { DoctorPlan, DoctorRequest, DoctorTools, PlannedChannel } from "./plan.ts";
import { readClock } from "./read/clock.ts";
import { readDaemon } from "./read/daemon.ts";
import { readDirectory } from "./read/directory.ts";
import { readFirewall } from "./read/firewall.ts";
import { readInterfaces, type HostInterface } from "./read/interfaces.ts";
import { readQuerier } from "./read/querier.ts";
import { readSockets } from "./read/sockets.ts";
import { readNumber } from "./read/text-file.ts";
import { readWriter } from "./read/writer.ts";

type ChannelPlace = Wanted & { readonly planned: PlannedChannel };

export async function examineSender(plan: DoctorPlan, request: DoctorRequest, tools: DoctorTools): Promise<readonly Finding[]> {
  const daemon = await readDaemon(request.targets);
  const channels = plan.channels.map((channel) => asItRuns(channel, daemon));
  const present = readInterfaces();
  const places = channels.flatMap((planned): readonly ChannelPlace[] =>
    planned.interfaces.map((wanted) => ({ channel: planned.name, wanted, found: tools.findInterface(wanted, planned.group), planned })),
  );
  const used = usedInterfaces(places, present);
  const [queriers, firewall, clock, codecs] = await Promise.all([
    Promise.all(used.map(async (place) => judgeQuerier(place.name, await readQuerier(place, request.listenMs)))),
    readFirewall(),
    readClock(),
    tools.readCodecs(),
  ]);
  const sockets = readSockets();
  const ofDaemon = { isThere: daemon.isThere, pid: daemon.isThere ? daemon.pid : null };
  const writer = readWriter(ofDaemon.pid);
  return [
    ...judgeDaemon(daemon),
    ...judgeInterfaces(places, present),
    ...judgeRoutes(places.map((place) => routed(place, tools))),
    ...judgeTtl(channels),
    ...places.flatMap(({ found, planned }) => (found.ok ? [judgeMtu(planned, found.name, mtuOf(found.name, present))] : [])),
    ...used.map((each) =>
      judgeReversePath(each, null, present.filter(({ name, isUp }) => isUp && name !== "lo" && name !== each.name).length),
    ),
    judgeSendBuffers(channels, readNumber("/proc/sys/net/core/wmem_default")),
    ...judgeFirewall(firewall, neededOfSender(places, plan)),
    ...queriers,
    ...judgeListeners(plan.listeners, sockets, ofDaemon),
    ...(plan.repair === null ? [] : [judgeRepairPort(plan.repair, sockets, ofDaemon)]),
    ...judgeMediaPorts(channels, sockets),
    judgeClock(clock),
    ...plan.directories.map((directory) => judgeDirectory(readDirectory(directory, writer), ofDaemon)),
    judgeNode(process.versions.node),
    judgeCodecs(codecs),
  ];
}

/** A derived group may have given way to another sender: the daemon knows. */
function asItRuns(channel: PlannedChannel, daemon: DaemonReading): PlannedChannel {
  const running = daemon.isThere ? daemon.channels.find(({ name }) => name === channel.name) : undefined;
  return running === undefined ? channel : { ...channel, group: running.group, port: running.port };
}

function routed({ channel, wanted, found, planned }: ChannelPlace, tools: DoctorTools) {
  const sentOn = found.ok ? found.name : null;
  return { channel, group: planned.group, route: tools.routeTo(planned.group), sentOn, isAuto: wanted === "auto" };
}

function mtuOf(name: string, present: readonly HostInterface[]): number | null {
  return present.find((each) => each.name === name)?.mtu ?? null;
}

/** Each once; the loopback has nobody else on it. */
function usedInterfaces(places: readonly ChannelPlace[], present: readonly HostInterface[]) {
  const addresses = new Map(places.flatMap(({ found }) => (found.ok && found.name !== "lo" ? [[found.name, found.address] as const] : [])));
  return present.flatMap((each) => {
    const address = addresses.get(each.name);
    return address === undefined ? [] : [{ ...each, address }];
  });
}

// PURE. What has to get through the packet filter of a host that sends: the channels' packets, IGMP, and what its servers are asked.

import type { DoctorPlan, FoundInterface, PlannedChannel } from "../plan.ts";
import type { Needed } from "./firewall.ts";

type SendingPlace = { readonly found: FoundInterface; readonly planned: PlannedChannel };

/** Of each channel on each of its interfaces. */
export function neededOfSender(
  places: readonly SendingPlace[],
  { listeners, repair }: Pick<DoctorPlan, "listeners" | "repair">,
): readonly Needed[] {
  const out = places.flatMap(({ found, planned }): readonly Needed[] => (found.ok ? leaving(planned, found.name) : []));
  const interfaces = new Map(
    places.flatMap(({ found }) => (found.ok && found.name !== "lo" ? [[found.name, found.address] as const] : [])),
  );
  const igmp = Array.from(interfaces.keys(), (name): Needed => ({
    packet: { what: `IGMP on ${name}`, hook: "input", protocol: "igmp", destination: "224.0.0.1", port: null, interface: name },
    level: "warn",
    why: "receivers on this host, and the look-out for other senders, are forgotten by switches",
  }));
  const calls = listeners.map(({ key, ...listen }) => ({ ...listen, protocol: "tcp", why: `other hosts cannot reach ${key}` }) as const);
  const lost = "lost packets are not sent again to receivers on other hosts";
  const repairs = repair === null ? [] : [{ ...repair, protocol: "udp", why: lost } as const];
  const asked = [...calls, ...repairs]
    .filter(({ host }) => !host.startsWith("127."))
    .flatMap(({ protocol, port, why }) =>
      Array.from(interfaces, ([name, address]): Needed => {
        const what = `${protocol.toUpperCase()} to ${address}:${port}`;
        return { packet: { what, hook: "input", protocol, destination: address, port, interface: name }, level: "warn", why };
      }),
    );
  return [...out, ...igmp, ...asked];
}

/** Pictures and sound; and their reports, where there are any. */
function leaving({ name: channel, group, port, profile }: PlannedChannel, name: string): readonly Needed[] {
  const toPort = (offset: number): Needed["packet"] => ({
    what: `UDP to ${group}:${port + offset}`,
    hook: "output",
    protocol: "udp",
    destination: group,
    port: port + offset,
    interface: name,
  });
  const media = [0, 2].map((offset): Needed => ({
    packet: toPort(offset),
    level: "fail",
    why: `channel ${channel} does not leave this host`,
  }));
  const reports = [1, 3].map((offset): Needed => ({
    packet: toPort(offset),
    level: "warn",
    why: `players cannot tell which sound belongs to which picture of channel ${channel}`,
  }));
  return profile === "rtp" ? [...media, ...reports] : media;
}

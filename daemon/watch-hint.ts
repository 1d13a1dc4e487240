/** What a person is told once the daemon sends: one ready line, then how to watch each channel. */

import { networkInterfaces } from "node:os";
import { isIPv6 } from "node:net";
import type { Channel } from "./channel/channel.ts";
import { authorityOf } from "./http/authority.ts";

type Watched = Pick<Channel, "name" | "state" | "config" | "interfaces">;

/** One line for people and for whatever started us. */
export function readyLine(channels: readonly Channel[]): string {
  return `streamerd ready: ${channels.map(describe).join(", ")}`;
}

/** How to watch a channel that sends, its slate included, or that waits for whoever joins; nothing for another. */
export function watchHint(channel: Watched, httpHost: string, httpPort: number): readonly string[] {
  const { group, port, profile, access, audio, datagram } = channel.config;
  const watch = `streamctl watch ${channel.name}${access === "pass" ? " --pass PASS" : ""}`;
  if (channel.state === "idle")
    return [``, `  ${channel.name}: begins when somebody joins, on any host of this LAN`, `    watch   ${watch}`];
  if (channel.state !== "playing" && channel.state !== "no-signal") return [];
  const host = reachableHost(channel, httpHost);
  if (profile === "datagram") {
    return [
      ``,
      `  ${channel.name}: ${datagram.encoding === "raw" ? "a JPEG file" : "a JPEG file as base64 text"} in each datagram, for any host of this LAN`,
      `    group   ${group}, port ${port}${audio.enabled ? `, WAV files on port ${port + 2}` : ""}`,
      `    script  python3 examples/receive.py ${group} ${port}`,
    ];
  }
  if (access === "pass") {
    return [
      ``,
      `  ${channel.name}: encrypted, for who has a pass, on any host of this LAN`,
      `    pass    streamctl pass create ${channel.name}`,
      `    watch   ${watch}`,
    ];
  }
  const url = `http://${authorityOf(host, httpPort)}/${channel.name}.sdp`;
  return [
    ``,
    `  ${channel.name}: watch it on any host of this LAN`,
    `    group   ${group}, ports ${port} to ${port + (audio.enabled ? 3 : 1)}`,
    `    SDP     ${url}`,
    `    ffplay  ffplay -protocol_whitelist http,tcp,udp,rtp -fpsprobesize 0 ${url}`,
  ];
}

function describe(channel: Channel): string {
  const { group, port } = channel.config;
  return `${channel.name} ${channel.isCutOff ? "no-interface" : channel.state} ${group}:${port}`;
}

/** The address that other hosts reach us by: the one that the channel is sent from, unless the server listens on one only. */
export function reachableHost(channel: Pick<Channel, "interfaces">, httpHost: string): string {
  if (httpHost !== "0.0.0.0" && httpHost !== "::") return httpHost;
  return channel.interfaces.find(({ address }) => address !== null)?.address ?? anyAddress();
}

/** `host`, or where that is an IPv6 address one of IPv4: groups are, and the control channel is where it listens as it does by default. */
export function ipv4Host(channel: Channel, host: string): string {
  return isIPv6(host) ? reachableHost(channel, "0.0.0.0") : host;
}

function anyAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "127.0.0.1";
}

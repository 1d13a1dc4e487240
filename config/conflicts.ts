/** What is wrong only together: two channels on the same group and ports, two servers on one port. */
import type { ConfigError, Origin } from "./origin.ts";
import type { ChannelConfig, Config } from "./schema.ts";
import type { ListenAddress } from "./values/address.ts";

/** RTP and RTCP of picture and sound. */
const PORTS_PER_CHANNEL = 4;

/** A block of stereo sound behind its header, and SRTP's tag. */
const ENCRYPTED_SOUND_BYTES = 1302;

type Conflict = { readonly path: readonly string[]; readonly message: string };

export function findConflicts(config: Config, originOf: (path: readonly string[]) => Origin): readonly ConfigError[] {
  const conflicts = [
    ...config.channels.flatMap(groupConflicts),
    ...config.channels.flatMap(helloConflicts),
    ...config.channels.flatMap(accessConflicts),
    ...config.channels.flatMap(recordConflicts),
    ...listenConflicts(config, originOf),
  ];
  return conflicts.map((conflict) => ({ origin: originOf(conflict.path), ...conflict }));
}

function accessConflicts({ name, access, profile, maxPacketBytes, audio }: ChannelConfig): readonly Conflict[] {
  if (access !== "pass") return [];
  const messages = [
    ...(profile === "datagram" ? ["a channel of profile datagram cannot be encrypted; set profile: rtp, or access: open"] : []),
    ...(maxPacketBytes < ENCRYPTED_SOUND_BYTES
      ? [`an encrypted block of sound needs ${ENCRYPTED_SOUND_BYTES} bytes; set maxPacketBytes to that or more, or access: open`]
      : []),
    ...(audio.reference ? ["audio.reference serves the sound of this channel to everybody; set it to false, or access: open"] : []),
  ];
  return messages.map((message) => ({ path: ["channels", name, "access"], message }));
}

function recordConflicts({ name, record, profile }: ChannelConfig): readonly Conflict[] {
  if (record.dir === null || profile !== "datagram") return [];
  const message = "a channel of profile datagram cannot be recorded; set profile: rtp, or record.dir: null";
  return [{ path: ["channels", name, "record", "dir"], message }];
}

function helloConflicts({ name, profile, datagram }: ChannelConfig): readonly Conflict[] {
  if (!datagram.hello || profile === "datagram") return [];
  const message = "only a channel of profile datagram answers a hello; set profile: datagram as well";
  return [{ path: ["channels", name, "datagram", "hello"], message }];
}

function groupConflicts(channel: ChannelConfig, index: number, channels: readonly ChannelConfig[]): readonly Conflict[] {
  const earlier = channels.slice(0, index).find((other) => overlap(channel, other));
  if (earlier === undefined) return [];
  const message =
    `${channel.group} with ports ${ports(channel)} overlaps channel ${earlier.name} (ports ${ports(earlier)}); ` +
    "use another group, or a port at least 4 away";
  return [{ path: ["channels", channel.name, "group"], message }];
}

function overlap(a: ChannelConfig, b: ChannelConfig): boolean {
  return a.group === b.group && Math.abs(a.port - b.port) < PORTS_PER_CHANNEL;
}

function ports(channel: ChannelConfig): string {
  return `${channel.port} to ${channel.port + PORTS_PER_CHANNEL - 1}`;
}

const ANY_HOST: readonly string[] = ["0.0.0.0", "::"];

type Listener = { readonly path: readonly string[]; readonly listen: Config["http"]["operatorListen"] };

function listenConflicts(config: Config, originOf: (path: readonly string[]) => Origin): readonly Conflict[] {
  const listeners: readonly Listener[] = [
    { path: ["control", "listen"], listen: config.control.listen },
    { path: ["http", "listen"], listen: config.http.listen },
    { path: ["http", "operatorListen"], listen: config.http.operatorListen },
  ];
  return listeners.flatMap((later, index) =>
    listeners.slice(0, index).flatMap((earlier): readonly Conflict[] => {
      if (later.listen === null || earlier.listen === null || !meet(later.listen, earlier.listen)) return [];
      // Named where the operator wrote something.
      const [{ path }, other] = originOf(later.path).kind === "default" ? [earlier, later] : [later, earlier];
      return [{ path, message: `port ${later.listen.port} is that of ${other.path.join(".")} as well; use another one` }];
    }),
  );
}

function meet(a: ListenAddress, b: ListenAddress): boolean {
  return a.port === b.port && (a.host === b.host || ANY_HOST.includes(a.host) || ANY_HOST.includes(b.host));
}

/** What channels have sent, kept for a while for who loses some of it. Only where somebody has joined: nobody else can ask for it. */

import type { ChannelConfig, Config } from "../../config/schema.ts";
import { pictureRoom, SentPackets, SOUND_ROOM } from "../send/sent-packets.ts";
import type { SenderThread } from "../send/sender-thread.ts";

type KeptStreams = { readonly picture: SentPackets; readonly sound: SentPackets };

/** Channels whose packets are sent again to who has lost them. */
export function repairedChannels({ channels, send }: Config): readonly ChannelConfig[] {
  return send.maxRepairKbps === 0 ? [] : channels.filter(({ profile }) => profile === "rtp");
}

export class KeptPackets {
  readonly #sender: Pick<SenderThread, "post">;
  /** By name. */
  readonly #repaired: ReadonlyMap<string, ChannelConfig>;
  /** Also of channels that have no members any more: who joins and leaves again and again is to make no garbage of megabytes. */
  readonly #streams = new Map<string, KeptStreams>();
  /** Channels that have members. */
  readonly #joined = new Set<string>();
  readonly #retransmitted = new Map<string, number>();

  constructor(config: Config, sender: Pick<SenderThread, "post">) {
    this.#repaired = new Map(repairedChannels(config).map((channel) => [channel.name, channel]));
    this.#sender = sender;
  }

  /** Whether anything may ever be sent again. */
  get isWanted(): boolean {
    return this.#repaired.size > 0;
  }

  /** A channel's number of members has changed. */
  noteMembers(channel: string, members: number): void {
    const config = this.#repaired.get(channel);
    if (config === undefined || members > 0 === this.#joined.has(channel)) return;
    if (members === 0) {
      this.#joined.delete(channel);
      return this.#sender.post({ kind: "keep", channel, shared: null });
    }
    this.#joined.add(channel);
    const { picture, sound } = this.#emptyStreams(channel, config.maxPacketBytes);
    this.#sender.post({ kind: "keep", channel, shared: { picture: picture.shared, sound: sound.shared } });
  }

  /** Bytes of the largest packet that a channel may send; null for one whose packets are not kept. */
  packetBytesOf(channel: string): number | null {
    return this.#repaired.get(channel)?.maxPacketBytes ?? null;
  }

  /** Packets of a channel have been sent again. */
  noteRetransmitted(channel: string, packets: number): void {
    this.#retransmitted.set(channel, this.retransmittedOf(channel) + packets);
  }

  /** How many, since the daemon has begun. */
  retransmittedOf(channel: string): number {
    return this.#retransmitted.get(channel) ?? 0;
  }

  /** Null if it is not there (any more). */
  find(channel: string, ssrc: number, sequence: number): Uint8Array | null {
    const kept = this.#joined.has(channel) ? this.#streams.get(channel) : undefined;
    return kept?.picture.find(ssrc, sequence) ?? kept?.sound.find(ssrc, sequence) ?? null;
  }

  #emptyStreams(channel: string, maxPacketBytes: number): KeptStreams {
    const known = this.#streams.get(channel);
    known?.picture.clear();
    known?.sound.clear();
    if (known !== undefined) return known;
    const made = { picture: new SentPackets(pictureRoom(maxPacketBytes)), sound: new SentPackets(SOUND_ROOM) };
    this.#streams.set(channel, made);
    return made;
  }
}

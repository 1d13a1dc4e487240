/** What crosses between the daemon's main thread and the sender thread. Payloads are transferred, not copied. */

import type { LivePlaceOptions } from "../pace/live-place.ts";
import type { PacedFrame } from "../pace/frame-pacer.ts";
import type { SoundPiece } from "../pace/sound-track.ts";
import type { Amount } from "./packet-socket.ts";
import type { SenderConfig, SenderEvent, SenderInit } from "./sender-types.ts";
import type { SharedPackets } from "./sent-packets.ts";
import type { SocketKind } from "./socket-kind.ts";
import type { SenderStatistics } from "./statistics.ts";

/** Where a channel sends: one socket for each interface. */
export type Route = {
  readonly group: string;
  /** RTP video; RTCP +1, audio +2, +3. */
  readonly port: number;
  readonly ttl: number;
  readonly loopback: boolean;
  /** Names or addresses as configured; "auto" for the one of the multicast or default route. */
  readonly interfaces: readonly string[];
};

/** `sent`: what the system took; `sendErrors`: packets that it did not take; `rollovers`: null where nothing is encrypted. */
export type StatisticsAnswer = {
  readonly statistics: SenderStatistics;
  readonly sent: Amount;
  readonly sendErrors: number;
  readonly rollovers: Rollovers | null;
};

/** How often the sequence numbers have begun again from 0: who joins late has to be told (RFC 3711, section 3.3.1). */
export type Rollovers = { readonly video: number; readonly audio: number };

/** What the sender thread is started with: see told-deadline.ts. */
export type SenderThreadStart = { readonly shared: SharedArrayBuffer };
/** Its first message: from then on it takes orders. Null in its place ends it. */
export type SenderThreadBegin = { readonly sockets: SocketKind };

export type AddChannel = {
  readonly kind: "add";
  readonly channel: string;
  readonly config: SenderConfig;
  readonly init: SenderInit;
  /** 30 bytes, master key and salt (RFC 3711); null: packets are not encrypted. */
  readonly srtpMaster: Uint8Array | null;
  readonly route: Route;
};

export type ToSender =
  | AddChannel
  | { readonly kind: "expect"; readonly channel: string; readonly generation: number; readonly live: LivePlaceOptions | null }
  | { readonly kind: "frame"; readonly channel: string; readonly generation: number; readonly frame: PacedFrame }
  | { readonly kind: "sound"; readonly channel: string; readonly generation: number; readonly piece: SoundPiece }
  | { readonly kind: "end"; readonly channel: string; readonly generation: number; readonly timelineMs: number }
  | { readonly kind: "pause" | "resume" | "stop"; readonly channel: string }
  | { readonly kind: "fps"; readonly channel: string; readonly fps: number | null }
  | { readonly kind: "spread"; readonly channel: string; readonly spread: number }
  | { readonly kind: "volume"; readonly channel: string; readonly volume: number }
  /** Another one, for a channel that is encrypted. */
  | { readonly kind: "srtp-master"; readonly channel: string; readonly master: Uint8Array }
  | { readonly kind: "statistics"; readonly request: number; readonly channel: string }
  /** Whether what the channel sends is to be handed up as well, for those who take it over TCP. */
  | { readonly kind: "tap"; readonly channel: string; readonly isOn: boolean }
  /** Where what the channel sends is to be kept for a while, for those who lose some of it; null: nowhere. */
  | { readonly kind: "keep"; readonly channel: string; readonly shared: SharedPackets | null }
  /** Say goodbye on every channel, close the sockets, answer "closed". */
  | { readonly kind: "close" };

export type InterfaceState = {
  readonly wanted: string;
  readonly address: string | null;
  readonly problem: string | null;
  /** No packets leave by it. With a problem some may leave all the same. */
  readonly isCutOff: boolean;
};

export type FromSender =
  | { readonly kind: "event"; readonly channel: string; readonly event: SenderEvent }
  /** Totals since the channel was added. */
  | { readonly kind: "consumed"; readonly channel: string; readonly frames: number; readonly samples: number }
  /** An interface came, went, or refuses what is sent. */
  | { readonly kind: "interfaces"; readonly channel: string; readonly states: readonly InterfaceState[]; readonly isFirst: boolean }
  | ({ readonly kind: "statistics"; readonly request: number } & StatisticsAnswer)
  /** Packets that have just been sent, each after two bytes of length (RFC 4571). */
  | { readonly kind: "tapped"; readonly channel: string; readonly framed: Uint8Array<ArrayBuffer> }
  /** The thread has begun: of what kind its sockets are, and why not of the kind that was wanted. */
  | { readonly kind: "sockets"; readonly used: SocketKind; readonly problem: string | null }
  | { readonly kind: "closed" };

/** What a session description tells of a channel: where it is sent, and in what form (RFC 8866). */

import type { L16Channels } from "../l16.ts";

export type SessionDescription = {
  /** Decimal digits: with `originAddress` it names the session, and stays the same when the description changes. */
  readonly sessionId: string;
  /** Decimal digits: grows with each change of the description. */
  readonly sessionVersion: string;
  /** IPv4 address, or the host name, of the sender. */
  readonly originAddress: string;
  readonly name: string;
  readonly information?: string | null;
  /** IPv4 multicast address. */
  readonly group: string;
  readonly ttl: number;
  /** The program that wrote it. */
  readonly tool?: string | null;
  /** Where the control channel listens. */
  readonly control: { readonly host: string; readonly port: number } | null;
  /** The only sender to be listened to (RFC 4570); without it a receiver takes any. */
  readonly sourceFilter?: string | null;
  /** The packets are encrypted (SRTP). */
  readonly isEncrypted?: boolean;
  readonly video: VideoDescription | null;
  readonly audio: AudioDescription | null;
};

/** RTP/JPEG, payload type 26, 90 kHz. */
export type VideoDescription = {
  readonly port: number;
  /** Pixels: what is left when a receiver has cropped the blocks of 8. */
  readonly size: { readonly width: number; readonly height: number } | null;
  readonly fps: number | null;
};

/** RTP/L16; the payload type follows from rate and channels. */
export type AudioDescription = {
  readonly port: number;
  readonly sampleRateHz: number;
  readonly channels: L16Channels;
};

/** As it came from a network: strangers choose dynamic payload types of their own. Texts may hold any character but line ends. */
export type ReceivedSession = SessionDescription & {
  readonly audio: (AudioDescription & { readonly payloadType: number }) | null;
};

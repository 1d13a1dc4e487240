/** What a receiving command is asked for, and how it speaks: between streamctl's command line and the receiver. */

import type { ControlTarget } from "./client.ts";
import type { Pass } from "./pass.ts";

/** What waits for its time lies in memory: at 240 pictures a second this is 150 MB of them. */
export const MOST_LATENCY_MS = 10_000;

export type ReceiveRequest = {
  readonly targets: readonly ControlTarget[];
  /** Nobody was named: `targets` are this host's own places, and if no daemon is there, one is found by what is announced. */
  readonly mayFind: boolean;
  /** Null: the only one. */
  readonly channel: string | null;
  readonly transport: "auto" | "multicast" | "tcp";
  readonly latencyMs: number;
  /** Name or address of an interface of this host; null: the one that leads to the daemon. */
  readonly interface: string | null;
  /** How the operator's list shall name this host; null: by its own name. */
  readonly name: string | null;
  /** For a channel that is encrypted; null: none. */
  readonly pass: Pass | null;
  /** Pictures a second at most; null: all. */
  readonly mostFps: number | null;
};

export type WatchRequest = ReceiveRequest & {
  /** Port 0: any. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Files of a certificate and its key (PEM). */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
};

export type PlayRequest = WatchRequest & {
  readonly hasPage: boolean;
  /** ALSA's name of the device; null: the default one. */
  readonly device: string | null;
};

export type RecordRequest = ReceiveRequest & {
  /** `-`: standard output. */
  readonly path: string;
  /** Null: until Ctrl-C. */
  readonly durationMs: number | null;
  /** `keep`: null for all of them. */
  readonly segmenting: { readonly minutes: number; readonly keep: number | null } | null;
  readonly overwrite: boolean;
};

export type MeasureRequest = ReceiveRequest & {
  /** Names the files: the rate of the line in kbit/s, as `bench/netcond.sh` was told. */
  readonly rate: string;
  readonly folder: string;
  /** A WAV file, or an http:// address of one; null: nothing to compare with. */
  readonly reference: string | null;
  readonly durationMs: number;
  readonly ways: readonly ("udp" | "tcp")[];
  readonly overwrite: boolean;
};

/** A channel is received from its group for a while, and told how. */
export type ExamineRequest = ReceiveRequest & { readonly durationMs: number };

export type Reception = {
  readonly channel: string;
  readonly group: string;
  /** RTP port of the picture. */
  readonly port: number;
  /** IPv4 address of the daemon, as far as it is known. */
  readonly senderAddress: string | null;
  /** The channel means to send. */
  readonly isSending: boolean;
  /** For each second what was expected by the sequence numbers, how much of it was lost for good, and how much was lost on the way and came again. */
  readonly seconds: readonly { readonly expected: number; readonly lost: number; readonly repaired: number; readonly jitterMs: number }[];
};

/** Standard output for what is no text. */
export type BytesOut = {
  readonly write: (bytes: Uint8Array) => void;
  /** Bytes that were written and not taken yet. */
  readonly waiting: () => number;
  /** Resolves when all of it was taken or nobody reads any more; soon after the signal, whatever is left. */
  readonly finish: (signal: AbortSignal) => Promise<void>;
};

export type ReceiveIo = {
  readonly out: (text: string) => void;
  /** Absent where standard output is a terminal. */
  readonly bytes?: BytesOut | undefined;
  /** One line for a person. */
  readonly say: (line: string) => void;
  /** A line that takes the place of the one before, where there is a terminal. */
  readonly progress: (line: string) => void;
  readonly json: boolean;
  /** How wide the terminal is on which `out` is seen; null: it goes elsewhere. */
  readonly columns: () => number | null;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
};

/** Each runs until the signal, or until it is done. Throws what the control client throws, and a UsageError for what has to be typed differently. */
export type Receivers = {
  readonly stats: (request: ReceiveRequest, io: ReceiveIo) => Promise<void>;
  readonly watch: (request: WatchRequest, io: ReceiveIo) => Promise<void>;
  readonly play: (request: PlayRequest, io: ReceiveIo) => Promise<void>;
  readonly record: (request: RecordRequest, io: ReceiveIo) => Promise<void>;
  readonly examine: (request: ExamineRequest, io: ReceiveIo) => Promise<Reception>;
  readonly measure: (request: MeasureRequest, io: ReceiveIo) => Promise<void>;
};

// What the doctor looks at: what the configuration asks of this host, and the parts of the program that it is given to look with.

import type { ControlTarget } from "../../client.ts";
import type { Reception } from "../../receive-request.ts";

export type PlannedChannel = {
  readonly name: string;
  readonly group: string;
  readonly port: number;
  readonly ttl: number;
  /** Names or addresses; `auto` for the interface of the route. */
  readonly interfaces: readonly string[];
  readonly profile: "rtp" | "datagram";
  readonly maxPacketBytes: number;
  readonly maxFrameBytes: number;
};

export type PlannedListener = { readonly key: string; readonly host: string; readonly port: number };

export type DoctorPlan = {
  /** For people: the file, or that there is none. */
  readonly from: string;
  readonly channels: readonly PlannedChannel[];
  /** Of TCP. */
  readonly listeners: readonly PlannedListener[];
  /** Of UDP: where receivers ask for lost packets; null: they are not sent again. */
  readonly repair: PlannedListener | null;
  readonly directories: readonly PlannedDirectory[];
};

export type DirectoryUse = "state" | "cache" | "recordings";

/** Where the daemon writes. */
export type PlannedDirectory = {
  readonly key: string;
  readonly use: DirectoryUse;
  /** Null: it has no place. */
  readonly path: string | null;
  /** What it may hold; null: no such limit. */
  readonly maxBytes: number | null;
  /** What of that is there. */
  readonly storedBytes: number;
  /** The process that has it for itself; null: none, or nobody may. */
  readonly keptBy: string | null;
};

export type FoundInterface =
  | { readonly ok: true; readonly name: string; readonly address: string }
  /** The problem and its remedy, in one line. */
  | { readonly ok: false; readonly problem: string };

export type Codecs = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

/** Parts of the rest of the program: the doctor judges by what the daemon itself would do. */
export type DoctorTools = {
  /** The configuration's; a line for each mistake in it. `file`: null for the service's own, or the defaults where there is none. */
  readonly plan: (
    file: string | null,
  ) => { readonly ok: true; readonly plan: DoctorPlan } | { readonly ok: false; readonly errors: readonly string[] };
  readonly findInterface: (wanted: string, group: string) => FoundInterface;
  /** The interface of the route to an address; null: there is none. */
  readonly routeTo: (address: string) => string | null;
  /** Loads the codecs, in a process of its own. */
  readonly readCodecs: () => Promise<Codecs>;
};

export type DoctorRequest = {
  readonly targets: readonly ControlTarget[];
  readonly file: string | null;
  /** How long it listens for IGMP queries. */
  readonly listenMs: number;
  /** Null: this host sends. */
  readonly receive: { readonly interface: string | null; readonly run: () => Promise<Reception> } | null;
};

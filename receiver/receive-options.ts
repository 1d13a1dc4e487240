/** What a reception is asked for, and where it goes. */

import type { ControlTarget } from "../control/client.ts";
import type { Pass } from "../control/pass.ts";
import type { DescribedChannel } from "./join/described-channel.ts";
import type { Joined } from "./join/packet-path.ts";
import type { Session, TransportWish } from "./join/session.ts";
import type { FindAgain } from "./join/whereabouts.ts";
import type { ReceptionReport, Sink, StreamForm } from "./media.ts";

export type ReceiveOptions = {
  readonly targets: readonly ControlTarget[];
  /** Null: the only one. */
  readonly channel: string | null;
  /** What needs no daemon to answer; null: join at the targets. */
  readonly described: DescribedChannel | null;
  /** Looks for the channel again when its host stays away; null: the host was named, and is waited for. */
  readonly findAgain: FindAgain | null;
  readonly transport: TransportWish;
  readonly latencyMs: number;
  readonly leadMs: number;
  readonly mostFps: number | null;
  /** Name or address of the interface to join on; null: the one that leads to the daemon. */
  readonly interface: string | null;
  /** How the operator's list shall name this host. */
  readonly name: string;
  /** For a channel that is encrypted; null: none. */
  readonly pass: Pass | null;
  /** Opens the ends for a channel of this form; called again when the form of its sound changes. */
  readonly openSinks: (form: StreamForm) => Promise<readonly Sink[]>;
  /** One line for a person: where and how it joined, what is wrong. */
  readonly say: (line: string) => void;
  /** Joined, and nothing of it taken yet. */
  readonly met?: (session: Session) => Promise<void>;
  /** Packets are taken from there now. */
  readonly joined?: (joined: Joined) => void;
  /** What a page shows goes before what was given out here. */
  readonly shown?: () => Pick<ReceptionReport, "fps" | "skewMs"> | null;
};

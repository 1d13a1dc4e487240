/** What the two ways of getting packets have in common. */

import type { StreamOf } from "../receiver.ts";

export type OnPacket = (from: StreamOf, packet: Uint8Array) => void;

export type Transport = {
  readonly kind: "multicast" | "tcp";
  /** Asks the network again for what does not come (switches forget members). */
  readonly renew: () => void;
  /** Resolves with the reason when nothing more will come. */
  readonly ended: Promise<string>;
  readonly close: () => Promise<void>;
};

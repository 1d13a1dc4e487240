/** The hosts that send to a channel's group beside it: told once when they come, and once when they are gone. */

import type { ChannelConfig } from "../../config/schema.ts";
import type { ChannelNews } from "./news.ts";
import { foreignWarning } from "./foreign-warning.ts";

export class ForeignHosts {
  readonly #config: () => ChannelConfig;
  readonly #tell: (news: ChannelNews) => void;
  #addresses: readonly string[] = [];

  constructor(config: () => ChannelConfig, tell: (news: ChannelNews) => void) {
    this.#config = config;
    this.#tell = tell;
  }

  get addresses(): readonly string[] {
    return this.#addresses;
  }

  /** These send to the group now. */
  note(hosts: readonly string[]): void {
    const before = this.#addresses;
    this.#addresses = hosts;
    const config = this.#config();
    if (hosts.length > 0 && before.length === 0) this.#tell({ kind: "warning", text: foreignWarning(hosts.join(", "), config) });
    if (hosts.length === 0 && before.length > 0) this.#tell({ kind: "info", text: `nobody else sends to ${config.group} any more` });
  }
}

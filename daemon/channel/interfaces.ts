/** The interfaces that one channel is sent on: what the sender thread says of them, and what of it is news. */

import type { ChannelNews } from "./news.ts";
import type { InterfaceState } from "../send/sender-messages.ts";

export class ChannelInterfaces {
  readonly #tell: (news: ChannelNews) => void;
  #states: readonly InterfaceState[] = [];

  constructor(tell: (news: ChannelNews) => void) {
    this.#tell = tell;
  }

  get states(): readonly InterfaceState[] {
    return this.#states;
  }

  /** None of them takes packets. */
  get isCutOff(): boolean {
    return this.#states.length > 0 && this.#states.every(({ isCutOff }) => isCutOff);
  }

  /** What the first try brought is told at the start; later changes are news. */
  hear(states: readonly InterfaceState[], isFirst: boolean): void {
    const before = this.#states;
    this.#states = states;
    if (isFirst) return;
    for (const { wanted, problem, address, isCutOff } of states) {
      const old = before.find((state) => state.wanted === wanted);
      if (problem !== null && old?.problem === null)
        this.#tell({ kind: "warning", text: `interface ${named(wanted, problem)}${isCutOff ? "; sending there resumes by itself" : ""}` });
      if (problem === null && old?.problem !== null) this.#tell({ kind: "info", text: `sending on ${wanted} (${address ?? ""}) again` });
    }
  }
}

/** What an operator wrote, with what is wrong with it. */
export function named(wanted: string, problem: string): string {
  return problem.startsWith(wanted) ? problem : `${wanted}: ${problem}`;
}

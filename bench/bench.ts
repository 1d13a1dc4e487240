/** What a bench is, and what it gives: for each contender, and each condition that it worked under, the values of all rounds. */

import type { Lan } from "../test/e2e/lan.ts";

export type Metric = {
  readonly key: string;
  readonly label: string;
  readonly digits: number;
};

export type Row = {
  readonly contender: string;
  /** What was different from the other rows of this contender: a load, a loss, a number of clients. Empty where nothing was. */
  readonly condition: string;
  /** By metric's key, one value a round. */
  readonly values: Readonly<Record<string, readonly number[]>>;
};

export type Finding = {
  readonly title: string;
  /** The first one is compared: its ratio to ffmpeg's is printed. */
  readonly metrics: readonly Metric[];
  readonly rows: readonly Row[];
  /** Of each round, in percent: what the host of a virtual machine took away. */
  readonly stealPercent: readonly number[];
  /** What a reader has to know to compare. */
  readonly notes: readonly string[];
};

export type Setting = {
  readonly film: string;
  /** For captures and sockets; goes away afterwards. */
  readonly folder: string;
  /** Fewer and shorter rounds: to see that it works. */
  readonly isQuick: boolean;
  /** How long the soak lasts. */
  readonly minutes: number;
  /** A LAN of its own for this bench. */
  readonly lan: <const Name extends string>(names: readonly Name[]) => Promise<Lan<Name>>;
};

export type Bench = {
  readonly name: string;
  /** For the list that `npm run bench -- --help` prints. */
  readonly summary: string;
  /** Runs only when it is named. */
  readonly isOptIn: boolean;
  readonly run: (setting: Setting) => Promise<Finding>;
};

/** Collects the values of rounds into rows, in the order in which they first came. */
export class Rows {
  readonly #rows = new Map<string, { contender: string; condition: string; values: Record<string, number[]> }>();

  add(contender: string, condition: string, values: Readonly<Record<string, number>>): void {
    const key = `${contender}\n${condition}`;
    const row = this.#rows.get(key) ?? { contender, condition, values: {} };
    this.#rows.set(key, row);
    for (const [name, value] of Object.entries(values)) row.values[name] = [...(row.values[name] ?? []), value];
  }

  all(): readonly Row[] {
    return [...this.#rows.values()];
  }
}

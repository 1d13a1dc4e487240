/** The daemon's life as systemd sees it: ready, its status, reloading, alive, stopping. Nothing where no manager listens. */

import type { ReloadOutcome } from "../reload.ts";
import type { ServiceManager } from "./service-manager.ts";
import { statusText } from "./status-text.ts";
import type { ShownChannel } from "./status-text.ts";

export type ServiceLife = {
  /** Everything sends: to be called with the ready line. From now on the status and the signs of life follow. */
  readonly ready: () => void;
  /** Something has changed that the status shows. */
  readonly note: () => void;
  /** Does a reload, and tells when it begins and ends. */
  readonly reloading: (reload: () => ReloadOutcome) => ReloadOutcome;
  /** Resolves when it has been told. */
  readonly stopping: () => Promise<void>;
};

export type Observed = {
  readonly channels: () => Promise<readonly ShownChannel[]>;
  /** How long the sender thread's oldest due deadline has been waiting; 0 or less if none is. */
  readonly overdueMs: () => number;
  readonly nowMs: () => number;
};

/** A sender this late has stopped sending: no load of a machine that is worth going on explains it. */
const DEAD_MS = 2000;
const STATUS_INTERVAL_MS = 10_000;
/** A burst of changes (all channels at the start) becomes one status. */
const CHANGE_DELAY_MS = 250;
/** sd_watchdog_enabled(3) recommends half the time; a third leaves room for one that is lost. */
const SIGNS_PER_WATCHDOG = 3;

export function createServiceLife(manager: ServiceManager | null, observed: Observed): ServiceLife {
  let timers: readonly NodeJS.Timeout[] = [];
  let change: NodeJS.Timeout | undefined;
  let refusal: string | null = null;
  let isReady = false;

  const tellStatus = async (): Promise<void> => {
    const channels = await observed.channels();
    if (isReady) manager?.tell(`STATUS=${statusText(channels, refusal)}`);
  };
  const note = (): void => {
    if (manager === null || !isReady) return;
    change ??= setTimeout(() => {
      change = undefined;
      void tellStatus();
    }, CHANGE_DELAY_MS);
  };
  const giveSign = (): void => {
    if (observed.overdueMs() <= DEAD_MS) manager?.tell("WATCHDOG=1");
  };

  return {
    note,
    ready: () => {
      if (manager === null) return;
      isReady = true;
      manager.tell("READY=1");
      note();
      const { watchdogMs } = manager;
      timers = [
        setInterval(() => void tellStatus(), STATUS_INTERVAL_MS),
        ...(watchdogMs === null ? [] : [setInterval(giveSign, watchdogMs / SIGNS_PER_WATCHDOG)]),
      ];
    },
    reloading: (reload) => {
      if (isReady) manager?.tell("RELOADING=1", `MONOTONIC_USEC=${Math.round(observed.nowMs() * 1000)}`);
      const outcome = reload();
      refusal = outcome.ok ? null : (outcome.reason.split("\n")[0] ?? "");
      if (isReady) manager?.tell("READY=1");
      note();
      return outcome;
    },
    stopping: async () => {
      isReady = false;
      for (const timer of timers) clearInterval(timer);
      clearTimeout(change);
      manager?.tell("STOPPING=1", "STATUS=saying goodbye");
      await manager?.close();
    },
  };
}

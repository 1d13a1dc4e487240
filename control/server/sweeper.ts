// When the server looks at the deadlines of its connections: now and then while there are any, and never before what has come was read.

/** Deadlines are seconds: a quarter of one is exact enough. Ten looks a second at 1,000 connections were a tenth of what their reports cost. */
const SWEEP_EVERY_MS = 250;
/** A look that comes so late: this process stood still (SIGSTOP, a machine that was paused), and nobody could reach it. */
const STANDSTILL_MS = 2_000;

export type Sweep = {
  /** Answers whether there is anything left to look at. */
  readonly look: (nowMs: number) => boolean;
  /** Comes before the look: who was silent meanwhile had no chance. */
  readonly afterStandstill: (nowMs: number) => void;
};

export type Sweeper = {
  /** There is something to look at. */
  readonly wake: () => void;
  readonly stop: () => void;
};

export function createSweeper(nowMs: () => number, { look, afterStandstill }: Sweep): Sweeper {
  let timer: NodeJS.Timeout | null = null;
  let lookedMs = 0;

  function stop(): void {
    if (timer !== null) clearInterval(timer);
    timer = null;
  }

  function sweep(): void {
    if (timer === null) return;
    const now = nowMs();
    if (now - lookedMs > STANDSTILL_MS) afterStandstill(now);
    lookedMs = now;
    if (!look(now)) stop();
  }

  return {
    wake() {
      if (timer !== null) return;
      lookedMs = nowMs();
      // The event loop comes to timers first, then to sockets, then to immediates.
      timer = setInterval(() => setImmediate(sweep), SWEEP_EVERY_MS);
    },
    stop,
  };
}

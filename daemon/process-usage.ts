/** What this process uses of the machine: memory, processor, and how late its event loop is. The sender thread has its own loop, and is in the first two. */

import { monitorEventLoopDelay } from "node:perf_hooks";

export type ProcessUsage = {
  readonly residentBytes: number;
  /** User and system time of all threads since the start; source processes have their own. */
  readonly cpuSeconds: number;
  /** Over the last `CPU_WINDOW_MS` or more, of one core. */
  readonly cpuPercent: number;
  /** How late timers fired, over the last time of at least `DELAY_WINDOW_MS` between two readings. */
  readonly eventLoopDelayMs: { readonly p50: number; readonly p99: number; readonly max: number };
};

/** Each look is a wake-up: at Node's usual 10 ms they were most of the main thread's. */
const RESOLUTION_MS = 1000;
const CPU_WINDOW_MS = 1000;
/** A scrape every 15 s sees its own time; several who read share a window. */
const DELAY_WINDOW_MS = 10_000;

/** Watches from now on; `read` answers at any time. */
export function watchProcess(nowMs: () => number): { readonly read: () => ProcessUsage } {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let windowMs = nowMs();
  let cpu = { atMs: nowMs(), usage: process.cpuUsage() };
  let cpuPercent = 0;
  // What is recorded is the time between two ticks, of which the resolution is no delay.
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);

  function read(): ProcessUsage {
    const atMs = nowMs();
    const usage = process.cpuUsage();
    if (atMs - cpu.atMs > CPU_WINDOW_MS) {
      const { user, system } = process.cpuUsage(cpu.usage);
      cpuPercent = Math.round((user + system) / (atMs - cpu.atMs)) / 10;
      cpu = { atMs, usage };
    }
    const hasDelays = delay.count > 0;
    const at = (nanoseconds: number): number => (hasDelays ? late(nanoseconds) : 0);
    const eventLoopDelayMs = { p50: at(delay.percentile(50)), p99: at(delay.percentile(99)), max: at(delay.max) };
    if (atMs - windowMs > DELAY_WINDOW_MS) {
      delay.reset();
      windowMs = atMs;
    }
    return {
      residentBytes: process.memoryUsage.rss(),
      cpuSeconds: (usage.user + usage.system) / 1e6,
      cpuPercent,
      eventLoopDelayMs,
    };
  }
  return { read };
}

/** The watches of all channels of a daemon: each knows the streams of the others, and their groups. */

import type { Channel } from "../channel/channel.ts";
import type { Log } from "../log/log.ts";
import { GroupWatch } from "./group-watch.ts";

export type GroupWatches = {
  /** Resolves when the group of every channel is the one that it is sent to, or at the signal. Never rejects. */
  readonly settle: (signal: AbortSignal) => Promise<unknown>;
  /** Until the signal. */
  readonly run: (signal: AbortSignal) => Promise<unknown>;
};

export function watchGroups(channels: readonly Channel[], log: Log): GroupWatches {
  const own = new Set(channels.flatMap(({ setup: { senderInit } }) => [senderInit.video.ssrc, senderInit.audio.ssrc]));
  const taken = new Set(channels.map(({ config }) => config.group));
  const watches = channels.map((channel) => new GroupWatch(channel, own, log));
  let settled: readonly Promise<void>[] = [];
  return {
    // A group that was configured stays what it is: nobody waits for it.
    settle: (signal) => {
      settled = watches.map((watch) => watch.settle(taken, signal));
      return Promise.all(settled.filter((_, index) => channels[index]?.config.groupIsDerived));
    },
    run: async (signal) => {
      await Promise.all(settled);
      return Promise.all(watches.map((watch, index) => watch.run(signal, index)));
    },
  };
}

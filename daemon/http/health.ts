/** Whether the daemon lives, and whether it does what it should: from what is known of its parts to a yes or no with the reason. Pure. */

import type { ChannelState } from "../channel/news.ts";

export type Health = {
  readonly isGood: boolean;
  /** For a person; ends with a line feed. */
  readonly text: string;
};

/** Ten times what a loaded machine makes of the tenth of a second that the sender's loop sleeps at most, and as long as systemd's watchdog waits. */
const MOST_SENDER_SILENCE_MS = 2000;

/** That it answers says that the main thread lives; the sender thread must have turned lately. */
export function judgeHealth(senderSilentMs: number): Health {
  if (senderSilentMs <= MOST_SENDER_SILENCE_MS) return { isGood: true, text: "ok\n" };
  return { isGood: false, text: `the sender thread has not turned for ${(senderSilentMs / 1000).toFixed(1)} s; restart the daemon\n` };
}

export type ChannelReadiness = { readonly name: string; readonly state: ChannelState; readonly isCutOff: boolean };

/**
 * Ready: the ready line has been printed, and each channel sends, or stands in a state that does not (paused, stopped, ended, failed, or without
 * an interface). What such a state means is for alerts: a restart would not help.
 */
export function judgeReadiness(isAnnounced: boolean, senderSilentMs: number, channels: readonly ChannelReadiness[]): Health {
  const health = judgeHealth(senderSilentMs);
  if (!health.isGood) return health;
  const isStarting = channels.some(({ state, isCutOff }) => state === "starting" && !isCutOff);
  const isGood = isAnnounced && !isStarting;
  const lines = channels.map(({ name, state, isCutOff }) => `${name} ${isCutOff && sends(state) ? "no-interface" : state}`);
  return { isGood, text: `${[isGood ? "ready" : "starting", ...lines].join("\n")}\n` };
}

function sends(state: ChannelState): boolean {
  return state === "starting" || state === "playing" || state === "paused" || state === "no-signal";
}

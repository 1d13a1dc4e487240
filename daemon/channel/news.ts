/** What the rest of the daemon hears of a channel. */

/** "no-signal": its live source is away. "idle": its source starts when somebody joins. */
export type ChannelState = "starting" | "playing" | "paused" | "stopped" | "ended" | "failed" | "no-signal" | "idle";

export type ChannelNews =
  /** `reason`: for operators; `publicReason`: for anybody. */
  | { readonly kind: "state"; readonly state: ChannelState; readonly reason: string | null; readonly publicReason: string | null }
  /** Hot keys that have another value now; `fps`: the rate asked for, null for the source's. */
  | { readonly kind: "settings"; readonly keys: readonly string[]; readonly fps: number | null }
  /** The receivers have another rate sent. */
  | { readonly kind: "adapted"; readonly capFps: number | null; readonly reason: string }
  | { readonly kind: "picture"; readonly picture: Picture }
  | { readonly kind: "warning"; readonly text: string }
  | { readonly kind: "info"; readonly text: string };

export type Picture = { readonly width: number; readonly height: number; readonly quality: number };

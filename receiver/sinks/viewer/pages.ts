/** The pages that are open: what comes from the receiver goes to each of them, and a page that has just come gets what it needs to begin with. */

import type { WebSocket } from "ws";
import { monotonicMs } from "../../clock.ts";
import type { Shown } from "./messages.ts";
import { servePage } from "./page-connection.ts";
import type { PageConnection } from "./page-connection.ts";

export type PageCounters = { readonly picturesDropped: number; readonly soundsDropped: number; readonly closedForNotReading: number };

export type Pages = {
  readonly add: (socket: WebSocket) => void;
  readonly isFull: () => boolean;
  readonly count: () => number;
  readonly counters: () => PageCounters;
  /** Of the open page that has reported last; null if that is long ago. */
  readonly lastShown: () => Shown | null;
  readonly picture: (message: Buffer) => void;
  readonly sound: (message: Buffer) => void;
  /** In the place of the one before, also for the pages that are open. */
  readonly form: (message: string) => void;
  readonly report: (message: string) => void;
  readonly state: (message: string) => void;
  readonly close: () => Promise<void>;
};

/** A viewer is for the screens of one desk; each page may hold 4 MiB. */
const MOST_PAGES = 16;
const SWEEP_EVERY_MS = 1000;
/** Pages say what they show once a second; one in a tab that the browser has put to sleep says nothing, and has no say. */
const SHOWN_HOLDS_MS = 3000;

export function createPages(firstForm: string): Pages {
  const open = new Map<PageConnection, { readonly shown: Shown; readonly atMs: number } | null>();
  const counters = { picturesDropped: 0, soundsDropped: 0, closedForNotReading: 0 };
  let form = firstForm;
  let state: string | null = null;
  /** For a page that comes while nothing moves. */
  let picture: Buffer | null = null;
  let sweeping: NodeJS.Timeout | null = null;

  function add(socket: WebSocket): void {
    const page = servePage(socket, {
      onShown: (shown) => {
        // Behind all others: the order of the map is the order of their last reports.
        open.delete(page);
        open.set(page, { shown, atMs: monotonicMs() });
      },
      onGone: () => {
        open.delete(page);
        if (open.size === 0 && sweeping !== null) {
          clearInterval(sweeping);
          sweeping = null;
        }
      },
    });
    open.set(page, null);
    sweeping ??= setInterval(sweep, SWEEP_EVERY_MS);
    page.text(form);
    if (state !== null) page.state(state);
    if (picture !== null) page.media(picture, "picture");
  }

  function sweep(): void {
    for (const page of open.keys()) if (!page.sweep()) counters.closedForNotReading += 1;
  }

  return {
    add,
    isFull: () => open.size >= MOST_PAGES,
    count: () => open.size,
    counters: () => ({ ...counters }),
    lastShown: () => {
      const last = [...open.values()].findLast((told) => told !== null);
      return last === undefined || monotonicMs() - last.atMs > SHOWN_HOLDS_MS ? null : last.shown;
    },
    picture: (message) => {
      picture = message;
      for (const page of open.keys()) if (!page.media(message, "picture")) counters.picturesDropped += 1;
    },
    sound: (message) => {
      for (const page of open.keys()) if (!page.media(message, "sound")) counters.soundsDropped += 1;
    },
    form: (message) => {
      form = message;
      open.forEach((_, page) => page.text(message));
    },
    report: (message) => open.forEach((_, page) => page.text(message)),
    state: (message) => {
      state = message;
      open.forEach((_, page) => page.state(message));
    },
    close: async () => {
      await Promise.all([...open.keys()].map((page) => page.close()));
    },
  };
}

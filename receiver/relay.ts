/** Receives a channel for a daemon that sends it on: over TCP, whole, and as soon as what is late may be given up. */

import { hostname } from "node:os";
import { CONTROL_PORT } from "../control/client.ts";
import { RefusedError } from "../control/client-error.ts";
import { controlErrors } from "../control/contract/errors.ts";
import { parsePass, type Pass } from "../control/pass.ts";
import { oneLine } from "../control/untrusted-text.ts";
import type { Session } from "./join/session.ts";
import { isFailure } from "./join/try-join.ts";
import type { ReceptionReport, StreamForm } from "./media.ts";
import { receive } from "./receive.ts";

/** `port`: null for the usual one; `channel`: null for the only one; `pass`: as a person writes it, null for none. */
export type RelayPlace = {
  readonly host: string;
  readonly port: number | null;
  readonly channel: string | null;
  readonly pass: string | null;
};

/** `sentMs`: when it was due at the sender, on the monotonic clock of this host. */
export type RelayEnds = {
  /** Before anything else, and when the form of the sound is another one. */
  readonly form: (form: StreamForm) => void;
  readonly picture: (sentMs: number, jpeg: Uint8Array) => void;
  readonly sound: (sentMs: number, samples: Int16Array) => void;
  /** SSRCs of the pictures of the channel, and of those that it is sent on from, nearest first; again where they are others. */
  readonly origins: (ssrcs: readonly number[]) => void;
  /** Why nothing comes; null: it comes. */
  readonly trouble: (reason: string | null) => void;
};

/** What comes over TCP is late by what is sent again on the way; who sends it on waits for it once more, as long as it has to. */
const LEAST_LATENCY_MS = 100;
/** A way that takes longer is none for something live. */
const MOST_LATENCY_MS = 1600;
/** Of a second's packets: more that came after their time are no accident. */
const MOST_LATE = 0.05;
/** A single hiccup is past when it has been seen; what happens in two seconds of ten will happen again. */
const LATE_SECONDS = 2;
const SECONDS = 10;

/** As long as the control channel takes it. */
const MOST_NAME_LENGTH = 64;
const NAME_END = " (streamerd)";

/** Two that send on each other are noticed so soon. */
const ORIGINS_MS = 5000;
const MOST_ORIGINS = 16;
const DATAGRAMS =
  "is sent as datagrams, which cannot be sent on: set profile: rtp there, or give this channel the source that it has there";

/** Who relays says so itself. */
const TRYING = /; trying again$/;
/** The other daemon's words go into this one's log and status. */
const MOST_REASON_LENGTH = 300;

/** Until the signal. Resolves with one line on why it could not be received, null after the signal. Where the way takes longer than is waited for, it is joined again with more patience. */
export async function receiveForRelay(place: RelayPlace, ends: RelayEnds, signal: AbortSignal): Promise<string | null> {
  const told = tellChanges(ends);
  const pass = place.pass === null ? null : parsePass(place.pass);
  if (pass === null && place.pass !== null) return "the pass in front of the host is none: it has five groups of five letters and digits";
  for (let latencyMs = LEAST_LATENCY_MS; ; latencyMs *= 2) {
    const late = new AbortController();
    const isTooLate = latencyMs < MOST_LATENCY_MS ? watchLateness() : () => false;
    const report = (seen: ReceptionReport): void => {
      if (isTooLate(seen)) late.abort();
    };
    const reason = await receiveOnce(place, pass, latencyMs, told, report, AbortSignal.any([signal, late.signal]));
    if (reason !== null || !late.signal.aborted) return reason;
  }
}

/** A channel that is joined again is no news as long as its sound has the same form. */
function tellChanges(ends: RelayEnds): RelayEnds {
  let sound: string | null = null;
  const form = (next: StreamForm): void => {
    const before = sound;
    sound = JSON.stringify(next.audio);
    if (sound !== before) ends.form(next);
  };
  return { ...ends, form };
}

/** Of each second: whether it and those before it show that what comes is not waited for long enough. */
function watchLateness(): (report: ReceptionReport) => boolean {
  let seconds: readonly boolean[] = [];
  return ({ late, expected }) => {
    seconds = [...seconds, late > MOST_LATE * expected].slice(-SECONDS);
    return seconds.filter(Boolean).length >= LATE_SECONDS;
  };
}

async function receiveOnce(
  { host, port, channel }: RelayPlace,
  pass: Pass | null,
  latencyMs: number,
  ends: RelayEnds,
  report: (seen: ReceptionReport) => void,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    await receive(
      {
        targets: [{ kind: "tcp", host, port: port ?? CONTROL_PORT }],
        channel,
        described: null,
        findAgain: null,
        transport: "tcp",
        latencyMs,
        leadMs: 0,
        mostFps: null,
        interface: null,
        name: hostname().slice(0, MOST_NAME_LENGTH - NAME_END.length) + NAME_END,
        pass,
        met: (session) => tellOrigins(session, ends),
        openSinks: async (form) => {
          ends.form(form);
          return [
            {
              picture: ({ jpeg, localMs }) => ends.picture(localMs, jpeg),
              sound: ({ samples, localMs }) => ends.sound(localMs, samples),
              state: ({ kind, text }) => ends.trouble(kind === "away" || kind === "waiting" ? reasonOf(text.replace(TRYING, "")) : null),
              report,
              close: async () => undefined,
            },
          ];
        },
        say: () => undefined,
      },
      signal,
    );
    return null;
  } catch (error) {
    if (!isFailure(error)) throw error;
    return reasonOf(isOfDatagrams(error) ? `${channel ?? "its channel"} ${DATAGRAMS}` : error.message);
  }
}

/** A channel may get its source from here only after it was joined from here. */
async function tellOrigins(session: Session, ends: RelayEnds): Promise<void> {
  // Where it cannot be asked, the way there has gone, which is told by itself.
  const tell = (): Promise<void> =>
    session.origins().then(
      (ssrcs) => ends.origins(ssrcs.slice(0, MOST_ORIGINS)),
      () => undefined,
    );
  await tell();
  const asking = setInterval(() => void tell(), ORIGINS_MS);
  void session.lost.then(() => clearInterval(asking));
}

/** What a daemon answers who wants datagrams over TCP. */
function isOfDatagrams(error: Error): boolean {
  return error instanceof RefusedError && error.code === controlErrors.notAvailable.code && /datagrams/.test(error.message);
}

function reasonOf(text: string): string {
  return oneLine(text).slice(0, MOST_REASON_LENGTH);
}

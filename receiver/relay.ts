/** Receives a channel for a daemon that sends it on: over TCP, whole, and as soon as what is late may be given up. */

import { hostname } from "node:os";
import { CONTROL_PORT } from "../control/client.ts";
import { CannotConnectError, ConnectionLostError, RefusedError } from "../control/client-error.ts";
import { UsageError } from "../control/usage-error.ts";
import type { StreamForm } from "./media.ts";
import { receive } from "./receive.ts";

/** `port`: null for the usual one; `channel`: null for the only one. */
export type RelayPlace = { readonly host: string; readonly port: number | null; readonly channel: string | null };

/** `sentMs`: when it was due at the sender, on the monotonic clock of this host. */
export type RelayEnds = {
  /** Before anything else, and when the form of the sound is another one. */
  readonly form: (form: StreamForm) => void;
  readonly picture: (sentMs: number, jpeg: Uint8Array) => void;
  readonly sound: (sentMs: number, samples: Int16Array) => void;
  /** Why nothing comes; null: it comes. */
  readonly trouble: (reason: string | null) => void;
};

/** What comes over TCP is late by what is sent again on the way; who sends it on waits for it once more, as long as it has to. */
const LATENCY_MS = 100;

/** Who relays says so itself. */
const TRYING = /; trying again$/;

/** Until the signal. Resolves with one line on why it could not be received, null after the signal. */
export async function receiveForRelay({ host, port, channel }: RelayPlace, ends: RelayEnds, signal: AbortSignal): Promise<string | null> {
  try {
    await receive(
      {
        targets: [{ kind: "tcp", host, port: port ?? CONTROL_PORT }],
        channel,
        described: null,
        findAgain: null,
        transport: "tcp",
        latencyMs: LATENCY_MS,
        leadMs: 0,
        mostFps: null,
        interface: null,
        name: `${hostname()} (streamerd)`,
        openSinks: async (form) => {
          ends.form(form);
          return [
            {
              picture: ({ jpeg, localMs }) => ends.picture(localMs, jpeg),
              sound: ({ samples, localMs }) => ends.sound(localMs, samples),
              state: ({ kind, text }) => ends.trouble(kind === "away" || kind === "waiting" ? text.replace(TRYING, "") : null),
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
    const isKnown = [CannotConnectError, ConnectionLostError, RefusedError, UsageError].some((known) => error instanceof known);
    if (!isKnown || !(error instanceof Error)) throw error;
    return error.message;
  }
}

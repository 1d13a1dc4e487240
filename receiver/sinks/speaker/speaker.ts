/** The sound on a device of this host. What plays it is a process of its own; without a device, or without the package, one line says so and all else goes on. */

import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Sink, SoundForm } from "../../media.ts";
import { selectAlsaDevice } from "./alsa-device.ts";

const NO_PACKAGE_STATUS = 3;
/** Messages on their way to a process that is not run: half a second of blocks, then they are dropped. */
const MOST_UNDER_WAY = 64;
/** A device that was unplugged comes back, or another takes its place. */
const RETRY_MS = 5000;

export type SpeakerOptions = {
  readonly form: SoundForm;
  /** ALSA's name for it; null: the default one. */
  readonly device: string | null;
  readonly say: (line: string) => void;
  /** A device that is not there at the start may come later; if not, it is given up. */
  readonly mayComeLater: boolean;
  /** There has been no sound, and there will be none. */
  readonly onHopeless: () => void;
};

export function openSpeaker({ form, device, say, mayComeLater, onHopeless }: SpeakerOptions): Sink {
  let child: ChildProcess | null = null;
  let underWay = 0;
  let hasPlayed = false;
  let said = "";
  let isClosed = false;
  let retry: NodeJS.Timeout | undefined;
  const selected = device === null ? null : selectAlsaDevice(device, process.env["ALSA_CONFIG_PATH"]);

  const start = (): void => {
    const env = { ...process.env, ...selected?.env };
    // ALSA's own words go nowhere: ours are one line.
    const started = fork(childFile(), [JSON.stringify(form)], {
      env,
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    underWay = 0;
    started.on("error", () => undefined);
    started.once("exit", (status) => gone(status));
    // Its only word: a first piece has gone to the device.
    started.once("message", () => {
      hasPlayed = true;
      said = "";
    });
    child = started;
  };

  const sayOnce = (line: string): void => {
    if (line !== said) say(line);
    said = line;
  };

  const gone = (status: number | null): void => {
    child = null;
    if (isClosed) return;
    if (status === NO_PACKAGE_STATUS) {
      sayOnce("no sound: the package speaker is not built on this host; npm run setup:speaker builds it");
      return onHopeless();
    }
    const what = device === null ? "this host has no sound device" : `the sound device ${device} cannot be opened`;
    const triesAgain = hasPlayed || mayComeLater;
    sayOnce(`${hasPlayed ? "the sound device has gone" : `no sound: ${what}`}${triesAgain ? "; trying again" : ""}`);
    if (triesAgain) retry = setTimeout(start, RETRY_MS);
    else onHopeless();
  };

  if (device !== null && selected === null) {
    say(`no sound: ${device} is no name of a sound device; aplay -L lists them`);
    onHopeless();
  } else start();
  return {
    picture: () => undefined,
    sound: ({ samples, playAtMs }) => {
      if (child === null || !child.connected || underWay >= MOST_UNDER_WAY) return;
      underWay++;
      const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
      child.send({ samples: bytes, playAtMs }, () => underWay--);
    },
    close: async () => {
      isClosed = true;
      clearTimeout(retry);
      const closing = child;
      if (closing === null) return selected?.remove();
      const ended = new Promise((resolve) => closing.once("exit", resolve));
      closing.kill("SIGKILL");
      await ended;
      selected?.remove();
    },
  };
}

/** Source in a checkout, compiled otherwise. */
function childFile(): string {
  const source = fileURLToPath(new URL("speaker-child.ts", import.meta.url));
  return existsSync(source) ? source : fileURLToPath(new URL("speaker-child.js", import.meta.url));
}

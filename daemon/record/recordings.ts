/** Records the channels that are to be recorded, and tidies up behind them. */

import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ChannelConfig } from "../../config/schema.ts";
import { authorityOf } from "../http/authority.ts";
import { RECORDER_NAME } from "../../control/server/sessions.ts";
import { Recorder } from "./recorder.ts";
import { isRecordingOf } from "./recording-name.ts";
import { chooseExpired, type RecordedFile } from "./retention.ts";

const TIDY_INTERVAL_MS = 10_000;
/** Over TCP the recorder would need a pass. */
const NO_WAY_IN =
  "a channel with access: pass is recorded by way of the daemon's Unix socket, and there is none; set control.socket to a path where it can be made";

export type Recordings = {
  /** Why a channel is not recorded at the moment; null if it is, or is not to be. */
  readonly problemOf: (channel: string) => string | null;
  readonly close: () => Promise<void>;
};

/** `control`: where this daemon listens; `socket`: null where no Unix socket could be made. */
export function startRecordings(
  channels: readonly ChannelConfig[],
  control: { readonly socket: string | null; readonly host: string; readonly port: number },
  onWarning: (channel: string, text: string) => void,
): Recordings {
  const target = control.socket === null ? ["--host", toThisHost(control.host, control.port)] : ["--socket", control.socket];
  const recorders = new Map<string, Recorder>();
  const recorded: { readonly name: string; readonly dir: string; readonly record: ChannelConfig["record"] }[] = [];
  const unreachable = new Set<string>();
  for (const { name, access, record } of channels) {
    const { dir, segmentMinutes } = record;
    if (dir === null) continue;
    recorded.push({ name, dir, record });
    const warn = (text: string): void => onWarning(name, text);
    if (access === "pass" && control.socket === null) {
      unreachable.add(name);
      warn(`recording: ${NO_WAY_IN}`);
      continue;
    }
    const recorder = new Recorder({ channel: name, dir, segmentMinutes, target, name: RECORDER_NAME, onWarning: warn });
    recorders.set(name, recorder);
    recorder.start();
  }
  const timer = setInterval(() => void Promise.all(recorded.map(({ name, dir, record }) => tidy(name, dir, record))), TIDY_INTERVAL_MS);
  return {
    problemOf: (channel) => (unreachable.has(channel) ? NO_WAY_IN : (recorders.get(channel)?.problem ?? null)),
    close: async () => {
      clearInterval(timer);
      await Promise.all([...recorders.values()].map((recorder) => recorder.close()));
    },
  };
}

function toThisHost(host: string, port: number): string {
  return authorityOf(host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host, port);
}

/** What cannot be looked at or removed stays; the next round tries again. */
async function tidy(channel: string, dir: string, { keepHours, maxBytes }: ChannelConfig["record"]): Promise<void> {
  if (keepHours === 0 && maxBytes === 0) return;
  const names = await readdir(dir).catch(() => []);
  const files: RecordedFile[] = [];
  for (const name of names.filter((candidate) => isRecordingOf(channel, candidate))) {
    const facts = await stat(join(dir, name)).catch(() => null);
    if (facts !== null) files.push({ name, bytes: facts.size, modifiedMs: facts.mtimeMs });
  }
  for (const name of chooseExpired(files, { keepHours, maxBytes }, Date.now())) await rm(join(dir, name), { force: true }).catch(() => {});
}

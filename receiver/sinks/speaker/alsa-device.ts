/**
 * Makes a named ALSA device the default of one process: the package `speaker` (0.5.5) takes a device's name and opens the default all the same.
 * By a configuration file of its own, which ALSA reads behind the usual ones.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const USUAL = "/usr/share/alsa/alsa.conf";

export type AlsaDevice = { readonly env: Readonly<Record<string, string>>; readonly remove: () => void };

/** Null if that is no name of a device. */
export function selectAlsaDevice(name: string, present: string | undefined): AlsaDevice | null {
  // `hw:CARD=Headset,DEV=0`; nothing that could end the quoted string it goes into.
  if (!/^[\w:,.=-]{1,128}$/.test(name)) return null;
  const folder = mkdtempSync(join(tmpdir(), "streamerd-alsa-"));
  const file = join(folder, "device.conf");
  writeFileSync(file, `pcm.!default { type plug slave.pcm "${name}" }\n`);
  return { env: { ALSA_CONFIG_PATH: `${present ?? USUAL}:${file}` }, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The sound that was sent, as a WAV file gives it: 16 bit PCM, mono or stereo. Pure. */

import { accepted, refused } from "../../wire/parsed.ts";
import type { Parsed } from "../../wire/parsed.ts";
import type { SoundForm } from "../media.ts";

export type Reference = { readonly form: SoundForm; /** Interleaved. */ readonly samples: Int16Array };

const PCM = 1;
const EXTENSIBLE = 0xfffe;

/** Chunks that it does not know are passed over. */
export function parseReference(file: Uint8Array): Parsed<Reference> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const text = (at: number): string => String.fromCharCode(...file.subarray(at, at + 4));
  if (file.length < 12 || text(0) !== "RIFF" || text(8) !== "WAVE") return refused("the reference is no WAV file");
  let form: SoundForm | null = null;
  for (let at = 12; at + 8 <= file.length;) {
    const length = view.getUint32(at + 4, true);
    const body = at + 8;
    if (text(at) === "fmt " && length >= 16 && body + 16 <= file.length) {
      const [kind, channels, rate, bits] = [
        view.getUint16(body, true),
        view.getUint16(body + 2, true),
        view.getUint32(body + 4, true),
        view.getUint16(body + 14, true),
      ];
      if ((kind !== PCM && kind !== EXTENSIBLE) || bits !== 16) return refused("the reference is not 16 bit PCM");
      if (channels !== 1 && channels !== 2) return refused("the reference is neither mono nor stereo");
      form = { sampleRateHz: rate, channels };
    }
    if (text(at) === "data") {
      if (form === null) return refused("the reference's samples come before their form");
      const frameBytes = 2 * form.channels;
      const bytes = Math.floor(Math.min(length, file.length - body) / frameBytes) * frameBytes;
      if (bytes === 0) return refused("the reference is empty");
      const samples = new Int16Array(bytes / 2);
      for (let index = 0; index < samples.length; index++) samples[index] = view.getInt16(body + 2 * index, true);
      return accepted({ form, samples });
    }
    at = body + length + (length & 1);
  }
  return refused("the reference has no samples");
}

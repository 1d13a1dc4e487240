/** Loudness of PCM, in place. Pure. */

const LOUDEST = 32_767;
const SOFTEST = -32_768;

/** Multiplies signed 16-bit big-endian samples by a factor that goes from `from` to `to` in a straight line; what is too loud is clipped. */
export function applyVolume(pcm: Uint8Array, from: number, to: number): void {
  if (from === 1 && to === 1) return;
  const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const step = ((to - from) * 2) / Math.max(2, pcm.length);
  let volume = from;
  for (let at = 0; at + 1 < pcm.length; at += 2) {
    volume += step;
    const sample = Math.round(view.getInt16(at) * volume);
    view.setInt16(at, Math.max(SOFTEST, Math.min(LOUDEST, sample)));
  }
}

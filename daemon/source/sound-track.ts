/** One item's sound on the channel's timeline: pieces put where they belong, silence in the gaps, overlaps cut. Pure. */

/** Index of the sample frame that sounds at a timeline time: always from the absolute time, so that nothing accumulates. */
export function sampleAt(timelineUs: number, sampleRateHz: number): number {
  return Math.round((timelineUs * sampleRateHz) / 1e6);
}

type Piece = { readonly sample: number; readonly pcm: Int16Array };

export type SoundTrack = {
  /** Interleaved samples from `sample` on. What lies before the end of an earlier piece is cut. */
  readonly put: (sample: number, pcm: Int16Array) => void;
  /** The samples from where the last `take` ended up to `end`, with silence where nothing was put. */
  readonly take: (end: number) => Int16Array;
  /** Where the next `take` begins. */
  readonly next: () => number;
  /** The end of what was put. */
  readonly knownEnd: () => number;
};

export function createSoundTrack(firstSample: number, channels: number): SoundTrack {
  let next = firstSample;
  let knownEnd = firstSample;
  let pieces: Piece[] = [];

  const put = (sample: number, pcm: Int16Array): void => {
    const end = sample + pcm.length / channels;
    if (end <= knownEnd) return;
    const cut = Math.max(0, knownEnd - sample);
    pieces.push(cut === 0 ? { sample, pcm } : { sample: knownEnd, pcm: pcm.subarray(cut * channels) });
    knownEnd = end;
  };

  const take = (end: number): Int16Array => {
    const taken = new Int16Array(Math.max(0, end - next) * channels);
    let used = 0;
    for (const { sample, pcm } of pieces) {
      const pieceEnd = sample + pcm.length / channels;
      if (sample >= end) break;
      const from = Math.max(sample, next);
      const to = Math.min(pieceEnd, end);
      if (from < to) taken.set(pcm.subarray((from - sample) * channels, (to - sample) * channels), (from - next) * channels);
      if (pieceEnd > end) break;
      used++;
    }
    if (used > 0) pieces = pieces.slice(used);
    next = Math.max(next, end);
    knownEnd = Math.max(knownEnd, next);
    return taken;
  };

  return { put, take, next: () => next, knownEnd: () => knownEnd };
}

/** The samples as L16 wants them: big-endian, in a buffer of their own. */
export function toBigEndian(samples: Int16Array): Uint8Array {
  const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  bytes.swap16();
  return bytes;
}

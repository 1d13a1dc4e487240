/** Random changes to well-formed bytes, from a generator that gives the same changes for the same seed. */

/** A number from 0 to `below` − 1. */
export type Random = (below: number) => number;

const MAX_BYTES = 65_536;
const MAX_CHANGES = 8;
/** One input in so many has nothing to do with the corpus. */
const PURE_NOISE_ONE_IN = 16;
/** Numbers at the edges of fields. */
const INTERESTING = [0x00, 0x01, 0x0a, 0x0d, 0x1f, 0x20, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xd9, 0xda, 0xfe, 0xff] as const;

/** Mulberry32. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export function mutate(corpus: readonly Uint8Array[], random: Random): Uint8Array {
  const original = corpus[random(corpus.length)];
  if (original === undefined || random(PURE_NOISE_ONE_IN) === 0) return noise(random(300), random);
  let bytes = Uint8Array.from(original);
  for (let changes = 1 + random(MAX_CHANGES); changes > 0; changes--) bytes = change(bytes, corpus, random);
  return bytes.length > MAX_BYTES ? bytes.slice(0, MAX_BYTES) : bytes;
}

function change(bytes: Uint8Array<ArrayBuffer>, corpus: readonly Uint8Array[], random: Random): Uint8Array<ArrayBuffer> {
  // The front is where the headers are.
  const at = random(random(2) === 0 ? Math.min(bytes.length, 32) + 1 : bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + random(40));
  switch (random(8)) {
    case 0:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
      return bytes;
    case 1:
      bytes[at] = INTERESTING[random(INTERESTING.length)] ?? 0;
      return bytes;
    case 2:
      bytes[at] = random(256);
      return bytes;
    case 3:
      return join(bytes.subarray(0, at), noise(1 + random(16), random), bytes.subarray(at));
    case 4:
      return join(bytes.subarray(0, at), bytes.subarray(end));
    case 5:
      return join(bytes.subarray(0, end), bytes.subarray(at));
    case 6:
      return bytes.slice(0, at);
    default: {
      const other = corpus[random(corpus.length)] ?? bytes;
      return join(bytes.subarray(0, at), other.subarray(random(other.length + 1)));
    }
  }
}

function noise(length: number, random: Random): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, () => random(256));
}

function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.concat(parts));
}

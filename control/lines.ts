// PURE. Bytes, chunk by chunk, into lines that end with \n, with a bound on their length.

export type LineEvent =
  | { readonly kind: "line"; readonly bytes: Uint8Array }
  /** The line went over the limit. It is the last event: whatever follows is not looked at. */
  | { readonly kind: "too-long" };

export type LineSplitter = {
  /** The lines that this chunk completes. Their bytes may lie in the chunk: use them before it is reused. */
  push(chunk: Uint8Array): readonly LineEvent[];
  /** The other side sends no more: what it left without a line end counts as a line. */
  end(): readonly LineEvent[];
};

const newline = 0x0a;
/** What most calls fit into; a longer line doubles it as it grows, so that byte-by-byte feeding costs no more than the line. */
const firstBufferBytes = 1024;
const tooLong: readonly LineEvent[] = [{ kind: "too-long" }];

/** Keeps at most one line of `maxLineBytes` (without its \n), and that only while it is incomplete. */
export function createLineSplitter(maxLineBytes: number): LineSplitter {
  let kept = new Uint8Array(0);
  let keptBytes = 0;
  let dead = false;

  function keep(rest: Uint8Array): void {
    const neededBytes = keptBytes + rest.length;
    if (neededBytes > kept.length) {
      const grown = new Uint8Array(Math.max(neededBytes, Math.min(maxLineBytes, kept.length * 2), firstBufferBytes));
      grown.set(kept.subarray(0, keptBytes));
      kept = grown;
    }
    kept.set(rest, keptBytes);
    keptBytes = neededBytes;
  }

  function complete(rest: Uint8Array): Uint8Array {
    if (keptBytes === 0) return rest;
    keep(rest);
    const line = kept.subarray(0, keptBytes);
    kept = new Uint8Array(0);
    keptBytes = 0;
    return line;
  }

  function push(chunk: Uint8Array): readonly LineEvent[] {
    if (dead) return [];
    const events: LineEvent[] = [];
    let start = 0;
    while (start < chunk.length) {
      const found = chunk.indexOf(newline, start);
      const end = found === -1 ? chunk.length : found;
      if (keptBytes + end - start > maxLineBytes) {
        dead = true;
        kept = new Uint8Array(0);
        return [...events, ...tooLong];
      }
      const piece = chunk.subarray(start, end);
      if (found === -1) keep(piece);
      else events.push({ kind: "line", bytes: complete(piece) });
      start = end + 1;
    }
    return events;
  }

  function end(): readonly LineEvent[] {
    if (dead || keptBytes === 0) return [];
    dead = true;
    return [{ kind: "line", bytes: complete(new Uint8Array(0)) }];
  }

  return { push, end };
}

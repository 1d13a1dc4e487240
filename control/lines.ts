// PURE. Bytes, chunk by chunk, into lines that end with \n, with a bound on their length.

export type LineEvent =
  | { readonly kind: "line"; readonly bytes: Uint8Array }
  /** The line went over the limit. It is the last event: whatever follows is not looked at. */
  | { readonly kind: "too-long" };

export type LineSplitter = {
  /** The lines that this chunk completes. Their bytes may lie in the chunk: use them before it is reused. */
  push(chunk: Uint8Array): readonly LineEvent[];
  /** The same, one line at a time: the chunk is kept until `next` has answered null. */
  add(chunk: Uint8Array): void;
  next(): LineEvent | null;
  /** Passes over the blank lines that come next, however many; false if there was none. */
  skipBlankLines(): boolean;
  /** The other side sends no more: what it left without a line end counts as a line. */
  end(): readonly LineEvent[];
};

const newline = 0x0a;
/** What most calls fit into; a longer line doubles it as it grows, so that byte-by-byte feeding costs no more than the line. */
const firstBufferBytes = 1024;
const nothing = new Uint8Array(0);

/** Keeps at most one line of `maxLineBytes` (without its \n), and that only while it is incomplete; and the chunk that is being read. */
export function createLineSplitter(maxLineBytes: number): LineSplitter {
  let chunk: Uint8Array = nothing;
  let start = 0;
  let kept = nothing;
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
    kept = nothing;
    keptBytes = 0;
    return line;
  }

  function add(more: Uint8Array): void {
    if (dead) return;
    const isWorkedOff = start >= chunk.length;
    chunk = isWorkedOff ? more : joined(chunk.subarray(start), more);
    start = 0;
  }

  function next(): LineEvent | null {
    if (start >= chunk.length) return workedOff();
    const found = chunk.indexOf(newline, start);
    const end = found === -1 ? chunk.length : found;
    if (keptBytes + end - start > maxLineBytes) return die();
    const piece = chunk.subarray(start, end);
    start = end + 1;
    if (found !== -1) return { kind: "line", bytes: complete(piece) };
    keep(piece);
    return workedOff();
  }

  /** A connection that says nothing for long does not hold on to its last chunk. */
  function workedOff(): null {
    chunk = nothing;
    return null;
  }

  function die(): LineEvent {
    dead = true;
    chunk = nothing;
    kept = nothing;
    return { kind: "too-long" };
  }

  function skipBlankLines(): boolean {
    if (keptBytes > 0) return false;
    const from = start;
    // A blank line that is too long is left to `next`.
    for (let at = start; at < chunk.length && at - start <= maxLineBytes; at += 1) {
      const byte = chunk[at];
      if (byte === newline) start = at + 1;
      else if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) break;
    }
    return start > from;
  }

  function push(whole: Uint8Array): readonly LineEvent[] {
    add(whole);
    const events: LineEvent[] = [];
    for (let event = next(); event !== null; event = next()) events.push(event);
    return events;
  }

  function end(): readonly LineEvent[] {
    if (dead || keptBytes === 0) return [];
    dead = true;
    return [{ kind: "line", bytes: complete(nothing) }];
  }

  return { push, add, next, skipBlankLines, end };
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

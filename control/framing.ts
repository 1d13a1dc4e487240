// PURE. Bytes from a client, chunk by chunk, into calls and batches of JSON-RPC 2.0, one message a line (UTF-8, \n).
// Each is made when it is asked for. It never throws, keeps at most a chunk and one incomplete line, and says what is wrong as a value.
import { parseCall, rejected, type Call, type Rejected } from "./json-rpc.ts";
import { createLineSplitter, type LineEvent } from "./lines.ts";

export type Framed =
  | Call
  | { readonly kind: "batch"; readonly calls: readonly (Call | Rejected)[] }
  /** `close`: after this answer the connection is to be closed; nothing more will be framed. */
  | (Rejected & { readonly close: boolean })
  /** Blank lines, however many, were all that the chunk had. Nothing is answered to them, but reading them was work. */
  | { readonly kind: "blank" };

export type Framing = {
  /** Costs nothing yet. The chunk is kept, and must not change, until `next` has answered null. */
  push(chunk: Uint8Array): void;
  /** The other side sends no more; a last line without its line end counts. */
  end(): void;
  /** The next message, or null: all that has come is framed. */
  next(): Framed | null;
};

export type FramingLimits = {
  /** Without the line end. */
  readonly maxLineBytes: number;
  /** Arrays and objects inside each other in `params`, `params` itself counted. */
  readonly maxDepth: number;
  readonly maxBatchCalls: number;
};

/** 64 KiB holds any call many times over; our deepest params have a depth of 1; 50 calls are a second's worth. */
export const framingLimits: FramingLimits = { maxLineBytes: 65_536, maxDepth: 32, maxBatchCalls: 50 };

/** A fresh framing for one connection. */
export function createFraming(limits: FramingLimits): Framing {
  const lines = createLineSplitter(limits.maxLineBytes);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let atFirstLine = true;
  let hasEnded = false;
  let closed = false;
  let chunkHad: "nothing" | "blank" | "messages" = "nothing";

  function next(): Framed | null {
    while (!closed) {
      if (lines.skipBlankLines()) noteBlank();
      const event = lines.next() ?? lastLine();
      if (event === null) return restOfChunk();
      const message = frameOne(event);
      if (message === null) {
        noteBlank();
        continue;
      }
      chunkHad = "messages";
      closed = message.kind === "rejected" && message.close;
      return message;
    }
    return null;
  }

  function lastLine(): LineEvent | null {
    return hasEnded ? (lines.end()[0] ?? null) : null;
  }

  function noteBlank(): void {
    if (chunkHad === "nothing") chunkHad = "blank";
  }

  function restOfChunk(): Framed | null {
    const wasBlank = chunkHad === "blank";
    chunkHad = "nothing";
    return wasBlank ? { kind: "blank" } : null;
  }

  function frameOne(event: LineEvent): Framed | null {
    if (event.kind === "too-long") {
      return { ...rejected("invalidRequest", `a line is at most ${limits.maxLineBytes} bytes long`), close: true };
    }
    if (isBlank(event.bytes)) return null;
    const wasFirst = atFirstLine;
    atFirstLine = false;
    const json = parseJson(decoder, event.bytes);
    // A browser that is made to POST here sends its headers first: they must not be followed by calls.
    if (json === null) return { ...rejected("parseError", "this line is no JSON; one call of JSON-RPC 2.0 a line"), close: wasFirst };
    return Array.isArray(json.value) ? frameBatch(json.value) : open(parseCall(json.value, limits.maxDepth));
  }

  function frameBatch(values: readonly unknown[]): Framed {
    if (values.length === 0) return open(rejected("invalidRequest", "an empty batch"));
    if (values.length > limits.maxBatchCalls) {
      return open(rejected("invalidRequest", `a batch has at most ${limits.maxBatchCalls} calls; this one has ${values.length}`));
    }
    return { kind: "batch", calls: values.map((value) => parseCall(value, limits.maxDepth)) };
  }

  return {
    push: (chunk) => {
      if (!closed) lines.add(chunk);
    },
    end: () => {
      hasEnded = true;
    },
    next,
  };
}

/** A rejection after which the connection goes on. */
function open(call: Call | Rejected): Framed {
  return call.kind === "call" ? call : { ...call, close: false };
}

function parseJson(decoder: InstanceType<typeof TextDecoder>, bytes: Uint8Array): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(decoder.decode(bytes)) };
  } catch {
    // Invalid UTF-8 or no JSON: for the client it is the same.
    return null;
  }
}

/** Spaces, tabs and carriage returns only: what a person at `nc` sends by pressing Enter. */
function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}

/** Bytes written as hexadecimal text; spaces and line ends are for the reader. */
export function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replace(/\s/g, ""), "hex"));
}

/** One after the other. */
export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

/** A case of a parser that must refuse. */
export type BadCase = {
  readonly title: string;
  readonly bytes: Uint8Array;
  readonly reason: string;
};

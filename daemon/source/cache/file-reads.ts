/** What is to be read of a file, one piece after the other: said once for a source process, which waits for the disk, and for the daemon, which does not. */

import { readSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";

/** Where a piece lies in the file, and the memory for it. */
export type Stretch = { readonly place: number; readonly bytes: Buffer };

/** Yields what is to be read, and is told how many bytes came: fewer at the end of the file. */
export type Reads<T> = Generator<Stretch, T, number>;

/** Throws what the file system says, as `readLater` does. */
export function readNow<T>(file: number, reads: Reads<T>): T {
  let step = reads.next();
  while (step.done !== true) step = reads.next(fillNow(file, step.value));
  return step.value;
}

export async function readLater<T>(file: FileHandle, reads: Reads<T>): Promise<T> {
  let step = reads.next();
  while (step.done !== true) step = reads.next(await fillLater(file, step.value));
  return step.value;
}

export function fillNow(file: number, { place, bytes }: Stretch): number {
  let filled = 0;
  for (let came = -1; came !== 0 && filled < bytes.length; filled += came)
    came = readSync(file, bytes, filled, bytes.length - filled, place + filled);
  return filled;
}

export async function fillLater(file: FileHandle, { place, bytes }: Stretch): Promise<number> {
  let filled = 0;
  for (let came = -1; came !== 0 && filled < bytes.length; filled += came)
    came = (await file.read(bytes, filled, bytes.length - filled, place + filled)).bytesRead;
  return filled;
}

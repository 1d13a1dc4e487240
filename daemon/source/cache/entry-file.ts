/** Writes an entry aside and puts it in its place when it is complete. Asynchronous, and waited for by nobody. */

import { chown, type FileHandle, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { HEAD_BYTES } from "../../../wire/matroska.ts";

/** What may wait for the disk. One that falls so far behind has better things to do. */
const MAX_WAITING_BYTES = 32 << 20;

/** The disk did not keep up. */
export class TooSlowError extends Error {}

export class EntryFile {
  readonly #partPath: string;
  readonly #onFailure: (error: unknown) => void;
  #file: FileHandle | null = null;
  #place = HEAD_BYTES;
  #waitingBytes = 0;
  #work: Promise<void> = Promise.resolve();
  #isOver = false;

  /** `onFailure` is called once at most; nothing is left on the disk then. */
  constructor(partPath: string, onFailure: (error: unknown) => void) {
    this.#partPath = partPath;
    this.#onFailure = onFailure;
  }

  /** Behind what was written before. */
  append(bytes: Uint8Array): void {
    if (this.#waitingBytes > MAX_WAITING_BYTES) {
      this.#enqueue(() => Promise.reject(new TooSlowError("the disk does not keep up")));
      return;
    }
    this.#waitingBytes += bytes.length;
    this.#enqueue(async () => {
      this.#file ??= await open(this.#partPath, "wx", 0o600);
      await writeAll(this.#file, bytes, this.#place);
      this.#place += bytes.length;
      this.#waitingBytes -= bytes.length;
    });
  }

  /** It is complete: the head goes to its beginning, and the file to its place if `isWanted` still. `onDone` is called in any case. */
  complete(head: Uint8Array, path: string, isWanted: () => boolean, onDone: () => void): void {
    this.#enqueue(async () => {
      if (this.#file === null || !isWanted()) return this.#remove();
      await writeAll(this.#file, head, 0);
      await this.#file.close();
      this.#file = null;
      await giveToOwner(this.#partPath);
      await rename(this.#partPath, path);
    });
    this.#end(onDone);
  }

  /** Nothing of it stays. `onDone` is called when it is gone. */
  abandon(onDone: () => void): void {
    this.#enqueue(() => this.#remove());
    this.#end(onDone);
  }

  /** Resolves when everything so far is done. */
  settled(): Promise<void> {
    return this.#work;
  }

  #end(onDone: () => void): void {
    this.#work = this.#work.then(onDone);
  }

  #enqueue(work: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.#isOver) return;
      try {
        await work();
      } catch (error) {
        this.#isOver = true;
        await this.#remove();
        this.#onFailure(error);
      }
    });
  }

  async #remove(): Promise<void> {
    this.#isOver = true;
    try {
      await this.#file?.close();
      await rm(this.#partPath, { force: true });
    } catch {
      // What cannot be removed now is a leftover, which goes when the next entry is made.
    }
    this.#file = null;
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, place: number): Promise<void> {
  // A disk that is nearly full takes a part, and says why with the next one.
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at, bytes.length - at, place + at)).bytesWritten;
}

/** root may fill the cache of the service, which runs as somebody else. */
async function giveToOwner(path: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(dirname(path));
  if (uid !== 0) await chown(path, uid, gid);
}

/**
 * A WAV file that grows: 16 bit PCM, its sizes written anew each second, so that it can be played whatever happens. Beyond 4 GiB it goes on
 * as RF64 (EBU Tech 3306), for which room is left in front.
 */

import { closeSync, openSync, writeSync } from "node:fs";
import { explain, systemCode } from "../../../control/system-error.ts";
import type { SoundForm } from "../../media.ts";
import { RecordingError } from "./recorded-file.ts";
import type { RecordedFile } from "./recorded-file.ts";

/** RIFF, a JUNK chunk that can become ds64, fmt, data. */
const HEADER_BYTES = 12 + 36 + 24 + 8;
const DS64_BYTES = 28;
const MOST_32_BIT = 0xffff_ffff;

/** `flags`: as of open(2), "wx" for a file that may not be there yet. */
export function createWavFile(path: string, { sampleRateHz, channels }: SoundForm, flags: "wx" | "w"): RecordedFile {
  const fd = openFile(path, flags);
  const frameBytes = 2 * channels;
  let dataBytes = 0;
  let writtenHeaderAt = 0;
  const write = (bytes: Uint8Array, at: number | null): void => {
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, at === null ? null : at + done);
    } catch (error) {
      throw writingError(path, error);
    }
  };
  const writeHeader = (): void => {
    writtenHeaderAt = dataBytes;
    write(header(dataBytes, sampleRateHz, channels), 0);
  };
  try {
    writeHeader();
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return {
    picture: () => undefined,
    sound: (samples) => {
      write(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), HEADER_BYTES + dataBytes);
      dataBytes += samples.byteLength;
      if (dataBytes - writtenHeaderAt >= sampleRateHz * frameBytes) writeHeader();
    },
    bytes: () => HEADER_BYTES + dataBytes,
    close: () => {
      try {
        writeHeader();
      } finally {
        closeSync(fd);
      }
    },
  };
}

/** Throws a RecordingError. */
export function openFile(path: string, flags: "wx" | "w"): number {
  try {
    return openSync(path, flags);
  } catch (error) {
    throw systemCode(error) === "EEXIST" ? alreadyThere(path, error) : writingError(path, error);
  }
}

export function alreadyThere(path: string, cause?: unknown): RecordingError {
  return new RecordingError(`${path} is there already: choose another name, or --force to write over it`, false, cause);
}

export function writingError(path: string, error: unknown): RecordingError {
  const code = systemCode(error);
  if (code === "ENOSPC" || code === "EDQUOT") return new RecordingError(`${path}: the disk is full`, true, error);
  const reasons: Readonly<Record<string, string>> = {
    EACCES: "it may not be written",
    EROFS: "the file system is read-only",
    ENOENT: "there is no such folder",
    EISDIR: "it is a folder",
    EEXIST: "a file has that name",
    ENOTDIR: "a part of its name is a file",
  };
  return new RecordingError(`${path} cannot be written: ${explain(error, reasons)}`, false, error);
}

function header(dataBytes: number, sampleRateHz: number, channels: number): Uint8Array {
  const isLong = HEADER_BYTES - 8 + dataBytes > MOST_32_BIT;
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.write(isLong ? "RF64" : "RIFF", 0, "latin1");
  bytes.writeUInt32LE(isLong ? MOST_32_BIT : HEADER_BYTES - 8 + dataBytes, 4);
  bytes.write(`WAVE${isLong ? "ds64" : "JUNK"}`, 8, "latin1");
  bytes.writeUInt32LE(DS64_BYTES, 16);
  if (isLong) {
    bytes.writeBigUInt64LE(BigInt(HEADER_BYTES - 8 + dataBytes), 20);
    bytes.writeBigUInt64LE(BigInt(dataBytes), 28);
    bytes.writeBigUInt64LE(BigInt(dataBytes / (2 * channels)), 36);
  }
  bytes.write("fmt ", 48, "latin1");
  bytes.writeUInt32LE(16, 52);
  bytes.writeUInt16LE(1, 56);
  bytes.writeUInt16LE(channels, 58);
  bytes.writeUInt32LE(sampleRateHz, 60);
  bytes.writeUInt32LE(sampleRateHz * 2 * channels, 64);
  bytes.writeUInt16LE(2 * channels, 68);
  bytes.writeUInt16LE(16, 70);
  bytes.write("data", 72, "latin1");
  bytes.writeUInt32LE(isLong ? MOST_32_BIT : dataBytes, 76);
  return bytes;
}

/** What of io_uring(7) sending needs: its three calls and the memory that it shares with us, by the foreign function interface. */

import koffi from "koffi";
import { SystemCallError } from "./system-calls.ts";

/** The same on every architecture (io_uring_setup(2), io_uring_enter(2)). */
const SYS_IO_URING_SETUP = 425;
const SYS_IO_URING_ENTER = 426;
/** `struct io_uring_params`: where in it stands what, and where in the rings stands what it tells. */
const PARAMS_BYTES = 120;
const PARAMS = {
  completionEntries: 4,
  features: 20,
  submissionTail: 44,
  submissionFlags: 56,
  submissionIndex: 64,
  completionHead: 80,
  completionTail: 84,
  completions: 100,
} as const;
/** PROT_READ | PROT_WRITE; MAP_SHARED | MAP_POPULATE. */
const READ_WRITE = 3;
const SHARED = 0x8001;
const OFFSET_SQ_RING = 0;
const OFFSET_CQ_RING = 0x8000000;
const OFFSET_SQES = 0x10000000;
/** `IORING_FEAT_CQE_SKIP`, of Linux 5.17: newer than all else that is used. */
const FEATURE_CQE_SKIP = 1 << 11;
/** IORING_SQ_CQ_OVERFLOW. */
const OVERFLOW = 1 << 1;
/** IORING_ENTER_GETEVENTS. */
const GET_EVENTS = 1;
/** `struct io_uring_sqe`, `struct io_uring_cqe`. */
export const ENTRY_BYTES = 64;
export const COMPLETION_BYTES = 16;
const ENOSYS = 38;

/** A ring as the kernel has laid it out. */
export type MappedRing = {
  readonly entries: number;
  readonly submissionTail: Uint32Array;
  readonly submissionMask: number;
  readonly submissionIndex: Uint32Array;
  /** `struct io_uring_sqe` each. */
  readonly submissions: DataView;
  /** The kernel holds completions back, since there was no room for them. */
  readonly isOverflowing: () => boolean;
  /** io_uring_enter(2): makes the kernel lay out what it holds back, as far as there is room. */
  readonly flush: () => void;
  readonly completionHead: Uint32Array;
  readonly completionTail: Uint32Array;
  readonly completionMask: number;
  /** `struct io_uring_cqe` each. */
  readonly completions: DataView;
  /** io_uring_enter(2): how many the kernel took, or the error's number, negative. */
  readonly submit: (count: number) => number;
  readonly close: () => void;
};

/** `entries`: a power of two. Throws SystemCallError where the system has no such thing, or forbids it. */
export function mapRing(entries: number): MappedRing {
  const library = koffi.load("libc.so.6");
  const setup: (call: number, entries: number, params: Uint8Array) => number = library.func("long syscall(long, uint32_t, void *)");
  const enter: (call: number, ring: number, count: number, least: number, flags: number, signals: null, bytes: number) => number =
    library.func("long syscall(long, int, uint32_t, uint32_t, uint32_t, void *, size_t)");
  const mmap: (at: null, bytes: number, access: number, flags: number, file: number, offset: number) => bigint = library.func(
    "void *mmap(void *, size_t, int, int, int, int64_t)",
  );
  const munmap: (at: bigint, bytes: number) => number = library.func("int munmap(void *, size_t)");
  const close: (file: number) => number = library.func("int close(int)");

  const params = new DataView(new ArrayBuffer(PARAMS_BYTES));
  const ring = setup(SYS_IO_URING_SETUP, entries, new Uint8Array(params.buffer));
  if (ring < 0) throw new SystemCallError("io_uring_setup", koffi.errno());
  const mapped: { readonly at: bigint; readonly bytes: number }[] = [];
  const release = (): void => {
    for (const { at, bytes } of mapped) munmap(at, bytes);
    close(ring);
  };
  const map = (bytes: number, offset: number): ArrayBuffer => {
    const at = mmap(null, bytes, READ_WRITE, SHARED, ring, offset);
    if (BigInt.asIntN(64, at) === -1n) throw new SystemCallError("mmap", koffi.errno());
    mapped.push({ at, bytes });
    return koffi.view(at, bytes);
  };
  const field = (name: keyof typeof PARAMS): number => params.getUint32(PARAMS[name], true);
  try {
    if ((field("features") & FEATURE_CQE_SKIP) === 0) throw new SystemCallError("io_uring_setup", ENOSYS);
    const submissionRing = map(field("submissionIndex") + entries * 4, OFFSET_SQ_RING);
    const completionRing = map(field("completions") + field("completionEntries") * COMPLETION_BYTES, OFFSET_CQ_RING);
    const flags = new Uint32Array(submissionRing, field("submissionFlags"), 1);
    return {
      entries,
      isOverflowing: () => (Atomics.load(flags, 0) & OVERFLOW) !== 0,
      flush: () => void enter(SYS_IO_URING_ENTER, ring, 0, 0, GET_EVENTS, null, 0),
      submissionTail: new Uint32Array(submissionRing, field("submissionTail"), 1),
      submissionMask: entries - 1,
      submissionIndex: new Uint32Array(submissionRing, field("submissionIndex"), entries),
      submissions: new DataView(map(entries * ENTRY_BYTES, OFFSET_SQES)),
      completionHead: new Uint32Array(completionRing, field("completionHead"), 1),
      completionTail: new Uint32Array(completionRing, field("completionTail"), 1),
      completionMask: field("completionEntries") - 1,
      completions: new DataView(completionRing, field("completions"), field("completionEntries") * COMPLETION_BYTES),
      submit: (count) => {
        const taken = enter(SYS_IO_URING_ENTER, ring, count, 0, 0, null, 0);
        return taken < 0 ? -koffi.errno() : taken;
      },
      close: release,
    };
  } catch (error) {
    release();
    throw error;
  }
}

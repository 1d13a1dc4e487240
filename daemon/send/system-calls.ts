/**
 * The calls of Linux's C library that sending needs, by a foreign function interface: Node has none that hands several datagrams over at once, nor one that
 * tells at once what the kernel said. Structures as on every 64-bit little-endian Linux (recvmmsg(2), cmsg and iovec as in `struct msghdr`).
 */

import { getSystemErrorName } from "node:util";
import koffi from "koffi";

export const AF_INET = 2;
const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const IPPROTO_IP = 0;
const IP_MULTICAST_IF = 32;
const IP_MULTICAST_TTL = 33;
const IP_MULTICAST_LOOP = 34;
const IP_BLOCK_SOURCE = 38;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_TIMESTAMPING = 37;
/** SOF_TIMESTAMPING_SOFTWARE, SOF_TIMESTAMPING_OPT_ID, SOF_TIMESTAMPING_OPT_TSONLY (linux/net_tstamp.h): with a number, and without the packet. */
const STAMP_FLAGS = 0x10 | 0x80 | 0x800;
/** MSG_ERRQUEUE, MSG_DONTWAIT. */
const FROM_ERROR_QUEUE = 0x2000 | 0x40;
const CLOCK_REALTIME = 0;
/** `struct sockaddr_in`: family, port (big-endian), address. */
export const SOCKADDR_IN_BYTES = 16;

/** An error of the system, named as Node names it: `code` is `ENETUNREACH` and the like. */
export class SystemCallError extends Error {
  readonly code: string;

  constructor(call: string, errno: number) {
    const code = getSystemErrorName(-errno);
    super(`${call} ${code}`);
    this.code = code;
  }
}

export type SystemCalls = {
  /** An unbound UDP socket that never waits. Throws SystemCallError, as all of them. */
  readonly openUdpSocket: () => number;
  readonly bindToAnyPort: (socket: number) => void;
  /** As others may, too (SO_REUSEADDR). */
  readonly bindTo: (socket: number, address: string, port: number) => void;
  /** What `source` sends to `group` on an interface, which the socket has joined it on, does not come to this socket (IP_BLOCK_SOURCE). */
  readonly blockSource: (socket: number, from: { readonly group: string; readonly interface: string; readonly source: string }) => void;
  readonly setMulticast: (socket: number, options: { readonly address: string; readonly ttl: number; readonly loopback: boolean }) => void;
  /** sendmmsg(2) of the first `count` of `messages` (`struct mmsghdr`): how many the kernel took, at least one; or the error's number, negative. */
  readonly sendMessages: (socket: number, messages: Uint8Array, count: number) => number;
  /** Lets the kernel tell when packets that ask for it have left (transmit-stamps.ts). Their numbers begin with 0. */
  readonly enableStamps: (socket: number) => void;
  /** recvmsg(2) of what the kernel tells of packets sent, into the buffers of `message` (`struct msghdr`). False when there is nothing more. */
  readonly receiveStamp: (socket: number, message: Uint8Array) => boolean;
  /** What is sent to `hand` comes to `take`; nobody else has them. */
  readonly openPair: () => SocketPair;
  /** Sends a byte to a socket of a pair. */
  readonly sendByte: (socket: number) => void;
  /** System time in ms, with fractions. */
  readonly wallMs: () => number;
  readonly close: (socket: number) => void;
};

export type SocketPair = { readonly take: number; readonly hand: number };

/** Bytes of a `struct mmsghdr`. */
export const MESSAGE_BYTES = 64;

/** Throws where the foreign function interface, or the C library, cannot be loaded. */
export function loadSystemCalls(): SystemCalls {
  const library = koffi.load("libc.so.6");
  const socket: (domain: number, type: number, protocol: number) => number = library.func("int socket(int, int, int)");
  const bind: (socket: number, address: Uint8Array, bytes: number) => number = library.func("int bind(int, const void *, uint32_t)");
  const setOption: (socket: number, level: number, name: number, value: Uint8Array, bytes: number) => number = library.func(
    "int setsockopt(int, int, int, const void *, uint32_t)",
  );
  const sendmmsg: (socket: number, messages: Uint8Array, count: number, flags: number) => number = library.func(
    "int sendmmsg(int, void *, unsigned int, int)",
  );
  const recvmsg: (socket: number, message: Uint8Array, flags: number) => number = library.func("long recvmsg(int, void *, int)");
  const socketpair: (domain: number, type: number, protocol: number, pair: Uint8Array) => number = library.func(
    "int socketpair(int, int, int, void *)",
  );
  const send: (socket: number, bytes: Uint8Array, count: number, flags: number) => number = library.func(
    "long send(int, const void *, size_t, int)",
  );
  const clockGettime: (clock: number, time: Uint8Array) => number = library.func("int clock_gettime(int, void *)");
  const close: (socket: number) => number = library.func("int close(int)");

  const check = (call: string, result: number): number => {
    if (result < 0) throw new SystemCallError(call, koffi.errno());
    return result;
  };
  const bindSocket = (fd: number, address: string, port: number): void => {
    const at = Uint8Array.of(AF_INET, 0, port >>> 8, port, ...addressBytes(address), ...Array.from({ length: 8 }, () => 0));
    check("bind", bind(fd, at, at.length));
  };
  const setMulticastOption = (fd: number, name: number, value: Uint8Array): void => {
    check("setsockopt", setOption(fd, IPPROTO_IP, name, value, value.length));
  };
  const wallTime = new BigInt64Array(2);
  const wallTimeBytes = new Uint8Array(wallTime.buffer);
  return {
    openUdpSocket: () => check("socket", socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)),
    bindToAnyPort: (fd) => bindSocket(fd, "0.0.0.0", 0),
    bindTo: (fd, address, port) => {
      const isShared = Uint8Array.of(1, 0, 0, 0);
      check("setsockopt", setOption(fd, SOL_SOCKET, SO_REUSEADDR, isShared, isShared.length));
      bindSocket(fd, address, port);
    },
    // struct ip_mreq_source: the group, the interface, the source.
    blockSource: (fd, { group, interface: at, source }) =>
      setMulticastOption(fd, IP_BLOCK_SOURCE, Uint8Array.of(...addressBytes(group), ...addressBytes(at), ...addressBytes(source))),
    setMulticast: (fd, { address, ttl, loopback }) => {
      setMulticastOption(fd, IP_MULTICAST_IF, addressBytes(address));
      setMulticastOption(fd, IP_MULTICAST_TTL, Uint8Array.of(ttl));
      setMulticastOption(fd, IP_MULTICAST_LOOP, Uint8Array.of(loopback ? 1 : 0));
    },
    sendMessages: (fd, messages, count) => {
      const sent = sendmmsg(fd, messages, count, 0);
      return sent < 0 ? -koffi.errno() : sent;
    },
    enableStamps: (fd) => {
      for (const value of [0, STAMP_FLAGS]) {
        const flags = new Uint8Array(Uint32Array.of(value).buffer);
        check("setsockopt", setOption(fd, SOL_SOCKET, SO_TIMESTAMPING, flags, flags.length));
      }
    },
    receiveStamp: (fd, message) => recvmsg(fd, message, FROM_ERROR_QUEUE) >= 0,
    openPair: () => {
      const pair = new Int32Array(2);
      check("socketpair", socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, new Uint8Array(pair.buffer)));
      return { take: pair[0] ?? -1, hand: pair[1] ?? -1 };
    },
    sendByte: (fd) => void check("send", send(fd, Uint8Array.of(0), 1, 0)),
    wallMs: () => {
      clockGettime(CLOCK_REALTIME, wallTimeBytes);
      return Number(wallTime[0]) * 1e3 + Number(wallTime[1]) / 1e6;
    },
    close: (fd) => void close(fd),
  };
}

/** Where bytes lie in memory. They stay there: what a typed array of this size holds is not moved. */
export function addressOf(bytes: Uint8Array): number {
  return Number(koffi.address(bytes));
}

/** "239.1.2.3" as it stands in a packet. */
export function addressBytes(address: string): Uint8Array {
  return Uint8Array.from(address.split("."), Number);
}

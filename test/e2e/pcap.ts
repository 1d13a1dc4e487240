/** Reads the UDP datagrams of a capture file: classic pcap, Ethernet, IPv4; times of micro- or nanoseconds; either byte order. */

export type Datagram = {
  /** Wall clock of the capture, milliseconds since 1970, exact to a quarter of a microsecond. */
  readonly timeMs: number;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly ttl: number;
  /** Size on the wire, also where the capture kept less. */
  readonly payloadBytes: number;
  /** As much as was captured; a view of the file. */
  readonly payload: Uint8Array;
};

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const MAGIC_MICROSECONDS = 0xa1b2c3d4;
const MAGIC_NANOSECONDS = 0xa1b23c4d;
const LINK_ETHERNET = 1;
const ETHERNET_HEADER_BYTES = 14;
const ETHERTYPE_IPV4 = 0x0800;
const PROTOCOL_UDP = 17;
const UDP_HEADER_BYTES = 8;
const FRAGMENT_MASK = 0x3fff;

/** Throws if it is no such file. A record cut off at the end is left out, and so is what is no UDP datagram over IPv4, or a fragment of one. */
export function readPcap(file: Uint8Array): readonly Datagram[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < FILE_HEADER_BYTES) throw new Error("pcap: shorter than a file header");
  const isLittleEndian = isMagic(view.getUint32(0, true));
  const magic = view.getUint32(0, isLittleEndian);
  if (!isMagic(magic)) throw new Error("pcap: not a classic pcap file");
  const link = view.getUint32(20, isLittleEndian);
  if (link !== LINK_ETHERNET) throw new Error(`pcap: link type ${link} is not Ethernet`);
  const ticksPerMs = magic === MAGIC_NANOSECONDS ? 1e6 : 1e3;

  const datagrams: Datagram[] = [];
  for (let at = FILE_HEADER_BYTES; at + RECORD_HEADER_BYTES <= file.length;) {
    const timeMs = view.getUint32(at, isLittleEndian) * 1000 + view.getUint32(at + 4, isLittleEndian) / ticksPerMs;
    const start = at + RECORD_HEADER_BYTES;
    at = start + view.getUint32(at + 8, isLittleEndian);
    if (at > file.length) break;
    const datagram = readFrame(file.subarray(start, at), timeMs);
    if (datagram !== null) datagrams.push(datagram);
  }
  return datagrams;
}

function isMagic(value: number): boolean {
  return value === MAGIC_MICROSECONDS || value === MAGIC_NANOSECONDS;
}

function readFrame(frame: Uint8Array, timeMs: number): Datagram | null {
  if (frame.length < ETHERNET_HEADER_BYTES || u16(frame, 12) !== ETHERTYPE_IPV4) return null;
  const packet = frame.subarray(ETHERNET_HEADER_BYTES);
  const ipHeaderBytes = ((packet[0] ?? 0) & 0x0f) * 4;
  if (packet.length < ipHeaderBytes + UDP_HEADER_BYTES || packet[9] !== PROTOCOL_UDP) return null;
  if ((u16(packet, 6) & FRAGMENT_MASK) !== 0) return null;
  const udp = packet.subarray(ipHeaderBytes);
  const udpBytes = u16(udp, 4);
  if (udpBytes < UDP_HEADER_BYTES) return null;
  return {
    timeMs,
    source: packet.subarray(12, 16).join("."),
    sourcePort: u16(udp, 0),
    destination: packet.subarray(16, 20).join("."),
    destinationPort: u16(udp, 2),
    ttl: packet[8] ?? 0,
    payloadBytes: udpBytes - UDP_HEADER_BYTES,
    payload: udp.subarray(UDP_HEADER_BYTES, udpBytes),
  };
}

function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

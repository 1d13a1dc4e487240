/** Captures what passes a host's eth0 with tcpdump: complete to the last datagram before `stop`. */

import { randomBytes } from "node:crypto";
import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import type { Host } from "./host.ts";
import type { Lan } from "./lan.ts";
import { readPcap } from "./pcap.ts";
import type { Datagram } from "./pcap.ts";
import { waitFor } from "./wait.ts";

export type Capture = {
  /** Ends it and gives all UDP datagrams in the order of their capture. */
  readonly stop: () => Promise<readonly Datagram[]>;
};

/** The discard port: the mark that a capture waits for goes there. */
const DISCARD_PORT = 9;
/** 16 MiB: some seconds of a busy channel while tcpdump does not get the processor. */
const BUFFER_KIB = 16_384;
/** More than comes between a mark and the look for it. */
const TAIL_BYTES = 1 << 20;

export type CaptureOptions = {
  /** How much of each packet is kept, from the Ethernet header on: 100 holds all headers, for long captures. Everything by default. */
  readonly packetBytes?: number;
  /** What is kept, as pcap-filter(7) says it; all UDP by default. The mark that ends a capture is kept besides. */
  readonly filter?: string;
};

/** Starts a capture into `file` (named *.pcap); it has begun when this resolves. */
export async function startCapture(
  lan: Pick<Lan<string>, "bridge">,
  host: Host,
  file: string,
  { packetBytes = 0, filter = "udp" }: CaptureOptions = {},
): Promise<Capture> {
  const kept = `-s ${packetBytes} -B ${BUFFER_KIB} --time-stamp-precision=nano`;
  // Immediate mode and -U: nothing waits in a buffer for more. Root: the file lies in a folder of ours.
  const tcpdump = host.spawn("tcpdump", [
    ..."-i eth0 -n -Z root --immediate-mode -U".split(" "),
    ...kept.split(" "),
    "-w",
    file,
    `(${filter}) or udp dst port ${DISCARD_PORT}`,
  ]);
  await tcpdump.waitForLine(/listening on eth0/);
  return {
    stop: async () => {
      // What came before the mark is in the file once the mark is.
      const mark = randomBytes(16).toString("hex");
      await waitFor(`the end of the capture on ${host.name}`, async () => {
        await lan.bridge.output("bash", ["-c", `printf %s ${mark} >/dev/udp/${host.address}/${DISCARD_PORT}`]);
        return readTail(file).includes(mark);
      });
      await tcpdump.stop();
      return readPcap(readFileSync(file)).filter(({ destinationPort }) => destinationPort !== DISCARD_PORT);
    },
  };
}

function readTail(file: string): Buffer {
  const handle = openSync(file, "r");
  try {
    const tail = Buffer.alloc(TAIL_BYTES);
    const bytes = readSync(handle, tail, 0, TAIL_BYTES, Math.max(0, fstatSync(handle).size - TAIL_BYTES));
    return tail.subarray(0, bytes);
  } finally {
    closeSync(handle);
  }
}

/** Captures what passes a host's eth0 with tcpdump: complete to the last datagram before `stop`. */

import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
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

/** Starts a capture into `file` (named *.pcap); it has begun when this resolves. */
export async function startCapture(lan: Pick<Lan<string>, "bridge">, host: Host, file: string): Promise<Capture> {
  const options = [
    "-i",
    "eth0",
    "-n",
    "-Z",
    "root",
    "-B",
    `${BUFFER_KIB}`,
    "--time-stamp-precision=nano",
    "--immediate-mode",
    "-U",
    "-w",
    file,
    "udp",
  ];
  const tcpdump = host.spawn("tcpdump", options);
  await tcpdump.waitForLine(/listening on eth0/);
  return {
    stop: async () => {
      // What came before the mark is in the file once the mark is.
      const mark = randomBytes(16).toString("hex");
      await waitFor(`the end of the capture on ${host.name}`, async () => {
        await lan.bridge.output("bash", ["-c", `printf %s ${mark} >/dev/udp/${host.address}/${DISCARD_PORT}`]);
        return readFileSync(file).includes(mark);
      });
      await tcpdump.stop();
      return readPcap(readFileSync(file)).filter(({ destinationPort }) => destinationPort !== DISCARD_PORT);
    },
  };
}

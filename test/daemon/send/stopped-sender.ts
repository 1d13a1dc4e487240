/** A process that hands packets to the kernel ahead, in several calls, says so and is stopped by who started it: its argument is the port on loopback. */

import { monotonicMs } from "../../../daemon/clock.ts";
import { ScheduledPackets } from "../../../daemon/send/scheduled-packets.ts";
import { SubmissionRing } from "../../../daemon/send/submission-ring.ts";
import { loadSystemCalls } from "../../../daemon/send/system-calls.ts";
import { createSystemSockets } from "../../../daemon/send/system-socket.ts";

const CALLS = 8;
const MOMENTS = 10;
const STEP_MS = 3;
/** Between the calls' being made and the first packet. */
const AHEAD_MS = 100;
export const STOPPED_SENDER_PACKETS = CALLS * MOMENTS;
export const STOPPED_SENDER_LASTS_MS = AHEAD_MS + STOPPED_SENDER_PACKETS * STEP_MS;

function send(port: number): void {
  const open = createSystemSockets(loadSystemCalls(), new ScheduledPackets(new SubmissionRing()));
  const socket = open({ group: "127.0.0.1", address: "127.0.0.1", ttl: 1, loopback: true, onOutcome: () => {} });
  const startMs = monotonicMs() + AHEAD_MS;
  for (let call = 0; call < CALLS; call++) {
    const numbers = Array.from({ length: MOMENTS }, (_, index) => call * MOMENTS + index);
    const moments = numbers.map((number) => {
      const bytes = new Uint8Array(100);
      new DataView(bytes.buffer).setUint16(0, number);
      return { atMs: startMs + number * STEP_MS, packets: [{ bytes, port }], shown: null };
    });
    socket.schedule(moments, true);
  }
  process.stdout.write("handed over\n");
  process.stdin.resume();
}

if (import.meta.main) send(Number(process.argv[2]));

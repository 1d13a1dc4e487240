/** One host of bench/in-step.ts: receives a channel on a skewed clock, and prints when each thing is shown, in the machine's own time. `in-step-host.ts HOST SECONDS` */

import { trueMs } from "./skewed-clock.ts";
import { receive } from "../receiver/receive.ts";

const [host = "", seconds = "60"] = process.argv.slice(2);
const lines: string[] = [];
const totals = await receive(
  {
    targets: [{ kind: "tcp", host, port: 9688 }],
    channel: null,
    described: null,
    findAgain: null,
    transport: "multicast",
    latencyMs: 200,
    leadMs: 0,
    mostFps: null,
    pass: null,
    interface: null,
    name: "in-step",
    openSinks: async () => [
      {
        picture: ({ senderMs, showAtMs }) => void lines.push(`p ${Math.round(senderMs)} ${trueMs(showAtMs)}`),
        sound: ({ firstSample, playAtMs }) => void lines.push(`s ${firstSample} ${trueMs(playAtMs)}`),
        close: () => Promise.resolve(),
      },
    ],
    say: () => undefined,
  },
  AbortSignal.timeout(Number(seconds) * 1000),
);
process.stdout.write(`${lines.join("\n")}\n${JSON.stringify(totals)}\n`);

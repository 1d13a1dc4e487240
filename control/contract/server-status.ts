// What the daemon says about itself.
import * as v from "valibot";
import { channelResult } from "./channel.ts";
import { operatorOnly } from "./operator-only.ts";
import { count, notNegative, text } from "./values.ts";

export const statusResult = v.object({
  server: text("name of the program"),
  version: text("its version"),
  uptimeMs: notNegative("since the start of the daemon"),
  channels: v.array(channelResult),
  clients: count("members that joined by the control channel, of all channels"),
  totals: v.object({
    framesSent: count("of all channels"),
    packetsSent: count("of all channels"),
    bytesSent: count("of all channels"),
    sendErrors: count("of all channels"),
  }),
  resources: v.object({
    pid: operatorOnly(count("process id of the daemon")),
    cpuPercent: notNegative("of one core, the daemon alone"),
    rssBytes: count("resident memory of the daemon"),
    eventLoopDelayP99Ms: v.nullable(notNegative("how late the daemon's event loop ran")),
  }),
});

export type StatusResult = v.InferOutput<typeof statusResult>;

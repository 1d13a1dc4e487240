/**
 * A receiver's reports without a receiver, run on a host of a test's LAN: `reporting-client.ts HOST CHANNEL MOST_FPS` joins and reports
 * once a second that it gets as many frames as are sent, but no more than MOST_FPS.
 */

import { connectControl } from "../../control/client.ts";

const [host = "", channel = "", mostFps = ""] = process.argv.slice(2);
const client = await connectControl({ kind: "tcp", host, port: 9688 });
const { sessionId } = await client.call("session.join", { channel, name: `at most ${mostFps}` });
setInterval(() => {
  void client.call("pacing.get", { channel }).then(({ targetFps }) => {
    const fps = Math.min(Number(mostFps), targetFps ?? 0);
    return client.call("session.report", { sessionId, fps, lost: 0, expected: 500, late: 0, jitterMs: 1, bufferMs: 200, skewMs: 0 });
  });
}, 1000);

/**
 * Many receivers' reports without receivers, run on a host of a bench's LAN: `reporting-clients.ts HOST CHANNEL COUNT` joins COUNT times, says
 * `reporting`, and then reports on every connection once a second that everything comes.
 */

import { connectControl } from "../control/client.ts";
import type { ControlClient } from "../control/client.ts";

/** Connections that are made at the same time: the daemon's greeting is not what is measured. */
const AT_ONCE = 20;
const REPORT = { fps: 24, lost: 0, expected: 500, late: 0, jitterMs: 1, bufferMs: 200, skewMs: 0 };
const INTERVAL_MS = 1000;

type Member = { readonly client: ControlClient; readonly sessionId: string };

async function join(host: string, channel: string, number: number): Promise<Member> {
  const client = await connectControl({ kind: "tcp", host, port: 9688 });
  const { sessionId } = await client.call("session.join", { channel, name: `member ${number}` });
  return { client, sessionId };
}

const [host = "", channel = "", count = ""] = process.argv.slice(2);
const members: Member[] = [];
while (members.length < Number(count)) {
  const next = Math.min(AT_ONCE, Number(count) - members.length);
  members.push(...(await Promise.all(Array.from({ length: next }, (_, index) => join(host, channel, members.length + index)))));
}
console.log("reporting");
members.forEach(({ client, sessionId }, index) => {
  // As receivers that were started one after the other, not all in the same millisecond.
  setTimeout(
    () => setInterval(() => client.notify("session.report", { sessionId, ...REPORT }), INTERVAL_MS),
    (index * INTERVAL_MS) / members.length,
  );
});

/** `streamctl doctor --receive`: receives a channel from its group for some seconds, and tells second by second how much of it came. */

import { isIPv4 } from "node:net";
import { hostname } from "node:os";
import type { ExamineRequest, ReceiveIo, Reception } from "../../control/receive-request.ts";
import { refuseUnknownInterface } from "../join/membership-place.ts";
import { joinSession } from "../join/session.ts";
import type { Sink } from "../media.ts";
import { receive } from "../receive.ts";
import { findTargets } from "./request.ts";

/** Throws what the control client throws. */
export async function runExamine(request: ExamineRequest, io: ReceiveIo): Promise<Reception> {
  const { latencyMs, durationMs, mostFps } = request;
  refuseUnknownInterface(request.interface);
  const { targets, channel, described } = await findTargets(request, io);
  const name = request.name ?? hostname();
  const facts =
    described?.session ?? (await joinSession(targets, { channel, transport: "multicast", name, pass: request.pass }, io.signal));
  const state = await facts.state();
  facts.close();

  const seconds: Reception["seconds"][number][] = [];
  const done = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const sink: Sink = {
    picture: () => undefined,
    sound: () => undefined,
    report: ({ expected, lost, repaired, jitterMs }) => seconds.push({ expected, lost, repaired, jitterMs }),
    close: () => Promise.resolve(),
  };
  const openSinks = async (): Promise<readonly Sink[]> => {
    // The last second's report comes with it, or just after it.
    timer ??= setTimeout(() => done.abort(), durationMs + REPORT_GRACE_MS);
    return [sink];
  };
  const options = {
    targets,
    channel: facts.channel,
    described,
    findAgain: null,
    transport: "multicast",
    latencyMs,
    leadMs: 0,
    mostFps,
    interface: request.interface,
    name,
    pass: request.pass,
    openSinks,
    say: io.say,
  } as const;
  try {
    await receive(options, AbortSignal.any([io.signal, done.signal]));
  } finally {
    clearTimeout(timer);
  }
  const host = facts.target.kind === "tcp" ? facts.target.host : null;
  return {
    channel: facts.channel,
    group: facts.group.group,
    port: facts.group.video ?? (facts.group.audio ?? 2) - 2,
    senderAddress: host !== null && isIPv4(host) && !host.startsWith("127.") ? host : null,
    isSending: state === "playing" || state === "paused" || state === "starved",
    seconds,
  };
}

const REPORT_GRACE_MS = 500;

// PURE. How a channel arrived: nothing, only at the start (a switch that forgets), with holes, or well.

import type { Reception } from "../../../receive-request.ts";
import { fail, ok, warn, type Finding } from "../finding.ts";

/** Seconds without a packet at the end: less is a stutter. */
const FORGOTTEN_SECONDS = 2;
/** A picture has about 15 packets: at 1 % one in seven has a hole. */
const BAD_LOSS = 0.01;
/** A tenth of the latency that receivers have by default. */
const MUCH_JITTER_MS = 20;

export function judgeReception({ channel, group, seconds, isSending }: Reception): readonly Finding[] {
  if (seconds.length === 0)
    return [
      warn(
        "reception",
        `nothing of channel ${channel} was measured: it ended within a second`,
        "run this again, for five seconds at least",
      ),
    ];
  const came = seconds.map(({ expected, lost }) => expected - lost);
  const duration = `${seconds.length} s`;
  if (came.every((packets) => packets <= 0)) {
    if (!isSending)
      return [warn("reception", `channel ${channel} sends nothing now`, `streamctl channel start ${channel}, then run this again`)];
    const remedy =
      "see firewall, rp_filter and querier above; a switch or access point may hold multicast back: streamctl watch takes TCP then";
    return [fail("reception", `nothing came from ${group} in ${duration}, though channel ${channel} sends`, remedy)];
  }
  const silent = came.length - 1 - came.findLastIndex((packets) => packets > 0);
  if (silent >= FORGOTTEN_SECONDS && isSending) {
    const text = `packets came from ${group} at the start, and none in the last ${silent} s: a switch with IGMP snooping has forgotten this host`;
    return [fail("snooping", text, "switch on an IGMP querier in the switch or router, or switch its snooping off")];
  }
  return [judgeLoss(group, duration, seconds), judgeJitter(seconds)];
}

function judgeLoss(group: string, duration: string, seconds: Reception["seconds"]): Finding {
  const expected = seconds.reduce((sum, second) => sum + second.expected, 0);
  const repaired = seconds.reduce((sum, second) => sum + second.repaired, 0);
  const lost = seconds.reduce((sum, second) => sum + second.lost, repaired);
  const again = repaired === 0 ? "" : `; ${repaired} of them were sent again, which is done for streamctl and not for other players`;
  const says = `${lost} of ${expected} packets from ${group} lost in ${duration}${again}`;
  const remedy =
    "a full or slow link, Wi-Fi, or a buffer that is too small (buffers above): a lower video.quality, or fewer pictures a second";
  if (lost === 0) return ok("loss", says);
  return (lost - repaired) / expected > BAD_LOSS ? fail("loss", says, remedy) : warn("loss", says, remedy);
}

function judgeJitter(seconds: Reception["seconds"]): Finding {
  const most = Math.max(...seconds.map(({ jitterMs }) => jitterMs));
  const says = `at most ${most.toFixed(1)} ms`;
  if (most <= MUCH_JITTER_MS) return ok("jitter", says);
  return warn("jitter", says, "Wi-Fi, or a busy link: --latency 500 for watch and play gives it time");
}

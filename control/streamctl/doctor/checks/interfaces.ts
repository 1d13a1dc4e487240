// PURE. Whether the interfaces that the channels are sent on, or received on, are there, up and fit for multicast.

import { fail, ok, warn, type Finding } from "../finding.ts";
import type { FoundInterface } from "../plan.ts";
import type { HostInterface } from "../read/interfaces.ts";

/** What a channel wants, and what came of it. */
export type Wanted = { readonly channel: string; readonly wanted: string; readonly found: FoundInterface };

export function judgeInterfaces(wanted: readonly Wanted[], present: readonly HostInterface[]): readonly Finding[] {
  return wanted.map(({ channel, wanted: name, found }) => judge(channel, name, found, present));
}

function judge(channel: string, wanted: string, found: FoundInterface, present: readonly HostInterface[]): Finding {
  const named = present.find(({ name }) => name === (found.ok ? found.name : wanted));
  if (!found.ok && named !== undefined && !named.isUp) {
    return fail(
      "interface",
      `${wanted}, which channel ${channel} is for, is down`,
      `ip link set ${wanted} up, and its address and routes if they went`,
    );
  }
  if (!found.ok) {
    const [problem = found.problem, ...remedy] = found.problem.split("; ");
    const away = wanted === "auto" ? present.filter(({ isUp, name }) => !isUp && name !== "lo") : [];
    const downs = away.length === 0 ? "" : ` (${away.map(({ name }) => `${name} is down: ip link set ${name} up`).join("; ")})`;
    return fail("interface", `channel ${channel}: ${problem}${downs}`, remedy.join("; "));
  }
  const where = `${found.name} (${found.address})`;
  if (found.name === "lo")
    return warn("interface", `channel ${channel} is on ${where}: no other host gets it`, "name another one under channels.NAME.interfaces");
  if (named?.hasCarrier === false)
    return fail("interface", `${where} of channel ${channel} has no link`, "plug in its cable, or look at the other end of it");
  if (named?.isMulticast === false)
    return fail("interface", `${where} of channel ${channel} takes no multicast`, `ip link set ${found.name} multicast on`);
  return ok("interface", `channel ${channel} is on ${where}`);
}

// PURE. rp_filter (RFC 3704): a strict one drops packets whose sender would not be answered by the interface that they came by.

import { fail, ok, warn, type Finding } from "../finding.ts";
import type { HostInterface } from "../read/interfaces.ts";

const STRICT = 1;

/** `sender`: who sends and by which interface it would be answered; null where that is not known. */
export function judgeReversePath(
  { name, reversePath }: Pick<HostInterface, "name" | "reversePath">,
  sender: { readonly address: string; readonly route: string | null } | null,
  otherInterfaces: number,
): Finding {
  const loosen = `sysctl -w net.ipv4.conf.${name}.rp_filter=2 net.ipv4.conf.all.rp_filter=2 (and in /etc/sysctl.d, to keep it)`;
  if (reversePath === null) return warn("rp_filter", `that of ${name} could not be read`, `sysctl net.ipv4.conf.${name}.rp_filter`);
  if (reversePath !== STRICT) return ok("rp_filter", `${name} has ${reversePath}: nothing is dropped that comes by it`);
  if (sender !== null && sender.route !== name) {
    const by = sender.route === null ? "there is no route to it" : `its route is by ${sender.route}`;
    return fail("rp_filter", `${name} is strict and drops what ${sender.address} sends: ${by}`, loosen);
  }
  if (sender === null && otherInterfaces > 0)
    return warn("rp_filter", `${name} is strict: what comes from a host whose route is by another interface is dropped`, loosen);
  return ok("rp_filter", `${name} is strict, and the routes fit`);
}

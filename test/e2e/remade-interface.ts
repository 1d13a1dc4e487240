/**
 * A program for a host of a test's LAN: an interface is made anew 25 times while a socket listens on it, here and there with time to notice that it is away.
 * Prints the memberships of each listener that the kernel has at the end.
 */

import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { GroupListener } from "../../daemon/foreign/group-listener.ts";
import { hearOthers } from "../../daemon/foreign/listening-socket.ts";
import { Memberships } from "../../receiver/discover/memberships.ts";

const ADDRESS = "10.9.0.1";
/** As /proc/net/igmp writes them. */
const GROUPS = { "239.1.1.1": "010101EF", "239.2.2.2": "020202EF" } as const;
const ip = (...lines: readonly string[]) => execFileSync("ip", ["-batch", "-"], { input: `${lines.join("\n")}\n` });

const listener = new GroupListener("239.1.1.1", [5004], hearOthers, () => {});
await listener.open();
const socket = createSocket("udp4").bind(5006);
await once(socket, "listening");
const memberships = new Memberships(socket, ["239.2.2.2"]);
for (let time = 0; time < 25; time++) {
  if (time > 0) ip("link del v0");
  if (time % 3 === 0) {
    memberships.update([]);
    listener.join([]);
  }
  ip("link add v0 type veth peer name v1", `addr add ${ADDRESS}/24 dev v0`, "link set v0 up");
  for (const _ of "ab") {
    memberships.update([ADDRESS]);
    listener.join([ADDRESS]);
  }
}
const members = readFileSync("/proc/net/igmp", "latin1");
console.log(
  Object.values(GROUPS)
    .map((group) => members.split(group).length - 1)
    .join(" "),
);
listener.close();
socket.close();

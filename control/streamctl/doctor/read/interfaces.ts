// The interfaces of this host, from /sys and /proc; down ones are there as well.

import { readdirSync } from "node:fs";
import { readNumber, readText } from "./text-file.ts";

export type HostInterface = {
  readonly name: string;
  readonly isUp: boolean;
  readonly isMulticast: boolean;
  /** Null where the system does not tell. */
  readonly hasCarrier: boolean | null;
  readonly mtu: number | null;
  readonly index: number | null;
  /** rp_filter in force: the greater one of its own and of all. */
  readonly reversePath: number | null;
};

const FOLDER = "/sys/class/net";
/** linux/if.h */
const IFF_UP = 0x1;
const IFF_MULTICAST = 0x1000;

export function readInterfaces(): readonly HostInterface[] {
  const ofAll = readNumber("/proc/sys/net/ipv4/conf/all/rp_filter") ?? 0;
  return listNames().map((name): HostInterface => {
    const at = `${FOLDER}/${name}`;
    const flags = Number(readText(`${at}/flags`) ?? 0);
    const own = readNumber(`/proc/sys/net/ipv4/conf/${name}/rp_filter`);
    const carrier = readNumber(`${at}/carrier`);
    return {
      name,
      isUp: (flags & IFF_UP) !== 0,
      isMulticast: (flags & IFF_MULTICAST) !== 0,
      hasCarrier: carrier === null ? null : carrier === 1,
      mtu: readNumber(`${at}/mtu`),
      index: readNumber(`${at}/ifindex`),
      reversePath: own === null ? null : Math.max(own, ofAll),
    };
  });
}

function listNames(): readonly string[] {
  try {
    return readdirSync(FOLDER);
  } catch {
    return [];
  }
}

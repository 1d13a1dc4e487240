import assert from "node:assert/strict";
import { test } from "node:test";
import { neededOfSender } from "../../../control/streamctl/doctor/checks/sender-needs.ts";
import type { FoundInterface, PlannedChannel } from "../../../control/streamctl/doctor/plan.ts";

const planned: PlannedChannel = {
  name: "main",
  group: "239.1.1.1",
  port: 5004,
  ttl: 1,
  interfaces: ["auto"],
  profile: "rtp",
  maxPacketBytes: 1400,
  maxFrameBytes: 65_507,
};
const datagram = { ...planned, profile: "datagram" } as const;
const on = (name: string, address: string): FoundInterface => ({ ok: true, name, address });
const eth0 = on("eth0", "10.0.0.1");
const lo = on("lo", "127.0.0.1");
const gone: FoundInterface = { ok: false, problem: "no route" };
const control = { key: "control.listen", host: "0.0.0.0", port: 9688 };
const local = { ...control, host: "127.0.0.1" };
const nothing = { listeners: [], repair: null };

const MEDIA = ["output UDP to 239.1.1.1:5004", "output UDP to 239.1.1.1:5006"];
const REPORTS = ["output UDP to 239.1.1.1:5005", "output UDP to 239.1.1.1:5007"];
const IGMP = "input IGMP on eth0";

for (const [name, places, plan, expected] of [
  ["a channel", [{ found: eth0, planned }], nothing, [...MEDIA, ...REPORTS, IGMP]],
  ["one without reports", [{ found: eth0, planned: datagram }], nothing, [...MEDIA, IGMP]],
  ["one that has no interface", [{ found: gone, planned }], { listeners: [control], repair: control }, []],
  ["one on the loopback", [{ found: lo, planned }], { listeners: [control], repair: control }, [...MEDIA, ...REPORTS]],
  ["a server", [{ found: eth0, planned: datagram }], { ...nothing, listeners: [control] }, [...MEDIA, IGMP, "input TCP to 10.0.0.1:9688"]],
  ["a server for this host", [{ found: eth0, planned: datagram }], { ...nothing, listeners: [local] }, [...MEDIA, IGMP]],
  ["repair", [{ found: eth0, planned }], { ...nothing, repair: control }, [...MEDIA, ...REPORTS, IGMP, "input UDP to 10.0.0.1:9688"]],
  ["repair for this host", [{ found: eth0, planned }], { ...nothing, repair: local }, [...MEDIA, ...REPORTS, IGMP]],
  [
    "repair on two interfaces",
    [
      { found: eth0, planned: datagram },
      { found: on("eth1", "10.1.0.1"), planned: datagram },
    ],
    { ...nothing, repair: { ...control, port: 9788 } },
    [...MEDIA, ...MEDIA, IGMP, "input IGMP on eth1", "input UDP to 10.0.0.1:9788", "input UDP to 10.1.0.1:9788"],
  ],
] as const)
  test(`what a firewall has to let through for ${name}`, () =>
    assert.deepEqual(
      neededOfSender(places, plan).map(({ packet: { hook, what } }) => `${hook} ${what}`),
      expected,
    ));

test("requests for lost packets are UDP that comes in, and without them the stream goes on", () => {
  const needs = neededOfSender([{ found: eth0, planned }], { listeners: [control], repair: control });
  assert.deepEqual(needs.at(-1), {
    packet: { what: "UDP to 10.0.0.1:9688", hook: "input", protocol: "udp", destination: "10.0.0.1", port: 9688, interface: "eth0" },
    level: "warn",
    why: "lost packets are not sent again to receivers on other hosts",
  });
});

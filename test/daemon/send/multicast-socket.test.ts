import assert from "node:assert/strict";
import { test } from "node:test";
import type { InterfaceSnapshot } from "../../../daemon/send/interfaces.ts";
import { MulticastSocket } from "../../../daemon/send/multicast-socket.ts";
import type { PacketSocketOptions } from "../../../daemon/send/packet-socket.ts";

const ROUTE = { group: "239.255.1.1", port: 5004, ttl: 1, loopback: true, interfaces: ["eth7"] };
const AWAY: InterfaceSnapshot = { present: [], routes: "", linkOf: () => "absent" };
const THERE: InterfaceSnapshot = { present: [{ name: "eth7", address: "10.7.0.1" }], routes: "", linkOf: () => "absent" };

/** A socket that is never sent on, what it has told, and what the kernel's part of it was opened with. */
function openSocket() {
  const told: (string | null)[] = [];
  const opened: PacketSocketOptions[] = [];
  const open = (options: PacketSocketOptions) => {
    opened.push(options);
    return { send: () => {}, maySchedule: false, schedule: () => {}, isUnderWay: false, close: () => {} };
  };
  const socket: MulticastSocket = new MulticastSocket("eth7", ROUTE, open, () => told.push(socket.state.problem));
  return { socket, told, opened };
}

test("an interface that is there again is well at once, also where nothing is sent", async () => {
  const { socket, told } = openSocket();
  await socket.maintain(0, THERE);
  await socket.maintain(10_000, AWAY);
  assert.match(socket.state.problem ?? "", /^eth7 is no interface or address of this host/);
  await socket.maintain(10_500, THERE);
  assert.equal(socket.state.problem, null);
  assert.deepEqual([told.length, told.at(-1)], [3, null]);
});

test("an interface that refused packets is well when it has taken some", async () => {
  const { socket, opened } = openSocket();
  await socket.maintain(0, THERE);
  opened[0]?.onOutcome({ kind: "refused", packets: 1, error: Object.assign(new Error("x"), { code: "ENETDOWN" }) });
  await socket.maintain(500, THERE);
  assert.equal(socket.state.problem, "eth7 (10.7.0.1): it is down");
  opened[1]?.onOutcome({ kind: "sent" });
  assert.equal(socket.state.problem, null);
});

test("why an interface is away is told as it is now: one that was down, and has been taken out since", async () => {
  const { socket, told, opened } = openSocket();
  await socket.maintain(0, THERE);
  opened[0]?.onOutcome({ kind: "refused", packets: 1, error: Object.assign(new Error("x"), { code: "ENETDOWN" }) });
  for (const ms of [500, 1000, 1500]) await socket.maintain(ms, AWAY);
  assert.equal(told.length, 3);
  assert.deepEqual(told.slice(1), [
    "eth7 (10.7.0.1): it is down",
    "eth7 is no interface or address of this host; there are none with an IPv4 address",
  ]);
});

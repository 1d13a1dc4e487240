import assert from "node:assert/strict";
import { test } from "node:test";
import type { InterfaceSnapshot } from "../../../daemon/send/interfaces.ts";
import { monotonicMs } from "../../../daemon/clock.ts";
import { MulticastSocket } from "../../../daemon/send/multicast-socket.ts";
import type { PacketSocketOptions, SendOutcome } from "../../../daemon/send/packet-socket.ts";

const ROUTE = { group: "239.255.1.1", port: 5004, ttl: 1, loopback: true, interfaces: ["eth7"] };
const AWAY: InterfaceSnapshot = { present: [], routes: "", linkOf: () => "absent" };
const THERE: InterfaceSnapshot = { present: [{ name: "eth7", address: "10.7.0.1" }], routes: "", linkOf: () => "absent" };

/** A socket that is never sent on, what it has told, and what the kernel's part of it was opened with. */
function openSocket(wanted = "eth7") {
  const told: (string | null)[] = [];
  const opened: PacketSocketOptions[] = [];
  const closed: PacketSocketOptions[] = [];
  const open = (options: PacketSocketOptions) => {
    opened.push(options);
    return { send: () => true, maySchedule: false, schedule: () => {}, isUnderWay: false, close: () => closed.push(options) };
  };
  const socket: MulticastSocket = new MulticastSocket(wanted, ROUTE, open, () => told.push(socket.state.problem));
  return { socket, told, opened, closed };
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
  opened[0]?.onOutcome({ kind: "refused", packets: 1, bytes: 100, error: Object.assign(new Error("x"), { code: "ENETDOWN" }) });
  await socket.maintain(500, THERE);
  assert.equal(socket.state.problem, "eth7 (10.7.0.1): it is down");
  opened[1]?.onOutcome({ kind: "sent" });
  assert.equal(socket.state.problem, null);
});

test("why an interface is away is told as it is now: one that was down, and has been taken out since", async () => {
  const { socket, told, opened } = openSocket();
  await socket.maintain(0, THERE);
  opened[0]?.onOutcome({ kind: "refused", packets: 1, bytes: 100, error: Object.assign(new Error("x"), { code: "ENETDOWN" }) });
  for (const ms of [500, 1000, 1500]) await socket.maintain(ms, AWAY);
  assert.equal(told.length, 3);
  assert.deepEqual(told.slice(1), [
    "eth7 (10.7.0.1): it is down",
    "eth7 is no interface or address of this host; there are none with an IPv4 address",
  ]);
});

const refusal = (): SendOutcome => ({ kind: "refused", packets: 1, bytes: 100, error: Object.assign(new Error("x"), { code: "EPERM" }) });

test("a firewall that refuses some packets costs none of the others: the socket stays, and it is told once", async () => {
  const { socket, told, opened, closed } = openSocket();
  const startMs = monotonicMs();
  await socket.maintain(startMs, THERE);
  for (let second = 0; second < 5; second++) {
    opened[0]?.onOutcome(refusal());
    opened[0]?.onOutcome({ kind: "sent" });
    for (const part of [0, 0.5]) await socket.maintain(monotonicMs() + part, THERE);
  }
  assert.deepEqual([opened.length, closed.length], [1, 0]);
  assert.deepEqual(told.slice(1), ["eth7 (10.7.0.1): a firewall rule on this host refuses packets (streamctl doctor, as root, names it)"]);
  assert.equal(socket.state.isCutOff, false);
  await socket.maintain(monotonicMs() + 3100, THERE);
  assert.deepEqual([told.length, socket.state.problem], [3, null]);
});

test("an interface on which a firewall refuses everything is cut off, until it lets something through", async () => {
  const { socket, opened } = openSocket();
  await socket.maintain(monotonicMs(), THERE);
  for (let look = 0; look < 3; look++) {
    opened[0]?.onOutcome(refusal());
    await socket.maintain(monotonicMs(), THERE);
  }
  assert.equal(socket.state.isCutOff, true);
  opened[0]?.onOutcome({ kind: "sent" });
  assert.equal(socket.state.isCutOff, false);
});

test("a line that drops packets is told once until it has dropped none for a while, and is not cut off", async () => {
  const { socket, told, opened, closed } = openSocket();
  await socket.maintain(monotonicMs(), THERE);
  for (let drop = 0; drop < 5; drop++) {
    opened[0]?.onOutcome({ kind: "dropped", packets: 3, bytes: 300 });
    await socket.maintain(monotonicMs(), THERE);
  }
  await socket.maintain(monotonicMs() + 14_000, THERE);
  assert.deepEqual([told.length, closed.length, socket.sendErrors, socket.state.isCutOff], [2, 0, 15, false]);
  assert.match(socket.state.problem ?? "", /^eth7 \(10\.7\.0\.1\): the line takes less than is sent/);
  await socket.maintain(monotonicMs() + 16_000, THERE);
  assert.equal(socket.state.problem, null);
});

test("a route that is away ends nothing, as long as its interface is there", async () => {
  const { socket, told, opened, closed } = openSocket("auto");
  const route = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\neth7\t00000000\t00000000\t0001\t0\t0\t0\t00000000\n";
  await socket.maintain(0, { ...THERE, routes: route });
  await socket.maintain(10_000, THERE);
  assert.deepEqual([told.length, opened.length, closed.length, socket.state.problem], [1, 1, 0, null]);
  await socket.maintain(20_000, AWAY);
  assert.match(socket.state.problem ?? "", /^no multicast route and no default route/);
});

test("what is unsent is what the kernel refused, also of a socket that was closed since, and what came while there was none", async () => {
  const { socket, opened } = openSocket();
  const packets = [{ bytes: new Uint8Array(40), port: 5004 }];
  assert.equal(socket.send(packets), false);
  socket.schedule([{ atMs: 0, packets, shown: null }], true);
  assert.deepEqual([socket.unsent, socket.sendErrors], [{ packets: 2, bytes: 80 }, 0]);
  await socket.maintain(0, THERE);
  assert.equal(socket.send(packets), true);
  const down = { kind: "refused", packets: 1, bytes: 100, error: Object.assign(new Error("x"), { code: "ENETDOWN" }) } as const;
  opened[0]?.onOutcome(down);
  opened[0]?.onOutcome(down);
  assert.deepEqual([socket.unsent, socket.sendErrors], [{ packets: 4, bytes: 280 }, 2]);
});

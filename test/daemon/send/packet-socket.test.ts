/** The three kinds of socket that packets leave by, on loopback; and what only a kernel without room would do, by calls that pretend to be one. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { constants } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, describe, test } from "node:test";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import koffi from "koffi";
import { openNodeSocket } from "../../../daemon/send/node-socket.ts";
import { MOST_QUEUED_BYTES } from "../../../daemon/send/packet-socket.ts";
import type { OpenPacketSocket, Packet, SendOutcome } from "../../../daemon/send/packet-socket.ts";
import { monotonicMs } from "../../../daemon/clock.ts";
import { ScheduledPackets } from "../../../daemon/send/scheduled-packets.ts";
import { SubmissionRing } from "../../../daemon/send/submission-ring.ts";
import { loadPacketSockets } from "../../../daemon/send/socket-kind.ts";
import { loadSystemCalls, MESSAGE_BYTES, SOCKADDR_IN_BYTES } from "../../../daemon/send/system-calls.ts";
import { createSystemSockets } from "../../../daemon/send/system-socket.ts";
import { STOPPED_SENDER_LASTS_MS, STOPPED_SENDER_PACKETS } from "./stopped-sender.ts";

const LOOPBACK = "127.0.0.1";
/** Of UDP over IPv4. */
const LARGEST_BYTES = 65_507;

const scheduled = new ScheduledPackets(new SubmissionRing());
after(() => scheduled.close());
const openKernelSocket = createSystemSockets(loadSystemCalls(), scheduled);

const kinds: readonly (readonly [string, OpenPacketSocket])[] = [
  ["kernel", openKernelSocket],
  ["system", createSystemSockets()],
  ["node", openNodeSocket],
];

/** A packet that tells its number and is filled with it. */
function packet(number: number, bytes: number, port: number): Packet {
  const content = new Uint8Array(bytes).fill(number % 251);
  new DataView(content.buffer).setUint16(0, number);
  return { bytes: content, port };
}

/** Of a `struct mmsghdr`, which names a `struct sockaddr_in` by its address. */
function portOf(messages: Uint8Array, index: number): number {
  const at = new DataView(messages.buffer).getBigUint64(index * MESSAGE_BYTES, true);
  return new DataView(koffi.view(at, SOCKADDR_IN_BYTES)).getUint16(2);
}

async function listen(context: TestContext): Promise<{ readonly port: number; readonly next: () => Promise<Buffer> }> {
  const socket = createSocket("udp4");
  const arrived: Buffer[] = [];
  const waiting: ((datagram: Buffer) => void)[] = [];
  socket.on("message", (datagram) => {
    const first = waiting.shift();
    if (first === undefined) arrived.push(datagram);
    else first(datagram);
  });
  socket.bind(0, LOOPBACK);
  await once(socket, "listening");
  context.after(() => socket.close());
  const next = async (): Promise<Buffer> => arrived.shift() ?? new Promise((resolve) => waiting.push(resolve));
  return { port: socket.address().port, next };
}

for (const [kind, open] of kinds) {
  describe(`a socket of kind ${kind}`, () => {
    const options = { ttl: 1, loopback: true, address: LOOPBACK };

    test("sends what it is given, unchanged and in order, to the port of each packet", async (context) => {
      const outcomes: SendOutcome[] = [];
      const [one, other] = [await listen(context), await listen(context)];
      const socket = await open({ ...options, group: LOOPBACK, onOutcome: (outcome) => outcomes.push(outcome) });
      context.after(() => socket.close());
      const sizes = [2, 1292, 1400, 3, LARGEST_BYTES, 40_000, 40_000];
      socket.send([]);
      socket.send(sizes.map((bytes, number) => packet(number, bytes, one.port)));
      socket.send([packet(99, 12, other.port)]);
      for (const [number, bytes] of sizes.entries()) assert.deepEqual(await one.next(), Buffer.from(packet(number, bytes, one.port).bytes));
      assert.deepEqual(await other.next(), Buffer.from(packet(99, 12, other.port).bytes));
      assert.deepEqual(outcomes, [{ kind: "sent" }]);
    });

    test("sends more packets than one call takes", async (context) => {
      const { port, next } = await listen(context);
      const socket = await open({ ...options, group: LOOPBACK, onOutcome: () => {} });
      context.after(() => socket.close());
      const packets = Array.from({ length: 130 }, (_, number) => packet(number, 300, port));
      socket.send(packets);
      for (const { bytes } of packets) assert.deepEqual(await next(), Buffer.from(bytes));
    });

    test("tells what the kernel refuses, by the error's name", async (context) => {
      const refused = Promise.withResolvers<SendOutcome>();
      // Nobody may broadcast who has not asked to.
      const socket = await open({ ...options, group: "255.255.255.255", onOutcome: refused.resolve });
      context.after(() => socket.close());
      socket.send([packet(1, 100, 9), packet(2, 100, 9)]);
      const outcome = await refused.promise;
      assert.ok(outcome.kind === "refused");
      assert.equal((outcome.error as NodeJS.ErrnoException).code, "EACCES");
    });

    test("is not opened on an address that is not this host's", async () => {
      const opened = async () => open({ ...options, address: "192.0.2.1", group: LOOPBACK, onOutcome: () => {} });
      await assert.rejects(opened, { code: "EADDRNOTAVAIL" });
    });
  });
}

describe("packets that are scheduled", () => {
  const options = { ttl: 1, loopback: true, address: LOOPBACK, group: LOOPBACK };
  const DEADLINE_MS = 5000;
  /** What has landed is heard of when it is asked for. */
  const collectUntil = async (isDone: () => boolean): Promise<void> => {
    for (const endMs = monotonicMs() + DEADLINE_MS; !isDone() && monotonicMs() < endMs;) {
      scheduled.collect();
      await delay(5);
    }
    assert.ok(isDone(), "nothing was heard of it");
  };

  test("leave by themselves, in order and not before their time, while this thread is busy; of pictures it is told when", async (context) => {
    const outcomes: SendOutcome[] = [];
    const shown: { dueMs: number; leftMs: number }[] = [];
    const { port, next } = await listen(context);
    const socket = openKernelSocket({
      ...options,
      onOutcome: (outcome) => outcomes.push(outcome),
      onShown: ({ dueMs }, leftMs) => shown.push({ dueMs, leftMs }),
    });
    context.after(() => socket.close());
    assert.ok(socket.maySchedule);
    const startMs = monotonicMs() + 10;
    const moments = Array.from({ length: 8 }, (_, moment) => ({
      atMs: startMs + moment * 5,
      packets: [packet(2 * moment, 1300, port), packet(2 * moment + 1, LARGEST_BYTES / 4, port)],
      shown: moment % 2 === 0 ? { dueMs: startMs + moment * 5, capturedMs: null } : null,
    }));
    socket.schedule(moments.slice(0, 5), true);
    socket.schedule(moments.slice(5), true);
    assert.ok(socket.isUnderWay);
    let busyUntilMs = monotonicMs();
    while (busyUntilMs < startMs + 60) busyUntilMs = monotonicMs();
    for (const { bytes } of moments.flatMap(({ packets }) => packets)) assert.deepEqual(await next(), Buffer.from(bytes));
    await collectUntil(() => !socket.isUnderWay);
    assert.deepEqual(outcomes, [{ kind: "sent" }]);
    assert.deepEqual(
      shown.map(({ dueMs }) => dueMs),
      moments.flatMap(({ shown: picture }) => (picture === null ? [] : [picture.dueMs])),
    );
    // None of them waited for this thread. A tenth of a millisecond is what two clocks differ by.
    for (const { dueMs, leftMs } of shown) assert.ok(leftMs >= dueMs - 0.1 && leftMs <= busyUntilMs + 0.1, `${leftMs - dueMs}`);
  });

  for (const [direction, shiftMs] of [
    ["forward", 3_600_000],
    ["back", -3_600_000],
  ] as const)
    test(`of pictures that left just before the system clock was set ${direction} it is told when`, async (context) => {
      let setByMs = 0;
      const calls = loadSystemCalls();
      const open = createSystemSockets({ ...calls, wallMs: () => calls.wallMs() + setByMs }, scheduled);
      const shown: number[] = [];
      const { port, next } = await listen(context);
      const socket = open({ ...options, onOutcome: () => {}, onShown: (_, leftMs) => shown.push(leftMs) });
      context.after(() => socket.close());
      for (const byMs of [0, shiftMs]) {
        const dueMs = monotonicMs();
        socket.schedule([{ atMs: dueMs, packets: [packet(1, 100, port)], shown: { dueMs, capturedMs: null } }], true);
        await next();
        setByMs = byMs;
        shown.length = 0;
        await collectUntil(() => shown.length === 1);
        const leftMs = shown[0] ?? Number.NaN;
        assert.ok(leftMs >= dueMs - 0.1 && leftMs <= monotonicMs() + 0.1, `${leftMs - dueMs}`);
      }
    });

  test("leave in the order in which they were handed over, though all of them are late", async (context) => {
    const { port, next } = await listen(context);
    const child = spawn(process.execPath, [join(import.meta.dirname, "stopped-sender.ts"), `${port}`], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    context.after(() => child.kill("SIGKILL"));
    await once(createInterface({ input: child.stdout }), "line");
    // As while the host of a virtual machine is busy: nothing runs until all of it is overdue.
    child.kill("SIGSTOP");
    await delay(STOPPED_SENDER_LASTS_MS + 100);
    child.kill("SIGCONT");
    const arrived: number[] = [];
    while (arrived.length < STOPPED_SENDER_PACKETS) arrived.push((await next()).readUInt16BE(0));
    assert.deepEqual(
      arrived,
      Array.from({ length: STOPPED_SENDER_PACKETS }, (_, number) => number),
    );
  });

  test("that the kernel refuses are counted, and told by the error's name", async (context) => {
    const outcomes: SendOutcome[] = [];
    const socket = openKernelSocket({ ...options, group: "255.255.255.255", onOutcome: (outcome) => outcomes.push(outcome) });
    context.after(() => socket.close());
    const atMs = monotonicMs();
    socket.schedule([{ atMs, packets: [packet(1, 100, 9), packet(2, 150, 9)], shown: null }], true);
    await collectUntil(() => outcomes.length > 0);
    const [outcome] = outcomes;
    assert.ok(outcome?.kind === "refused" && outcomes.length === 1);
    assert.deepEqual([outcome.packets, outcome.bytes, (outcome.error as NodeJS.ErrnoException).code], [2, 250, "EACCES"]);
  });

  test("are all accounted for, though more were refused than the kernel has room to tell at once", async (context) => {
    let refused = 0;
    const onOutcome = (outcome: SendOutcome): void => void (refused += outcome.kind === "refused" ? outcome.packets : 0);
    const socket = openKernelSocket({ ...options, group: "255.255.255.255", onOutcome });
    context.after(() => socket.close());
    const packets = Array.from({ length: 120 }, (_, number) => packet(number, 100, 9));
    for (let call = 0; call < 20; call++) socket.schedule([{ atMs: monotonicMs(), packets, shown: null }], true);
    await delay(50);
    await collectUntil(() => !socket.isUnderWay);
    assert.equal(refused, 2400);
  });

  test("leave after their socket was closed, too, and nothing is told of it", async (context) => {
    const outcomes: SendOutcome[] = [];
    const { port, next } = await listen(context);
    const socket = openKernelSocket({ ...options, onOutcome: (outcome) => outcomes.push(outcome) });
    socket.schedule([{ atMs: monotonicMs() + 20, packets: [packet(7, 100, port)], shown: null }], true);
    socket.close();
    // Had the descriptor been given back, this would be it.
    const another = openKernelSocket({ ...options, onOutcome: () => {} });
    context.after(() => another.close());
    assert.deepEqual(await next(), Buffer.from(packet(7, 100, port).bytes));
    await collectUntil(() => !socket.isUnderWay);
    assert.deepEqual(outcomes, []);
  });

  test("that are refused when their socket was closed are told of all the same", async () => {
    const outcomes: SendOutcome[] = [];
    const socket = openKernelSocket({ ...options, group: "255.255.255.255", onOutcome: (outcome) => outcomes.push(outcome) });
    socket.schedule([{ atMs: monotonicMs() + 20, packets: [packet(7, 100, 9)], shown: null }], true);
    socket.close();
    await collectUntil(() => outcomes.length > 0);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ["refused"],
    );
  });

  test("that are more than the kernel is told at once are dropped and counted, and the line counts as full", async (context) => {
    const outcomes: SendOutcome[] = [];
    const socket = openKernelSocket({ ...options, onOutcome: (outcome) => outcomes.push(outcome) });
    context.after(() => socket.close());
    const packets = Array.from({ length: 300 }, (_, number) => packet(number, 100, 9));
    socket.schedule([{ atMs: monotonicMs(), packets, shown: null }], true);
    assert.deepEqual(outcomes, [{ kind: "dropped", packets: 300, bytes: 30_000 }]);
    assert.ok(!socket.maySchedule);
  });
});

describe("a kernel without room", () => {
  /** Takes so many packets, in all, and says that it has no room for the next. */
  function openNarrow() {
    const kernel = { room: 0, errno: constants.errno.EAGAIN, taken: 0 };
    const outcomes: SendOutcome[] = [];
    const sendMessages = (_socket: number, _messages: Uint8Array, count: number): number => {
      const taken = Math.min(count, kernel.room);
      kernel.room -= taken;
      kernel.taken += taken;
      return taken === 0 ? -kernel.errno : taken;
    };
    const open = createSystemSockets({ ...loadSystemCalls(), sendMessages });
    const socket = open({ ttl: 1, loopback: true, address: LOOPBACK, group: LOOPBACK, onOutcome: (outcome) => outcomes.push(outcome) });
    return { kernel, outcomes, socket };
  }

  test("gets the rest with the next packets", (context) => {
    const { kernel, outcomes, socket } = openNarrow();
    context.after(() => socket.close());
    kernel.room = 3;
    socket.send(Array.from({ length: 5 }, (_, number) => packet(number, 100, 9)));
    assert.deepEqual([kernel.taken, outcomes], [3, []]);
    kernel.room = 100;
    socket.send([]);
    assert.deepEqual([kernel.taken, outcomes], [5, [{ kind: "sent" }]]);
  });

  test("makes the newest be dropped and counted, beyond what may wait", (context) => {
    const { kernel, outcomes, socket } = openNarrow();
    context.after(() => socket.close());
    const fitting = Math.floor(MOST_QUEUED_BYTES / 1000);
    socket.send(Array.from({ length: fitting }, (_, number) => packet(number, 1000, 9)));
    assert.deepEqual(outcomes, []);
    socket.send([packet(1, 1000, 9), packet(2, 1000, 9)]);
    assert.deepEqual(outcomes, [{ kind: "dropped", packets: 2, bytes: 2000 }]);
    kernel.room = 10_000;
    socket.send([]);
    assert.equal(kernel.taken, fitting);
    kernel.room = 0;
    socket.send([packet(3, 1000, 9)]);
    socket.close();
    assert.deepEqual(outcomes.at(-1), { kind: "dropped", packets: 1, bytes: 1000 }, "what waits when it is closed");
  });

  test("which is interrupted is asked again; another error is told with all that it concerns", (context) => {
    const { kernel, outcomes, socket } = openNarrow();
    context.after(() => socket.close());
    kernel.errno = constants.errno.ENETUNREACH;
    kernel.room = 1;
    assert.equal(socket.send([packet(1, 100, 9), packet(2, 100, 9), packet(3, 100, 9)]), true, "the first of them");
    const [outcome] = outcomes;
    assert.ok(outcome?.kind === "refused");
    assert.deepEqual([outcome.packets, outcome.bytes, (outcome.error as NodeJS.ErrnoException).code], [2, 200, "ENETUNREACH"]);
    assert.equal(socket.send([packet(4, 100, 9)]), false);
  });
});

test("of what a firewall refuses the others leave, and that they do is told anew", (context) => {
  const refusedPort = 7;
  const isRefusedAt = (messages: Uint8Array, index: number): boolean => portOf(messages, index) === refusedPort;
  const taken: number[] = [];
  // As the kernel does: up to the first that is refused, which is told when it comes first.
  const sendMessages = (_socket: number, messages: Uint8Array, count: number): number => {
    if (isRefusedAt(messages, 0)) return -constants.errno.EPERM;
    let index = 0;
    for (; index < count && !isRefusedAt(messages, index); index++) taken.push(portOf(messages, index));
    return index;
  };
  const outcomes: string[] = [];
  const open = createSystemSockets({ ...loadSystemCalls(), sendMessages });
  const socket = open({
    ttl: 1,
    loopback: true,
    address: LOOPBACK,
    group: LOOPBACK,
    onOutcome: (outcome) => outcomes.push(outcome.kind === "sent" ? "sent" : `${outcome.kind} ${outcome.packets}`),
  });
  context.after(() => socket.close());
  const areFirstTaken = [[5, 7, 7, 6, 7], [8], [9], [7, 9]].map((ports) => socket.send(ports.map((port) => packet(port, 100, port))));
  assert.deepEqual(taken, [5, 6, 8, 9, 9]);
  assert.deepEqual(areFirstTaken, [true, true, true, false]);
  assert.deepEqual(outcomes, ["sent", "refused 3", "sent", "refused 1"]);
});

test("the kind that is asked for is taken where it can be had", async () => {
  assert.equal((await loadPacketSockets("node")).open, openNodeSocket);
  for (const kind of ["kernel", "system"] as const) {
    const sockets = await loadPacketSockets(kind);
    assert.deepEqual([sockets.kind, sockets.problem], [kind, null]);
    sockets.close();
  }
});

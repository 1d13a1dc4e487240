/** The two kinds of socket that packets leave by, on loopback; and what only a kernel without room would do, by calls that pretend to be one. */

import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { constants } from "node:os";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";
import { openNodeSocket } from "../../../daemon/send/node-socket.ts";
import { MOST_QUEUED_BYTES } from "../../../daemon/send/packet-socket.ts";
import type { OpenPacketSocket, Packet, SendOutcome } from "../../../daemon/send/packet-socket.ts";
import { loadPacketSockets } from "../../../daemon/send/socket-kind.ts";
import { loadSystemCalls } from "../../../daemon/send/system-calls.ts";
import { createSystemSockets } from "../../../daemon/send/system-socket.ts";

const LOOPBACK = "127.0.0.1";
/** Of UDP over IPv4. */
const LARGEST_BYTES = 65_507;

const kinds: readonly (readonly [string, OpenPacketSocket])[] = [
  ["system", createSystemSockets()],
  ["node", openNodeSocket],
];

/** A packet that tells its number and is filled with it. */
function packet(number: number, bytes: number, port: number): Packet {
  const content = new Uint8Array(bytes).fill(number % 251);
  new DataView(content.buffer).setUint16(0, number);
  return { bytes: content, port };
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
    assert.deepEqual(outcomes, [{ kind: "dropped", packets: 2 }]);
    kernel.room = 10_000;
    socket.send([]);
    assert.equal(kernel.taken, fitting);
  });

  test("which is interrupted is asked again; another error is told with all that it concerns", (context) => {
    const { kernel, outcomes, socket } = openNarrow();
    context.after(() => socket.close());
    kernel.errno = constants.errno.ENETUNREACH;
    kernel.room = 1;
    socket.send([packet(1, 100, 9), packet(2, 100, 9), packet(3, 100, 9)]);
    const [outcome] = outcomes;
    assert.ok(outcome?.kind === "refused");
    assert.deepEqual([outcome.packets, (outcome.error as NodeJS.ErrnoException).code], [2, "ENETUNREACH"]);
  });
});

test("the kind that is asked for is taken where it can be had", async () => {
  assert.equal((await loadPacketSockets("node")).open, openNodeSocket);
  const system = await loadPacketSockets("system");
  assert.equal(system.problem, null);
  assert.notEqual(system.open, openNodeSocket);
});

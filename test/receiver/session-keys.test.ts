import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Params } from "../../control/contract/contract.ts";
import { RefusedError } from "../../control/client-error.ts";
import { parsePass, type Pass } from "../../control/pass.ts";
import { Access } from "../../daemon/access/access.ts";
import { joinSession, type Session } from "../../receiver/join/session.ts";
import { readU16 } from "../../wire/big-endian.ts";
import { RTP_HEADER_BYTES, writeRtpHeader } from "../../wire/rtp.ts";
import { SrtpSender } from "../../wire/srtp/index.ts";
import { handlersJoining, startServer } from "../control/fixture.ts";

const MASTER = new Uint8Array(30).fill(1);
/** As the server of the tests tells it. */
const SSRC = 1;

/** A server whose channel `main` is encrypted, and the sender of its packets. */
async function startEncrypted({ isAnnounced = true } = {}) {
  const sender = new SrtpSender(MASTER);
  const access: Access = new Access({
    masters: new Map([["main", MASTER]]),
    file: null,
    onKey: (_channel, master) => sender.setMaster(master),
    onKeyAhead: (channel, inMs) => {
      if (isAnnounced) running.server.publish("channel.key", { channel, inMs });
    },
    onEnded: (pass) => running.server.endPass(pass),
    addressesOf: (pass) => running.server.addressesOf(pass),
    log: { info: () => undefined, warn: () => undefined },
  });
  const handlers = handlersJoining(({ channel, pass }, caller) => access.admit(channel, pass, caller, null, Date.now()));
  const running = await startServer({ handlers });
  const makePass = async (more: Partial<Params<"pass.create">> = {}): Promise<Pass | null> => {
    const [made] = await access.create({ hosts: 1, count: 1, ...more }, Date.now());
    return parsePass(made?.pass ?? "");
  };
  const join = (pass: Pass | null): Promise<Session> =>
    joinSession([{ kind: "tcp", host: "127.0.0.1", port: running.port }], { channel: "main", transport: "auto", name: "hall", pass });
  return { running, access, sender, makePass, join };
}

/** What of the packets that are pushed into it a session opens. */
function opening({ keys }: Session) {
  const opened: number[] = [];
  const packets = keys?.protectedPackets();
  assert.ok(packets !== undefined);
  keys?.use(packets);
  const push = packets.before((_from, packet) => void opened.push(readU16(packet, 2)));
  return { push: (packet: Uint8Array) => push("video", packet), opened };
}

/** Fifty a second, numbered from 2 on. */
async function sendFor(ms: number, send: (sequence: number) => void): Promise<void> {
  const endMs = performance.now() + ms;
  for (let sequence = 2; performance.now() < endMs; sequence++) {
    send(sequence);
    await sleep(20);
  }
}

function rtp(sequence: number): Uint8Array {
  const packet = new Uint8Array(RTP_HEADER_BYTES + 8);
  writeRtpHeader(packet, 0, { payloadType: 26, marker: false, sequence, rtpTs: 1, ssrc: SSRC });
  return packet;
}

test("another key is asked for before it takes effect, and no packet stays closed; who may not be told it has no session any more", async () => {
  const { running, access, sender, makePass, join } = await startEncrypted();
  await using _ = running;
  const [ending, staying] = [await makePass(), await makePass()];
  const [out, on] = [await join(ending), await join(staying)];
  const [outOpening, onOpening] = [opening(out), opening(on)];
  await access.revoke(ending?.id ?? "");
  const send = (sequence: number): void => {
    const packet = sender.protect(rtp(sequence));
    for (const { push } of [outOpening, onOpening]) push(packet);
  };
  send(1);
  assert.deepEqual([outOpening.opened, onOpening.opened], [[1], [1]]);
  assert.equal(await out.lost, "away");
  await sendFor(3500, send);
  assert.ok(outOpening.opened.length < onOpening.opened.length - 10);
  assert.equal(onOpening.opened.length, new Set(onOpening.opened).size);
  await assert.rejects(join(ending), (error) => error instanceof RefusedError && /mistyped, or was revoked/.test(error.message));
  on.close();
  await on.lost;
  access.close();
});

test("a key whose announcement was missed is asked for once nothing opens any more", async () => {
  const { running, access, sender, makePass, join } = await startEncrypted({ isAnnounced: false });
  await using _ = running;
  const [ending, staying] = [await makePass(), await makePass()];
  const [out, on] = [await join(ending), await join(staying)];
  const { push, opened } = opening(on);
  await access.revoke(ending?.id ?? "");
  await sendFor(4500, (sequence) => push(sender.protect(rtp(sequence))));
  const closed = opened.findIndex((sequence, at) => at > 0 && sequence !== (opened[at - 1] ?? 0) + 1);
  assert.ok(closed > 0 && opened.length > closed, `${opened.length} opened, the first ${closed} in a row`);
  for (const session of [out, on]) session.close();
  await Promise.all([out.lost, on.lost]);
  access.close();
});

test("a pass for one host lets that host in again, and no other", async () => {
  const { running, access, makePass, join } = await startEncrypted();
  await using _ = running;
  const pass = await makePass();
  const [first, again] = [await join(pass), await join(pass)];
  assert.deepEqual(running.server.addressesOf(pass?.id ?? ""), ["127.0.0.1"]);
  for (const session of [first, again]) session.close();
  await Promise.all([first.lost, again.lost]);
  access.close();
});

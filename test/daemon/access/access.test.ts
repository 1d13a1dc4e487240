import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { Params } from "../../../control/contract/contract.ts";
import { ControlError } from "../../../control/contract/errors.ts";
import { decryptWith, noncesOf, parsePass, passProof, type Pass } from "../../../control/pass.ts";
import { Access, type AccessOptions } from "../../../daemon/access/access.ts";

const MASTER = new Uint8Array(30).fill(1);
const DAEMONS = "0123456789abcdef0123456789abcdef";
const CLIENTS = "fedcba9876543210fedcba9876543210";
const NONCES = noncesOf(DAEMONS, CLIENTS);
const FROM = { address: "10.77.0.2", nonce: DAEMONS };
const NOW_MS = 1_800_000_000_000;

function open(more: Partial<AccessOptions> = {}) {
  const told: string[] = [];
  const access = new Access({
    masters: new Map([
      ["film", MASTER],
      ["show", MASTER],
    ]),
    file: null,
    onKey: (channel, master) => void told.push(`key ${channel} ${master.length}`),
    onKeyAhead: (channel, inMs) => void told.push(`ahead ${channel} ${inMs}`),
    onEnded: (pass) => void told.push(`ended ${pass}`),
    addressesOf: () => ["10.77.0.2"],
    log: { info: () => undefined, warn: () => undefined },
    ...more,
  });
  return { access, told };
}

async function create(access: Access, more: Partial<Params<"pass.create">> = {}): Promise<Pass> {
  const [made] = await access.create({ hosts: 1, count: 1, ...more }, NOW_MS);
  const pass = parsePass(made?.pass ?? "");
  assert.ok(pass !== null);
  return pass;
}

function proofOf(pass: Pass, channel = "film", nonces = NONCES): Params<"session.join">["pass"] {
  return { id: pass.id, nonce: CLIENTS, proof: passProof(pass, channel, nonces) };
}

function refused(message: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof ControlError && message.test(error.message);
}

test("a channel that is not encrypted is for everybody, with a pass or without", () => {
  const { access } = open();
  assert.deepEqual(access.admit("open", undefined, FROM, null, NOW_MS), { protection: null, pass: null });
  assert.deepEqual(access.admit("open", { id: "AAAAA", nonce: CLIENTS, proof: "0".repeat(64) }, FROM, null, NOW_MS), {
    protection: null,
    pass: null,
  });
});

test("who proves a pass is told the key so that only its holder can read it, and how often the numbers have begun again", async () => {
  const { access } = open();
  const pass = await create(access, { hosts: 3 });
  const { protection, pass: known } = access.admit("film", proofOf(pass), FROM, { video: 2, audio: 1 }, NOW_MS);
  assert.deepEqual(known, { id: pass.id, hosts: 3 });
  assert.deepEqual(protection?.rollover, { video: 2, audio: 1 });
  assert.equal(protection?.encrypted, true);
  assert.deepEqual(decryptWith(pass, NONCES, protection?.keys[0] ?? ""), MASTER);
  assert.doesNotMatch(JSON.stringify(protection), new RegExp(Buffer.from(MASTER).toString("base64").slice(0, 10)));
});

test("an operator at the Unix socket needs no pass, one over TCP does", () => {
  const { access } = open();
  const { protection } = access.admit("film", undefined, { address: "unix", nonce: null }, null, NOW_MS);
  assert.deepEqual(protection, {
    suite: "AES_CM_128_HMAC_SHA1_80",
    encrypted: false,
    keys: [Buffer.from(MASTER).toString("base64")],
    rollover: { video: 0, audio: 0 },
  });
  assert.throws(() => access.admit("film", undefined, FROM, null, NOW_MS), refused(/film is for who has a pass: give it with --pass/));
});

test("what is wrong with a pass is told to its holder alone", async () => {
  const { access } = open();
  const pass = await create(access, { channels: ["show"], validForMs: 60_000 });
  const stranger = { ...pass, secret: "0".repeat(20) };
  const admit = (proof: Params<"session.join">["pass"], nowMs = NOW_MS, channel = "film", caller = FROM) =>
    access.admit(channel, proof, caller, null, nowMs);
  const notGood = refused(/^the pass .{5}-… is not good here: it is mistyped, or was revoked$/);
  assert.throws(() => admit(proofOf({ id: "ZZZZZ", secret: pass.secret })), notGood);
  assert.throws(() => admit(proofOf(stranger), NOW_MS + 60_000), notGood);
  assert.throws(() => admit(proofOf(pass, "film", "another nonce")), notGood);
  assert.throws(() => admit(proofOf(pass, "show"), NOW_MS, "film"), notGood);
  assert.throws(() => admit({ id: pass.id, nonce: DAEMONS, proof: passProof(pass, "show", NONCES) }, NOW_MS, "show"), notGood);
  assert.throws(() => admit(proofOf(pass)), refused(/is for show, not for film$/));
  assert.throws(() => admit(proofOf(pass, "show"), NOW_MS + 60_000, "show"), refused(/^the time of the pass .{5}-… is over$/));
  assert.throws(() => access.admit("film", proofOf(pass), { ...FROM, nonce: null }, null, NOW_MS), refused(/call server\.hello first/));
  assert.ok(admit(proofOf(pass, "show"), NOW_MS + 59_999, "show").protection !== null);
});

test("a pass that was used takes its channel's key with it: announced, and changed three seconds later", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { access, told } = open();
  const [gone, stays] = [await create(access), await create(access)];
  for (const pass of [gone, stays]) access.admit("film", proofOf(pass), FROM, null, NOW_MS);
  await access.revoke(gone.id);
  assert.deepEqual(told, [`ended ${gone.id}`, "ahead film 3000"]);
  const { protection } = access.admit("film", proofOf(stays), FROM, null, NOW_MS);
  const [current = "", next = ""] = protection?.keys ?? [];
  assert.deepEqual(decryptWith(stays, NONCES, current), MASTER);
  assert.notDeepEqual(decryptWith(stays, NONCES, next), MASTER);
  context.mock.timers.tick(3000);
  assert.deepEqual(told.slice(2), ["key film 30"]);
  assert.equal(access.admit("film", proofOf(stays), FROM, null, NOW_MS).protection?.keys.length, 1);
});

test("two that end one after the other are one change, or two where the second was told the next key", async (context: TestContext) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { access, told } = open();
  const passes = [await create(access), await create(access), await create(access)] as const;
  for (const pass of passes) access.admit("film", proofOf(pass), FROM, null, NOW_MS);
  await access.revoke(passes[0].id);
  await access.revoke(passes[1].id);
  access.admit("film", proofOf(passes[2]), FROM, null, NOW_MS);
  await access.revoke(passes[2].id);
  context.mock.timers.tick(3000);
  context.mock.timers.tick(3000);
  context.mock.timers.tick(3000);
  assert.deepEqual(
    told.filter((line) => !line.startsWith("ended")),
    ["ahead film 3000", "key film 30", "ahead film 3000", "key film 30"],
  );
});

test("the end of its time ends a pass; one that nobody used changes no key", async () => {
  const { access, told } = open();
  const pass = await create(access, { validForMs: 5000 });
  access.look(NOW_MS + 4999);
  assert.deepEqual(told, []);
  access.look(NOW_MS + 5000);
  access.look(NOW_MS + 6000);
  assert.deepEqual(told, [`ended ${pass.id}`]);
  assert.deepEqual(
    access.list({ limit: 100 }, NOW_MS + 6000).map(({ id, isOver, watching }) => ({ id, isOver, watching })),
    [{ id: pass.id, isOver: true, watching: ["10.77.0.2"] }],
  );
  access.close();
});

test("passes are listed by pages", async () => {
  const { access } = open();
  await access.create({ hosts: 1, count: 5 }, NOW_MS);
  const all = access.list({ limit: 100 }, NOW_MS).map(({ id }) => id);
  assert.equal(all.length, 5);
  const first = access.list({ limit: 2 }, NOW_MS).map(({ id }) => id);
  const second = access.list({ after: first[1], limit: 100 }, NOW_MS).map(({ id }) => id);
  assert.deepEqual([...first, ...second], all);
});

test("a pass for a channel that wants none, and one that is not there, are refused in words", async () => {
  const { access } = open();
  await assert.rejects(
    access.create({ channels: ["film", "door"], hosts: 1, count: 1 }, NOW_MS),
    refused(/^door needs no pass, or is no channel; film, show do$/),
  );
  await assert.rejects(
    open({ masters: new Map() }).access.create({ hosts: 1, count: 1 }, NOW_MS),
    refused(/^no channel wants a pass; set access: pass/),
  );
  await assert.rejects(access.revoke("ZZZZZ"), refused(/^there is no pass ZZZZZ; pass list shows/));
});

test("passes that cannot be kept are good all the same, and the log says so", async () => {
  const lines: string[] = [];
  const { access } = open({ log: { info: () => undefined, warn: (line) => void lines.push(line) } });
  for (let count = 0; count < 3; count++) await create(access);
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /^passes are forgotten at a restart: /);
});

test("who revokes a pass is told if it would be good again after a restart", async () => {
  const { access, told } = open({ file: { found: [], problem: null, save: () => Promise.resolve("the disk is full") } });
  const pass = await create(access);
  await assert.rejects(
    access.revoke(pass.id),
    refused(/^.{5} has ended, but would be good again after a restart of the daemon: the disk is full$/),
  );
  assert.deepEqual(told, [`ended ${pass.id}`]);
  assert.throws(() => access.admit("film", proofOf(pass), FROM, null, NOW_MS), refused(/is not good here/));
});

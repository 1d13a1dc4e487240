import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { lockEntry, partPath, removeLeftovers } from "../../daemon/source/cache/directory.ts";
import { ownOwner, stateOf } from "../../daemon/source/cache/owner.ts";
import { temporaryFolder } from "./media.ts";

const folder = temporaryFolder();
const KEY = "0123456789abcdef0123456789abcdef";
const own = ownOwner();
const [pid, started, boot, namespace] = own.split("-");
const elsewhere = `${pid}-${started}-${boot}-1`;

test("an owner is alive only as the very process that it names", () => {
  for (const owner of [own, `${pid}-${started}-${boot}`, `${pid}-${started}-0-${namespace}`, `${pid}-${started}-${boot}-0`])
    assert.equal(stateOf(owner), "alive", owner);
  for (const owner of [`${pid}-${Number(started) + 1}-${boot}-${namespace}`, `4194304-1-${boot}-${namespace}`, `4194304-1-0`])
    assert.equal(stateOf(owner), "gone", owner);
  for (const owner of [elsewhere, `${pid}-${started}-00000000-${namespace}`, "", "x", `${pid}`, `0-${started}-${boot}`])
    assert.equal(stateOf(owner), "unseen", owner);
});

const asRoot = process.getuid?.() === 0 ? false : "needs root: sudo npm test";

test(
  "a service that sees of /proc but its own processes, and root outside it, take each other for alive",
  { skip: asRoot },
  async (context) => {
    const module = fileURLToPath(new URL("../../daemon/source/cache/owner.ts", import.meta.url));
    const script = `
    const { ownOwner, stateOf } = await import(${JSON.stringify(module)});
    console.log(JSON.stringify([ownOwner(), stateOf(${JSON.stringify(own)}), stateOf("4194304-1-${boot}-${namespace}")]));
    process.stdin.resume();`;
    // The module is read before the process becomes nobody, who may not reach it.
    const become = "process.setgroups([]); process.setgid(65534); process.setuid(65534);";
    const service = spawn(
      "unshare",
      [
        "--mount",
        "sh",
        "-c",
        'mount -t proc -o hidepid=invisible,subset=pid proc /proc && exec "$0" --input-type=module -e "$1"',
        process.execPath,
        script.replace("console.log", `${become} console.log`),
      ],
      { stdio: ["pipe", "pipe", "inherit"] },
    );
    context.after(() => service.kill());
    const said = await Promise.race([once(service.stdout, "data"), once(service, "close").then(() => null)]);
    if (said === null)
      return context.skip("unshare cannot make a mount namespace here (see above): not in a chroot, nor in most containers");
    const [owner, ours, nobodys] = JSON.parse(String(said[0]));
    assert.match(owner, /^\d+-\d+-0-\d+$/);
    assert.deepEqual([stateOf(owner), ours, nobodys], ["alive", "alive", "gone"]);
    service.stdin.end();
    await once(service, "close");
    assert.equal(stateOf(owner), "gone");
  },
);

test("what somebody out of sight is making is left alone while it is written, and goes when it is not any more", () => {
  const dir = mkdtempSync(join(folder, "cache-"));
  const part = join(dir, `${KEY}.${elsewhere}.part`);
  const lock = join(dir, `${KEY}.lock`);
  writeFileSync(lock, elsewhere);
  writeFileSync(part, "half a film");
  const age = (path: string): void => utimesSync(path, Date.now() / 1000 - 100, Date.now() / 1000 - 100);
  age(lock);
  assert.equal(lockEntry(dir, KEY), false);
  removeLeftovers(dir);
  assert.equal(readdirSync(dir).length, 2);
  age(part);
  assert.equal(lockEntry(dir, KEY), true);
  removeLeftovers(dir);
  assert.deepEqual(readdirSync(dir), [`${KEY}.lock`]);
});

test("what somebody out of sight has left goes also when the clock has been set back since", () => {
  const dir = mkdtempSync(join(folder, "cache-"));
  const lock = join(dir, `${KEY}.lock`);
  writeFileSync(lock, elsewhere);
  utimesSync(lock, Date.now() / 1000 + 86_400, Date.now() / 1000 + 86_400);
  assert.equal(lockEntry(dir, KEY), true);
});

test("what a process that is gone was making goes at once", () => {
  const dir = mkdtempSync(join(folder, "cache-"));
  writeFileSync(partPath(dir, KEY), "half a film");
  writeFileSync(join(dir, `${KEY}.4194304-1-${boot}-${namespace}.part`), "half a film");
  writeFileSync(join(dir, `${KEY}.lock`), `4194304-1-${boot}-${namespace}`);
  assert.equal(lockEntry(dir, KEY), true);
  removeLeftovers(dir);
  assert.deepEqual(readdirSync(dir).toSorted(), [`${KEY}.${own}.part`, `${KEY}.lock`].toSorted());
});

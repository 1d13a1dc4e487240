import assert from "node:assert/strict";
import { test } from "node:test";
import { connectControl } from "../../control/client.ts";
import { joinChannel } from "../../control/join-channel.ts";
import { encryptFor, noncesOf, type Pass } from "../../control/pass.ts";
import { handlersJoining, startServer } from "./fixture.ts";

const PASS: Pass = { id: "K7QXM", secret: "3HWPD9ZTB4D0F2A6YQ1C" };
const MASTER = new Uint8Array(30).fill(1);
const PLAIN = Buffer.from(MASTER).toString("base64");

/** What a client makes of these keys: for the nonces, as the daemon answers them. */
async function join(pass: Pass | null, encrypted: boolean, keysFor: (nonces: string) => string[]) {
  const handlers = handlersJoining((params, caller) => ({
    protection: {
      suite: "AES_CM_128_HMAC_SHA1_80",
      encrypted,
      keys: keysFor(noncesOf(caller.nonce ?? "", params.pass?.nonce ?? "")),
      rollover: { video: 2, audio: 1 },
    },
  }));
  await using running = await startServer({ handlers });
  const client = await connectControl({ kind: "tcp", host: "127.0.0.1", port: running.port });
  try {
    return (await joinChannel(client, { channel: "main" }, pass)).keys;
  } finally {
    client.close();
    await client.closed;
  }
}

test("keys are read that were encrypted for the pass, or told to who needs none", async () => {
  const keys = { masters: [MASTER, MASTER], rollover: { video: 2, audio: 1 } };
  assert.deepEqual(await join(PASS, true, (nonces) => [encryptFor(PASS, nonces, MASTER), encryptFor(PASS, nonces, MASTER)]), keys);
  assert.deepEqual(await join(null, false, () => [PLAIN, PLAIN]), keys);
});

for (const [what, pass, encrypted, keysFor] of [
  ["for another pass", PASS, true, (nonces: string) => [encryptFor({ ...PASS, secret: "0".repeat(20) }, nonces, MASTER)]],
  ["as it was recorded", PASS, true, (nonces: string) => [encryptFor(PASS, noncesOf(nonces.split(" ")[0] ?? "", "0".repeat(32)), MASTER)]],
  ["in clear though a pass was proved", PASS, false, () => [PLAIN]],
  ["encrypted though none was", null, true, () => [PLAIN]],
  ["of another length", PASS, true, (nonces: string) => [encryptFor(PASS, nonces, MASTER.subarray(1))]],
  ["in part", null, false, () => [PLAIN, "AAAA"]],
  ["not at all", null, false, () => []],
] as const)
  test(`a key that comes ${what} is refused`, () =>
    assert.rejects(
      join(pass, encrypted, (nonces) => [...keysFor(nonces)]),
      /^RefusedError: the key of main came other than it was sent$/,
    ));

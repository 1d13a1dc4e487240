import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { buildSdp, parseSdp, withKeyLines } from "../../wire/sdp.ts";
import { badSdpCases, sdpCases } from "./cases/sdp.ts";

describe("session descriptions", () => {
  for (const { title, text, session } of sdpCases) {
    test(`${title}: read`, () => assert.deepEqual(parseSdp(text), { ok: true, value: session }));
  }

  for (const { title, text, session } of sdpCases.filter((one) => one.isOurForm)) {
    test(`${title}: written`, () => assert.equal(buildSdp(session), text));
  }

  for (const { title, text, reason } of badSdpCases) {
    test(`${title}: refused with a reason`, () => assert.deepEqual(parseSdp(text), { ok: false, reason }));
  }

  test("a name with line ends in it cannot write lines of its own", () => {
    const [first] = sdpCases;
    assert.ok(first !== undefined);
    const text = buildSdp({
      ...first.session,
      name: "a\r\nm=audio 1 RTP/AVP 10",
      information: "\0\n",
      tool: "b\nc",
    });
    const parsed = parseSdp(text);
    assert.ok(parsed.ok);
    assert.deepEqual(parsed.value, {
      ...first.session,
      name: "a m=audio 1 RTP/AVP 10",
      information: null,
      tool: "b c",
    });
  });

  test("nor can an address", () => {
    const [first] = sdpCases;
    assert.ok(first !== undefined);
    const text = buildSdp({ ...first.session, originAddress: "a\nb", control: { host: "h\r\ni=x", port: 1 } });
    assert.ok(text.split("\r\n").every((line) => !/[\r\n]/.test(line) && line !== "b" && !line.startsWith("i=x")));
  });

  test("a session without a name is a hyphen, and a frame rate has three places at most", () => {
    const [first] = sdpCases;
    assert.ok(first !== undefined);
    const text = buildSdp({
      ...first.session,
      name: "",
      video: { port: 5004, size: null, fps: 24000 / 1001 },
    });
    assert.match(text, /^s=-\r$/m);
    assert.match(text, /^a=framerate:23\.976\r$/m);
  });

  test("a key stands at the end of each stream's description (RFC 4568)", () => {
    const [first] = sdpCases;
    assert.ok(first !== undefined);
    const text = buildSdp({ ...first.session, isEncrypted: true });
    const line = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${"A".repeat(40)}\r\n`;
    assert.equal(withKeyLines(text, new Uint8Array(30)), `${text.replace("m=audio", `${line}m=audio`)}${line}`);
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { ChannelInterfaces } from "../../../daemon/channel/interfaces.ts";

test("an interface that is lost is told by the name under which it is wanted", () => {
  const lines: string[] = [];
  const interfaces = new ChannelInterfaces((news) => "text" in news && lines.push(news.text));
  const hear = (wanted: string, problem: string | null): void =>
    interfaces.hear(
      [{ wanted, address: "10.7.0.1", problem, isCutOff: problem !== null }],
      problem === null && interfaces.states.length === 0,
    );
  hear("auto", null);
  hear("auto", "no multicast route and no default route; name an interface");
  hear("auto", null);
  hear("auto", "auto (10.7.0.1): it is down");
  hear("auto", "auto (10.7.0.1): it is gone");
  assert.equal(interfaces.states[0]?.problem, "auto (10.7.0.1): it is gone");
  assert.deepEqual(lines, [
    "interface auto: no multicast route and no default route; name an interface; sending there resumes by itself",
    "sending on auto (10.7.0.1) again",
    "interface auto (10.7.0.1): it is down; sending there resumes by itself",
  ]);
});

test("of an interface on which some packets leave it is not told that sending resumes", () => {
  const lines: string[] = [];
  const interfaces = new ChannelInterfaces((news) => "text" in news && lines.push(news.text));
  const state = { wanted: "eth0", address: "10.7.0.1", problem: null, isCutOff: false };
  interfaces.hear([state], true);
  interfaces.hear([{ ...state, problem: "eth0 (10.7.0.1): packets are dropped" }], false);
  assert.deepEqual(lines, ["interface eth0 (10.7.0.1): packets are dropped"]);
  assert.equal(interfaces.isCutOff, false);
});

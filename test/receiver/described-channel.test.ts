import assert from "node:assert/strict";
import { test } from "node:test";
import { DescribedChannel } from "../../receiver/join/described-channel.ts";
import type { Session } from "../../receiver/join/session.ts";
import type { Size } from "../../receiver/reassemble/picture-assembler.ts";
import type { ReceivedSession } from "../../wire/sdp.ts";

const HOST = "10.77.0.1";

function announced(changes: Partial<ReceivedSession> = {}): ReceivedSession {
  return {
    sessionId: "1",
    sessionVersion: "1",
    originAddress: HOST,
    name: "main",
    group: "239.255.1.1",
    ttl: 1,
    control: { host: HOST, port: 9688 },
    video: { port: 5004, size: { width: 500, height: 281 }, fps: 24 },
    audio: { port: 5006, sampleRateHz: 44_100, channels: 2, payloadType: 10 },
    ...changes,
  };
}

function followed(): {
  readonly channel: DescribedChannel;
  readonly lines: readonly string[];
  readonly hear: (changes: Partial<ReceivedSession>, heardFrom?: string) => void;
} {
  const lines: string[] = [];
  const channel = new DescribedChannel({ session: announced(), host: HOST, port: 9688 }, (line) => lines.push(line));
  const hear = (changes: Partial<ReceivedSession>, heardFrom = HOST): void =>
    channel.hear({ kind: "found", heard: { session: announced(changes), sdp: "", heardFrom } });
  return { channel, lines, hear };
}

async function isLost({ lost }: Session): Promise<boolean> {
  return (await Promise.race([lost, Promise.resolve(null)])) !== null;
}

test("a channel that its daemon announces with another group, other ports or another form of sound is joined anew there", async () => {
  const changes: readonly Partial<ReceivedSession>[] = [
    { group: "239.255.1.2" },
    { video: { port: 6004, size: null, fps: null } },
    { audio: { port: 5006, sampleRateHz: 48_000, channels: 1, payloadType: 96 } },
    { audio: null },
  ];
  for (const change of changes) {
    const { channel, lines, hear } = followed();
    const before = channel.session;
    hear({ sessionId: "2", ...change });
    assert.equal(await before.lost, "elsewhere");
    assert.equal(await isLost(channel.session), false);
    const { group, video, audio } = announced(change);
    assert.deepEqual(channel.session.group, { group, video: video?.port ?? null, audio: audio?.port ?? null });
    assert.deepEqual(lines, [`main is announced with the group ${group}:${video?.port ?? ""} now: going on there`]);
  }
});

test("what another daemon, or the same one, announces of another channel changes nothing", async () => {
  const { channel, lines, hear } = followed();
  const { session } = channel;
  hear({ group: "239.255.1.2" }, "10.77.0.9");
  hear({ group: "239.255.1.2", control: { host: HOST, port: 9689 } });
  hear({ group: "239.255.1.2", name: "hall" });
  channel.hear({ kind: "gone", heard: { session: announced({ group: "239.255.1.2" }), sdp: "", heardFrom: HOST } });
  assert.deepEqual([await isLost(session), channel.session.group.group, lines], [false, "239.255.1.1", []]);
});

test("a daemon that has moved to another address with its group is followed from there", async () => {
  const { channel, hear } = followed();
  hear({}, "10.77.0.9");
  assert.equal(channel.session.place, "10.77.0.9:9688");
  hear({ group: "239.255.1.2" }, "10.77.0.9");
  assert.equal(channel.session.group.group, "239.255.1.2");
});

test("a picture's other size is heard of, and nothing is joined anew for it", async () => {
  const { channel, hear } = followed();
  const { session } = channel;
  const sizes: Size[] = [];
  session.onSize((size) => sizes.push(size));
  hear({ sessionVersion: "2", video: { port: 5004, size: { width: 320, height: 180 }, fps: 24 } });
  assert.deepEqual(sizes, [{ width: 320, height: 180 }]);
  assert.equal(await isLost(session), false);
  assert.deepEqual(channel.session.form.video?.size, { width: 320, height: 180 });
});

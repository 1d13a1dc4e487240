import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseJpegPayload } from "../../wire/jpeg/index.ts";
import { parseRtp } from "../../wire/rtp.ts";
import { startCapture } from "./capture.ts";
import { createLan } from "./lan.ts";
import { makeMedia } from "../made-media.ts";
import { makeFilm, temporaryFolder } from "./media.ts";
import { lacks } from "./needs.ts";
import { analyseRtp } from "./rtp-analysis.ts";
import { runStreamerd, startStreamerd } from "./streamerd.ts";
import { waitFor } from "./wait.ts";

const skip = lacks("ip", "tcpdump", "ffmpeg", "nc");
const CONFIG_MISTAKE = 2;
const CANNOT_START = 1;

type Mistake = {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly status: number;
  readonly says: RegExp;
};

/** What a person gets wrong before anything is sent, in a folder with the files that `prepare` makes. */
const MISTAKES: readonly Mistake[] = [
  {
    name: "a missing file",
    args: ["missing.mp4"],
    status: CANNOT_START,
    says: /missing\.mp4: there is no such file or directory; check the path$/,
  },
  {
    name: "a directory without media",
    args: ["empty-folder"],
    status: CANNOT_START,
    says: /empty-folder: the directory has no media files; put some there/,
  },
  { name: "a text file", args: ["text.mp4"], status: CANNOT_START, says: /text\.mp4.*media file/ },
  { name: "an empty file", args: ["empty.mp4"], status: CANNOT_START, says: /empty\.mp4.*empty/ },
  { name: "an MP4 cut off before its index", args: ["cut.mp4"], status: CANNOT_START, says: /cut\.mp4/ },
  {
    name: "an engine that is not installed",
    args: ["--set", "channels.main.engine=opencv", "--set", "cache.maxBytes=0", "film.mp4"],
    env: { XDG_CACHE_HOME: "/nowhere", CACHE_DIRECTORY: undefined },
    status: CANNOT_START,
    says: /OpenCV's binding is not installed \(\/nowhere\/streamerd\/opencv\); run npm run setup:opencv, or set engine to default$/,
  },
  {
    name: "a width out of range",
    args: ["--set", "channels.main.video.width=4"],
    status: CONFIG_MISTAKE,
    says: /video\.width=4: .*16 to 2040/,
  },
  {
    name: "a quality out of range",
    args: ["--set", "channels.main.video.quality=101"],
    status: CONFIG_MISTAKE,
    says: /quality=101: .*1 to 100/,
  },
  {
    name: "a group that is none",
    args: ["--set", "channels.main.group=192.168.1.5"],
    status: CONFIG_MISTAKE,
    says: /192\.168\.1\.5 is no multicast address \(224\.0\.0\.0\/4\); use one in 239\.255\.0\.0\/16$/,
  },
  {
    name: "a group that belongs to announcements",
    args: ["--set", "channels.main.group=239.255.255.7"],
    status: CONFIG_MISTAKE,
    says: /239\.255\.255\.7/,
  },
  {
    name: "an interface that does not exist",
    args: ["--set", "channels.main.interfaces=nosuch0"],
    status: CANNOT_START,
    says: /channels\.main\.interfaces: nosuch0 is no interface or address of this host; there are .*eth0 \(10\.77\.0\.1\)/,
  },
  { name: "a config with a tab", args: ["--config", "tab.yml"], status: CONFIG_MISTAKE, says: /tab\.yml:2: .*tab/ },
  { name: "a config with a key twice", args: ["--config", "twice.yml"], status: CONFIG_MISTAKE, says: /twice\.yml:3: / },
  {
    name: "a config with a wrong type",
    args: ["--config", "type.yml"],
    status: CONFIG_MISTAKE,
    says: /type\.yml:3: channels\.main\.port: /,
  },
  {
    name: "a key that does not exist",
    args: ["--set", "channels.main.grop=239.255.1.1"],
    status: CONFIG_MISTAKE,
    says: /did you mean .*group/,
  },
  { name: "an option that does not exist", args: ["--sett", "x=1"], status: 2, says: /unknown option '--sett'/ },
];

function prepare(folder: string): void {
  const write = (name: string, content: string | Uint8Array): void => writeFileSync(join(folder, name), content);
  mkdirSync(join(folder, "empty-folder"));
  write("text.mp4", "This is no film.\n".repeat(100));
  write("empty.mp4", "");
  write("tab.yml", "channels:\n\tmain: {}\n");
  write("twice.yml", "channels:\n  main: {}\n  main: {}\n");
  write("type.yml", "channels:\n  main:\n    port: [5004]\n");
  const whole = readFileSync(makeFilm(join(folder, "film.mp4"), 4));
  write("cut.mp4", whole.subarray(0, whole.length / 2));
}

test("each mistake gets one line that names the thing and the remedy, and its exit status", { skip }, async (context) => {
  const folder = temporaryFolder(context);
  prepare(folder);
  const lan = await createLan(context, ["tx"]);
  for (const { name, args, env = {}, status, says } of MISTAKES) {
    await context.test(name, async () => {
      const settings = ["--set", `control.socket=${folder}/control.sock`, "--set", "log.level=fatal"];
      const ran = await runStreamerd(lan.host("tx"), [...settings, ...args], { cwd: folder, env });
      assert.equal(ran.status, status, ran.stderr);
      assert.equal(ran.stdout, "");
      assert.match(ran.stderr.trimEnd().split("\n")[0] ?? "", says);
      assert.ok(ran.stderr.trimEnd().split("\n").length <= 1, `more than a line: ${ran.stderr}`);
      assert.match(ran.stderr, /^streamerd: /);
      assert.doesNotMatch(ran.stderr, /\n\s+at /);
    });
  }
});

test("a port in use and a missing route are told with the remedy", { skip }, async (context) => {
  const folder = temporaryFolder(context);
  const lan = await createLan(context, ["tx"]);
  const tx = lan.host("tx");
  const settings = ["--set", `control.socket=${folder}/other.sock`, "--set", "log.level=fatal"];
  await startStreamerd(context, tx, []);
  const control = await runStreamerd(tx, settings);
  assert.equal(control.status, CANNOT_START);
  assert.match(control.stderr, /^streamerd: control\.listen: 0\.0\.0\.0:9688 is in use: .*set control\.listen to another one\n$/);
  const http = await runStreamerd(tx, [...settings, "--set", "control.listen=0.0.0.0:9788"]);
  assert.equal(http.status, CANNOT_START);
  assert.match(http.stderr, /^streamerd: http\.listen: 0\.0\.0\.0:9680 is in use: .*set http\.listen to another one\n$/);
  const elsewhere = ["--set", "control.listen=0.0.0.0:9788", "--set", "http.listen=0.0.0.0:9780"];
  const operator = await runStreamerd(tx, [...settings, ...elsewhere]);
  assert.equal(operator.status, CANNOT_START);
  assert.match(
    operator.stderr,
    /^streamerd: http\.operatorListen: 127\.0\.0\.1:9681 is in use: .*set http\.operatorListen to another one\n$/,
  );
  await tx.output("ip", ["route", "del", "224.0.0.0/4"]);
  const route = await runStreamerd(tx, [...settings, ...elsewhere, "--set", "http.operatorListen=off"]);
  assert.equal(route.status, CANNOT_START);
  assert.match(
    route.stderr,
    /^streamerd: channels\.main\.interfaces: no multicast route and no default route; .*ip route add 224\.0\.0\.0\/4 dev/,
  );
});

test("--help, --version and --check-config answer on standard output and end with 0", { skip }, async (context) => {
  const folder = temporaryFolder(context);
  const lan = await createLan(context, ["tx"]);
  for (const [option, says] of [
    ["--help", /Usage: streamerd \[options\] \[FILE\.\.\.\]/],
    ["--version", /^\d+\.\d+\.\d+\n$/],
    ["--check-config", /the configuration is good: main 239\.255\./],
  ] as const) {
    const ran = await runStreamerd(lan.host("tx"), [option], { cwd: folder });
    assert.deepEqual({ status: ran.status, stderr: ran.stderr }, { status: 0, stderr: "" });
    assert.match(ran.stdout, says);
  }
});

test("of three channels the good ones run, and status names what is wrong with the other", { skip }, async (context) => {
  const folder = temporaryFolder(context);
  const film = makeFilm(join(folder, "film.mp4"), 4);
  writeFileSync(join(folder, "text.mp4"), "no film\n");
  const lan = await createLan(context, ["tx"]);
  const sets = Object.entries({ one: film, two: "", three: join(folder, "text.mp4") }).flatMap(([name, source]) => [
    "--set",
    `channels.${name}.source=${source}`,
  ]);
  const daemon = await startStreamerd(context, lan.host("tx"), sets);
  const { channels } = await daemon.status();
  assert.deepEqual(
    channels.map(({ name, state }) => [name, state]),
    [
      ["one", "playing"],
      ["two", "playing"],
      ["three", "failed"],
    ],
  );
  assert.match(channels[2]?.stateReason ?? "", /text\.mp4/);
  assert.equal(daemon.running.stdout().match(/^streamerd ready/gm)?.length, 1);
});

test("strange pictures are sent all the same: 1×1, 16,384 wide, and an MP4 that is cut off in the middle", { skip }, async (context) => {
  const folder = temporaryFolder(context);
  const make = (name: string, ...args: readonly string[]): string => {
    const file = join(folder, name);
    execFileSync("ffmpeg", ["-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", ...args, file]);
    return file;
  };
  const dot = make("dot.mkv", "testsrc2=size=16x16:rate=10:duration=1", "-vf", "scale=1:1,format=rgb24", "-c:v", "png");
  const wide = make("wide.mkv", "testsrc2=size=16384x64:rate=5:duration=1", "-c:v", "mjpeg");
  const whole = make("whole.mp4", "testsrc2=size=320x180:rate=25:duration=4", "-c:v", "libx264", "-movflags", "+faststart");
  const cut = join(folder, "cut.mp4");
  const bytes = readFileSync(whole);
  writeFileSync(cut, bytes.subarray(0, Math.floor(bytes.length * 0.6)));
  const lan = await createLan(context, ["tx"]);
  const sets = Object.entries({ dot, wide, cut }).flatMap(([name, source]) => ["--set", `channels.${name}.source=${source}`]);
  const daemon = await startStreamerd(context, lan.host("tx"), sets);
  await waitFor("each to have been through a loop", async () =>
    (await daemon.status()).channels.every(({ counters }) => counters.framesSent > 12),
  );
  for (const { name, state, stateReason, counters } of (await daemon.status()).channels)
    assert.equal(state, "playing", `${name}: ${stateReason} ${counters.framesSent}`);
});

test("no picture on the wire is larger than maxFrameBytes, not even white noise 2,000 wide", { skip }, async (context) => {
  const folder = temporaryFolder(context);
  // Raw: to decode so much noise in time is too much for a machine that is busy with other tests.
  const make = "-f lavfi -i nullsrc=size=2000x1000:rate=5:duration=2,geq=random(1)*255:128:128 -pix_fmt yuv420p -c:v rawvideo";
  const noise = makeMedia(make.split(" "), join(folder, "noise.mkv"));
  const lan = await createLan(context, ["tx", "rx1"]);
  const daemon = await startStreamerd(context, lan.host("tx"), ["--set", "channels.main.video.width=2000", noise]);
  const capture = await startCapture(lan, lan.host("rx1"), join(folder, "capture.pcap"));
  const before = (await daemon.channel()).counters.framesSent;
  await waitFor("pictures", async () => (await daemon.channel()).counters.framesSent > before + 15);
  const bytesOf = new Map<number, number>();
  for (const { destinationPort, payload } of await capture.stop()) {
    const rtp = destinationPort === 5004 ? parseRtp(payload) : null;
    const jpeg = rtp?.ok === true ? parseJpegPayload(rtp.value.payload) : null;
    if (rtp?.ok !== true || jpeg?.ok !== true) continue;
    const { fragmentOffset, scan } = jpeg.value;
    bytesOf.set(rtp.value.rtpTs, Math.max(bytesOf.get(rtp.value.rtpTs) ?? 0, fragmentOffset + scan.length));
  }
  const sizes = [...bytesOf.values()];
  assert.ok(sizes.length > 10);
  // The scan with the headers of a JPEG file, which RTP leaves out.
  assert.ok(Math.max(...sizes) + 623 <= 65_507, `${Math.max(...sizes)} bytes`);
  assert.ok(Math.max(...sizes) > 10_000, `noise takes what it may: ${Math.max(...sizes)} bytes`);
});

test("a film that vanishes while it plays is told in a line, and plays again when it is back", { skip }, async (context) => {
  const folder = temporaryFolder(context);
  const film = makeFilm(join(folder, "film.mp4"), 2);
  const lan = await createLan(context, ["tx"]);
  const daemon = await startStreamerd(context, lan.host("tx"), [film]);
  const away = join(folder, "away.mp4");
  renameSync(film, away);
  await daemon.running.waitForLine(/film\.mp4: .*no such file/);
  const copy = join(folder, "copy.mp4");
  copyFileSync(away, copy);
  renameSync(copy, film);
  const { framesSent } = (await daemon.channel()).counters;
  await waitFor("the film to go on", async () => (await daemon.channel()).counters.framesSent > framesSent + 30);
  assert.equal((await daemon.channel()).state, "playing");
  rmSync(away);
});

test(
  "noise, endless lines, silence and two thousand connections on the control port leave the stream without a gap",
  { skip },
  async (context) => {
    const folder = temporaryFolder(context);
    const lan = await createLan(context, ["tx", "rx1"]);
    const daemon = await startStreamerd(context, lan.host("tx"), [makeFilm(join(folder, "film.mp4"), 4)]);
    const capture = await startCapture(lan, lan.host("rx1"), join(folder, "capture.pcap"));
    const rx = lan.host("rx1");
    const shell = (script: string): Promise<unknown> => rx.exec("bash", ["-c", script]);
    await Promise.all([
      shell("head -c 3000000 /dev/urandom | timeout 5 nc -N 10.77.0.1 9688"),
      shell("head -c 10000000 /dev/zero | tr '\\0' a | timeout 5 nc -N 10.77.0.1 9688"),
      shell("printf '{\"jsonrpc\"' | timeout 3 nc 10.77.0.1 9688"),
      rx.exec("python3", ["-c", MANY_CONNECTIONS]),
    ]);
    const { channels, totals } = await daemon.status();
    assert.equal(channels[0]?.state, "playing");
    assert.equal(totals.sendErrors, 0);
    for (const { lost, reordered } of analyseRtp(await capture.stop())) assert.deepEqual({ lost, reordered }, { lost: 0, reordered: 0 });
  },
);

/** 2,000 at once, half of which ask for the status again and again and never read an answer. */
const MANY_CONNECTIONS = `
import socket, resource, time
resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
held = []
for n in range(2000):
    s = socket.socket()
    s.settimeout(5)
    try:
        s.connect(("10.77.0.1", 9688))
        if n % 2:
            s.sendall(b'{"jsonrpc":"2.0","id":1,"method":"server.status"}\\n' * 20)
        held.append(s)
    except OSError:
        pass
time.sleep(1)
print(len(held))
`;

test("a script with nothing but nc joins, reads the status and leaves", { skip }, async (context) => {
  const lan = await createLan(context, ["tx", "rx1"]);
  await startStreamerd(context, lan.host("tx"), []);
  const call = (id: number, method: string, params: string): string =>
    `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${params}}`;
  const script = `
    coproc nc 10.77.0.1 9688
    echo '${call(1, "session.join", '{"channel":"main"}')}' >&\${COPROC[1]}
    read -r joined <&\${COPROC[0]}
    session=$(expr "$joined" : '.*"sessionId":"\\([^"]*\\)"')
    echo '${call(2, "server.status", "{}")}' >&\${COPROC[1]}
    read -r status <&\${COPROC[0]}
    echo '${call(3, "session.leave", '{"sessionId":"\'$session\'"}')}' >&\${COPROC[1]}
    read -r left <&\${COPROC[0]}
    printf '%s\\n%s\\n%s\\n' "$joined" "$status" "$left"
    kill $COPROC_PID`;
  const lines = (await lan.host("rx1").output("bash", ["-c", script])).trim().split("\n");
  const [joined, status, left] = lines.map((line): { result?: { sdp?: string; clients?: number } } => JSON.parse(line));
  assert.match(joined?.result?.sdp ?? "", /^v=0\r\n/);
  assert.equal(status?.result?.clients, 1);
  assert.deepEqual(left?.result, {});
});

// streamctl as a process, against a real server.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { lacks } from "../e2e/needs.ts";
import { mainChannel, sdp, startServer, testHandlers, until, type TestServer } from "./fixture.ts";

const main = resolve(import.meta.dirname, "../../control/streamctl/main.ts");
const directory = mkdtempSync(join(tmpdir(), "streamctl-"));
after(() => rmSync(directory, { recursive: true }));
const tokenFile = join(directory, "token");
writeFileSync(tokenFile, "a token\n");
const wrongTokenFile = join(directory, "wrong-token");
writeFileSync(wrongTokenFile, "another\n");

type Outcome = { readonly status: number | null; readonly out: string; readonly err: string };

/** `before`: words of a command that runs it. */
async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}, before: readonly string[] = []): Promise<Outcome> {
  const [command = "", ...words] = [...before, process.execPath, main, ...args];
  const child = spawn(command, words, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, XDG_RUNTIME_DIR: "", ...env },
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { status: child.exitCode, out, err };
}

const tcp = ({ port }: TestServer, ...args: readonly string[]): Promise<Outcome> => run(["--host", `127.0.0.1:${port}`, ...args]);
const unix = ({ socketPath }: TestServer, ...args: readonly string[]): Promise<Outcome> => run(["--socket", socketPath, ...args]);

test("status shows FPS and TS, target and measured, side by side, without colour in a pipe", async () => {
  await using running = await startServer();
  const { status, out, err } = await tcp(running, "status");
  assert.deepEqual([status, err], [0, ""]);
  assert.match(out, /^streamerd 0\.1\.0 at 127\.0\.0\.1:\d+, up 3 h 12 min, 0 clients\nCPU 12\.3 % of a core, memory 83 MB/);
  const table = out
    .split("\n")
    .slice(3, 5)
    .map((line) => line.split(/ {2,}/));
  assert.deepEqual(table, [
    ["CHANNEL", "STATE", "POSITION", "FPS", "MEASURED", "TS ms", "MEASURED", "CLIENTS", "GROUP", "SOURCE"],
    ["main", "playing", "1:02 / 9:56", "24.00", "23.98", "41.67", "41.70", "0", "239.255.96.88:5004", "film.mp4"],
  ]);
  assert.ok(!out.includes("\u001b"));
});

test("why a channel has failed: with whole paths for operators, without them for others", async () => {
  const failed = { ...mainChannel, state: "failed", stateReason: "film.mp4 is gone", stateDetail: "/srv/secret/film.mp4 is gone" } as const;
  await using running = await startServer({ handlers: { ...testHandlers(), "channel.get": () => failed } });
  const shown = async (by: typeof tcp): Promise<string> => (await by(running, "channel", "show", "main")).out;
  assert.match(await shown(unix), /^ +\/srv\/secret\/film\.mp4 is gone$/m);
  assert.match(await shown(tcp), /^ +film\.mp4 is gone$/m);
});

test("--json gives the result as it came, in one line", async () => {
  await using running = await startServer();
  const { status, out } = await tcp(running, "--json", "status");
  assert.equal(status, 0);
  assert.equal(out.trimEnd().split("\n").length, 1);
  assert.partialDeepStrictEqual(JSON.parse(out), { server: "streamerd", channels: [{ name: "main", pacing: { targetFps: 24 } }] });
  assert.doesNotMatch(out, /secret/);
});

test("channel list and show; show tells an operator the interfaces", async () => {
  await using running = await startServer();
  assert.match((await tcp(running, "channel", "list")).out, /^CHANNEL .*\nmain {5}playing /);
  const shown = (await unix(running, "channel", "show")).out;
  assert.match(shown, /picture {5}500x281, quality 80, from 854x480/);
  assert.match(shown, /interfaces {2}eth-secret/);
  assert.match(shown, /FPS {5}24\.00 {3}24\.00 {5}23\.98\n/);
  assert.doesNotMatch((await tcp(running, "channel", "show", "main")).out, /interfaces/);
});

test("channel start, stop, pause and resume print the new state", async () => {
  await using running = await startServer();
  for (const [verb, state] of [
    ["pause", "paused"],
    ["resume", "playing"],
    ["stop", "stopped"],
    ["start", "playing"],
  ] as const) {
    const { status, out } = await unix(running, "channel", verb, "main");
    assert.equal(status, 0);
    assert.match(out, new RegExp(`main +${state}`));
  }
});

test("seek takes seconds, clock times and steps from here", async () => {
  const sought: number[] = [];
  await using running = await startServer({ handlers: testHandlers((positionMs) => sought.push(positionMs)) });
  for (const args of [["90"], ["main", "1:30"], ["1:02:03.5"], ["-10"], ["main", "+1:00"], ["-99:00:00"]]) {
    assert.equal((await unix(running, "channel", "seek", ...args)).status, 0, args.join(" "));
  }
  assert.deepEqual(sought, [90_000, 90_000, 3_723_500, 3_713_500, 3_773_500, 0]);
  for (const args of [[], ["soon"], ["1:75"], ["main", "1:2:3:4"], ["1e3"]]) {
    assert.equal((await unix(running, "channel", "seek", ...args)).status, 2, args.join(" "));
  }
});

test("pacing get and set, by FPS and by TS", async () => {
  await using running = await startServer();
  assert.match((await tcp(running, "pacing", "get")).out, /lateness p50 0\.10 ms, p99 0\.40 ms, max 1\.20 ms/);
  assert.match(
    (await unix(running, "pacing", "set", "main", "--fps", "12")).out,
    /FPS +24\.00 +12\.00 +23\.98\nTS ms +41\.67 +83\.33 +41\.70/,
  );
  assert.match((await unix(running, "pacing", "set", "--ts", "100")).out, /FPS +24\.00 +10\.00/);
  assert.match((await unix(running, "pacing", "set", "--fps", "source")).out, /FPS +24\.00 +24\.00/);
  const higher = await unix(running, "pacing", "set", "main", "--fps", "60");
  assert.deepEqual(higher, { status: 1, out: "", err: "streamctl: 60 FPS is more than the source's 24\n" });
  assert.equal((await unix(running, "pacing", "set", "main")).status, 2);
  assert.equal((await unix(running, "pacing", "set", "main", "--fps", "fast")).status, 2);
});

test("set, reset and config reload", async () => {
  await using running = await startServer();
  assert.match((await unix(running, "set", "quality", "60")).out, /^main: video\.quality is 60 \(80 in the configuration\)\n$/);
  assert.match((await unix(running, "status")).out, /^main: +video\.quality 60 \(configured: 80\)$/m);
  assert.match((await unix(running, "channel", "show")).out, /^overridden +video\.quality 60 \(configured: 80\)$/m);
  assert.equal((await unix(running, "reset")).out, "main: as configured again: video.quality\n");
  assert.equal((await unix(running, "reset", "main")).out, "main: nothing was overridden\n");
  const reloaded = "applied: channels.main.video.quality\nwaiting for a restart of the daemon: http.listen\n";
  assert.equal((await unix(running, "config", "reload")).out, reloaded);
  assert.equal((await unix(running, "set", "quality")).status, 2);
  assert.match((await tcp(running, "set", "quality", "60")).err, /operator/);
});

test("reset takes a single word that is a hot key and no channel for the key", async () => {
  await using running = await startServer();
  const reset = async (at: TestServer, ...words: readonly string[]) => {
    await unix(at, "set", "main", "quality", "60");
    return unix(at, "reset", ...words);
  };
  const done = { status: 0, out: "main: as configured again: video.quality\n", err: "" };
  for (const words of [["quality"], ["video.quality"], ["main", "quality"]]) {
    assert.deepEqual(await reset(running, ...words), done, words.join(" "));
  }
  assert.match((await reset(running, "qualty")).err, /no channel is named qualty/);
  await using two = await startServer({ handlers: testHandlers(undefined, ["main", "quality"]) });
  assert.match((await unix(two, "reset", "quality")).out, /^quality: /);
  assert.match((await unix(two, "reset", "width")).err, /which channel\? there are main, quality/);
});

test("join prints the SDP, is a member until Ctrl-C, leaves and exits 0", async () => {
  await using running = await startServer();
  const child = spawn(process.execPath, [main, "--host", `127.0.0.1:${running.port}`, "join"], { stdio: ["ignore", "pipe", "pipe"] });
  const printed = text(child.stdout);
  await until(() => running.server.clientCount("main") === 1);
  assert.equal(running.server.clients()[0]?.name, "streamctl");
  await once(child.stderr, "data");
  child.kill("SIGINT");
  await once(child, "close");
  assert.equal(child.exitCode, 0);
  assert.equal(await printed, sdp);
  assert.equal(running.server.clientCount(), 0);
});

test("what nohup has started outlives its terminal, and ends on SIGTERM", async () => {
  await using running = await startServer();
  const words = [resolve(import.meta.dirname, "../../bin/streamctl"), "--host", `127.0.0.1:${running.port}`, "join"];
  const child = spawn("nohup", words, { stdio: ["ignore", "pipe", "pipe"] });
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (err += chunk));
  const closed = once(child, "close");
  await until(() => err.includes("Ctrl-C leaves"));
  child.kill("SIGHUP");
  assert.match((await unix(running, "clients")).out, /127\.0\.0\.1 /);
  assert.equal(child.exitCode, null);
  child.kill("SIGTERM");
  await closed;
  assert.equal(child.exitCode, 0);
});

test("join ends with 3 when the daemon goes away", async () => {
  await using running = await startServer();
  const joining = tcp(running, "join", "main");
  await until(() => running.server.clientCount() === 1);
  await running.server.close();
  const { status, err } = await joining;
  assert.equal(status, 3);
  assert.match(err, /streamctl: the daemon closed the connection\n$/);
});

test("sdp prints the SDP and leaves at once", async () => {
  await using running = await startServer();
  assert.deepEqual(await tcp(running, "sdp"), { status: 0, out: sdp, err: "" });
  assert.equal(running.server.clientCount(), 0);
});

test("clients lists the members for an operator, by the Unix socket or by the token", async () => {
  await using running = await startServer({ token: "a token" });
  const joining = tcp(running, "join", "main");
  await until(() => running.server.clientCount() === 1);
  assert.match((await unix(running, "clients")).out, /127\.0\.0\.1 {2}streamctl {2}main/);
  assert.match((await tcp(running, "--token-file", tokenFile, "clients")).out, /127\.0\.0\.1/);
  const wrong = await tcp(running, "--token-file", wrongTokenFile, "clients");
  assert.deepEqual(wrong, { status: 1, out: "", err: `streamctl: --token-file ${wrongTokenFile}: the token is not this daemon's\n` });
  const without = await tcp(running, "clients");
  assert.equal(without.status, 1);
  assert.match(
    without.err,
    /^streamctl: client\.list is for operators: use the daemon's Unix socket, or prove the operator's token \(streamctl --token-file FILE\)\n$/,
  );
  await running.server.close();
  await joining;
});

test("with several channels CHANNEL is needed, and the message names them", async () => {
  await using running = await startServer({ handlers: testHandlers(undefined, ["hall", "yard"]) });
  assert.match((await unix(running, "set", "hall", "volume")).err, /^streamctl: set wants \[CHANNEL\] KEY VALUE/);
  assert.match((await unix(running, "set", "volume", "0.5")).err, /^streamctl: which channel\?/);
  assert.deepEqual(await tcp(running, "channel", "show"), { status: 2, out: "", err: "streamctl: which channel? there are hall, yard\n" });
  assert.equal((await tcp(running, "channel", "show", "yard")).status, 0);
  assert.deepEqual(await tcp(running, "sdp", "attic"), {
    status: 1,
    out: "",
    err: "streamctl: no channel is named attic; there are hall, yard\n",
  });
});

test("no CHANNEL where there are several is wrong usage, whatever the command; one that is not there is refused", async () => {
  await using running = await startServer({ handlers: testHandlers(undefined, ["hall", "yard"]) });
  const commands = [
    ["channel", "pause"],
    ["pacing", "get"],
    ["reset"],
    ["join"],
    ["sdp"],
    ["stats"],
    ["watch"],
    ["play"],
    ["record", join(directory, "film.mkv")],
    ["measure", "--rate", "512", "--out", join(directory, "several")],
    ["doctor", "--receive", "--listen", "0.1"],
  ];
  const outcomes = await Promise.all(commands.map((words) => tcp(running, ...words)));
  const wanted = { status: 2, out: "", err: "streamctl: which channel? there are hall, yard\n" };
  assert.deepEqual(
    Object.fromEntries(commands.map(([word], index) => [word, outcomes[index]])),
    Object.fromEntries(commands.map(([word]) => [word, wanted])),
  );
  const unknown = { status: 1, out: "", err: "streamctl: no channel is named attic; there are hall, yard\n" };
  for (const words of [["channel", "show"], ["stats"], ["record", join(directory, "film.mkv")]])
    assert.deepEqual(await tcp(running, ...words, "attic"), unknown);
});

/** The service's socket is looked at first: a daemon of this machine would be the one that is paused. In a mount namespace it is not there. */
const isServiceHere = existsSync("/run/streamerd/control.sock");
const withoutService = isServiceHere ? ["unshare", "-m", "sh", "-c", 'mount -t tmpfs tmpfs /run/streamerd && exec "$@"', "sh"] : [];
const mayHide = isServiceHere ? lacks("unshare") : false;

test("without --host and --socket the socket in XDG_RUNTIME_DIR is found", { skip: mayHide }, async () => {
  await using running = await startServer();
  const runtime = mkdtempSync(join(directory, "runtime-"));
  symlinkSync(running.socketPath, join(runtime, "streamerd.sock"));
  const { status, out } = await run(["channel", "pause"], { XDG_RUNTIME_DIR: runtime }, withoutService);
  assert.equal(status, 0);
  assert.match(out, /paused/);
});

test("exit 3 and a remedy when nobody can be reached", async () => {
  const refused = await run(["--host", "127.0.0.1:1", "status"]);
  assert.deepEqual(refused, {
    status: 3,
    out: "",
    err: "streamctl: cannot connect to 127.0.0.1:1: nobody listens there; is streamerd running?\n",
  });
  const missing = await run(["--socket", join(directory, "none.sock"), "status"]);
  assert.equal(missing.status, 3);
  assert.match(missing.err, /there is no such socket; is streamerd running\?/);
});

test("a host that is remembered and cannot be reached is told to be a setting", async () => {
  const env = { XDG_CONFIG_HOME: join(directory, "remembered") };
  assert.equal((await run(["config", "set", "host", "127.0.0.1:1"], env)).status, 0);
  const hint = " (the setting host: streamctl config unset host forgets it)";
  for (const command of ["status", "stats"]) {
    const err = `streamctl: cannot connect to 127.0.0.1:1: nobody listens there; is streamerd running?${hint}\n`;
    assert.deepEqual(await run([command], env), { status: 3, out: "", err });
  }
  assert.ok(!(await run(["--host", "127.0.0.1:1", "status"], env)).err.includes(hint));
});

test("exit 2 for a command line that is wrong, 0 for help and version", async () => {
  const wrong = [
    ["chanel"],
    ["--host", "a:b:c", "status"],
    ["--host", "h", "--socket", "s", "status"],
    ["--host", "h:70000", "status"],
    ["status", "--fast"],
    ["--token-file", "/none", "status"],
    ["doctor", "--interface", "eth0"],
    [],
  ];
  for (const args of wrong) assert.equal((await run(args)).status, 2, args.join(" "));
  assert.equal((await run(["stop"])).err, "streamctl: unknown command 'stop': write streamctl channel stop\n");
  assert.equal((await run(["get"])).err, "streamctl: unknown command 'get': write streamctl pacing get or streamctl config get\n");
  const words = {
    "--socket: the path of the daemon's Unix socket is wanted": ["--socket", "", "status"],
    "FILE: a recording is an .mkv (as it came), an .mp4 (H.264 and AAC) or a .wav (sound alone); - is standard output": ["record", ""],
    "--segment goes with a file, and not with standard output": ["record", "-", "--segment", "1"],
    "unknown command 'foo': streamctl --help lists what there is": ["foo"],
    "--fps 1000: 1 to 240 frames a second, or source for the source's own rate": ["pacing", "set", "--fps", "1000"],
    "--count 1.5: a whole number is wanted": ["top", "--count", "1.5"],
    "SHELL 'tcsh' is invalid. Allowed choices are bash, zsh, fish.": ["completion", "tcsh"],
  };
  for (const [message, args] of Object.entries(words))
    assert.deepEqual(await run(args), { status: 2, out: "", err: `streamctl: ${message}\n` });
  assert.equal((await run(["stauts"])).err, "streamctl: unknown command 'stauts' (Did you mean one of stats, status?)\n");
  assert.deepEqual(await run(["watch", "--latency", "20000"]), {
    status: 2,
    out: "",
    err: "streamctl: --latency 20000: a number of at most 10000 ms is wanted\n",
  });
  assert.deepEqual(await run(["record", "film.avi"]), {
    status: 2,
    out: "",
    err: "streamctl: film.avi: a recording is an .mkv (as it came), an .mp4 (H.264 and AAC) or a .wav (sound alone); - is standard output\n",
  });
  assert.equal((await run(["--token-file", "/none", "status"])).err, "streamctl: --token-file /none: there is no such file\n");
  assert.deepEqual(await run(["--token-file", "/dev/zero", "status"]), {
    status: 2,
    out: "",
    err: "streamctl: --token-file /dev/zero: the file has more than 4096 bytes; that is no token\n",
  });
  const help = await run(["--help"]);
  assert.equal(help.status, 0);
  assert.match(help.out, /Exit status: 0 done, 1 refused, 2 wrong usage, 3 cannot connect/);
  assert.match((await run(["--version"])).out, /^\d+\.\d+\.\d+\n$/);
});

test("measure says before it measures that its files cannot be written", async () => {
  const { status, err } = await run(["--host", "127.0.0.1:1", "measure", "--rate", "512", "--out", join(tokenFile, "runs")]);
  assert.equal(status, 1);
  assert.match(err, /^streamctl: \S+\/token\/runs cannot be written: a part of its name is a file\n$/);
});

test("a file that is not there is told in words by every option that names one", async () => {
  const [gone, key] = [join(directory, "gone"), tokenFile];
  const place = ["--host", "127.0.0.1:1"];
  const measured = await run([...place, "measure", "--rate", "512", "--out", join(directory, "runs"), "--reference", gone]);
  assert.deepEqual([measured.status, measured.err], [2, `streamctl: --reference ${gone}: there is no such file\n`]);
  const url = "http://127.0.0.1:9/reference.wav";
  const fetched = await run([...place, "measure", "--rate", "512", "--out", join(directory, "runs"), "--reference", url]);
  assert.match(fetched.err, /^streamctl: --reference http:\S+: cannot be fetched: (bad port|connect ECONNREFUSED .*)\n$/);
  assert.ok(!existsSync(join(directory, "runs")), "no folder is made for nothing");
  const watched = await run([...place, "watch", "--tls-cert", directory, "--tls-key", key]);
  assert.deepEqual([watched.status, watched.err], [2, `streamctl: --tls-cert ${directory}: it is a folder\n`]);
  const prepared = await run(["prepare", "--config", gone, tokenFile]);
  assert.equal(prepared.status, 2);
  assert.match(prepared.err, /^streamctl: \S+gone: no such file; name an existing one with --config, .*\n$/);
});

test("config check says what is wrong and where", async () => {
  const good = join(directory, "good.yml");
  writeFileSync(good, "channels:\n  main:\n    ttl: 2\n");
  assert.deepEqual(await run(["config", "check", good]), { status: 0, out: `${good}: good\n`, err: "" });
  const bad = join(directory, "bad.yml");
  writeFileSync(bad, "channels:\n  main:\n    group: 192.168.1.5\n");
  const none = join(directory, "none.yml");
  assert.deepEqual(await run(["config", "check", none]), {
    status: 1,
    out: "",
    err: `streamctl: ${none}: no such file; name one: streamctl config check FILE\n`,
  });
  const loop = join(directory, "loop.yml");
  symlinkSync(loop, loop);
  assert.equal((await run(["config", "check", loop])).err, `streamctl: ${loop}: cannot be read (ELOOP)\n`);
  assert.match((await run(["config", "check", "--help"])).out, /FILE +the file \(default: \/etc\/streamerd\/streamerd\.yml\)\n/);
  const { status, err } = await run(["config", "check", bad]);
  assert.equal(status, 1);
  assert.match(err, new RegExp(`^streamctl: ${bad}:3: channels\\.main\\.group: 192\\.168\\.1\\.5 .*\n$`));
});

test("a reload that finds nothing new says that a changed file is taken up without it", async () => {
  const nothing = { applied: [], needsRestart: [] };
  await using running = await startServer({ handlers: { ...testHandlers(), "config.reload": () => nothing } });
  const { status, out } = await unix(running, "config", "reload");
  assert.deepEqual([status, out], [0, "nothing has changed since the daemon read it last: it takes a changed file up by itself\n"]);
});

test("a working directory that has been removed is told in one line", async () => {
  const folder = mkdtempSync(join(directory, "removed-"));
  const child = spawn("sh", ["-c", 'cd "$0" && rmdir "$0" && exec "$@"', folder, process.execPath, main, "cache", "list"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const [err] = await Promise.all([text(child.stderr), once(child, "close")]);
  assert.deepEqual([child.exitCode, err], [1, "streamctl: the working directory has been removed; change to another one\n"]);
});

test("a time to wait that no timer knows is refused", async () => {
  for (const args of [
    ["discover", "--seconds", "3000000"],
    ["top", "--interval", "3000000"],
  ])
    assert.deepEqual(await run(args), {
      status: 2,
      out: "",
      err: `streamctl: ${args[1]} 3000000: a number of at most 2000000 (23 days) is wanted\n`,
    });
});

test("a reader that goes away early (head) is no error", async () => {
  await using running = await startServer();
  const child = spawn(process.execPath, [main, "--host", `127.0.0.1:${running.port}`, "status"], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  const [err] = await Promise.all([text(child.stderr), once(child, "close")]);
  assert.deepEqual([child.exitCode, err], [0, ""]);
});

test("bin/streamctl runs from anywhere through a symbolic link", async () => {
  const link = join(directory, "streamctl-link");
  symlinkSync(resolve(import.meta.dirname, "../../bin/streamctl"), link);
  const child = spawn(link, ["--version"], { cwd: "/", stdio: ["ignore", "pipe", "inherit"] });
  const [out] = await Promise.all([text(child.stdout), once(child, "close")]);
  assert.equal(child.exitCode, 0);
  assert.match(out, /^\d+\.\d+\.\d+\n$/);
});

test("the help of a command is that of the command, and of none a mistake", async () => {
  const seek = (await run(["channel", "seek", "--help"])).out;
  assert.match(seek, /^Usage: streamctl channel seek /);
  const asked = [
    ["help", "channel", "seek"],
    ["channel", "help", "seek"],
  ];
  for (const args of asked) assert.deepEqual(await run(args), { status: 0, out: seek, err: "" }, args.join(" "));
  const wrong = {
    "unknown command 'seek': write streamctl channel seek": [
      ["seek", "--help"],
      ["--json", "seek", "-h"],
      ["help", "seek"],
    ],
    "unknown command 'sek' (Did you mean seek?)": [
      ["channel", "sek", "--help"],
      ["channel", "help", "sek"],
      ["help", "channel", "sek"],
    ],
  };
  for (const [message, lines] of Object.entries(wrong))
    for (const args of lines) assert.deepEqual(await run(args), { status: 2, out: "", err: `streamctl: ${message}\n` }, args.join(" "));
  assert.deepEqual(await run(["help"]), await run(["--help"]));
  assert.match((await run(["channel", "--help"])).out.replaceAll(/\s+/g, " "), /`streamctl channel COMMAND --help` tells more/);
});

test("no line of a help is wider than 80 columns, and a command's own names the options of all", async () => {
  for (const words of [[], ["channel"], ["watch"], ["doctor"], ["completion"]]) {
    const { out } = await run([...words, "--help"]);
    for (const line of out.split("\n")) assert.ok(line.length <= 80, line);
    assert.match(out, /--token-file/);
  }
});

const made = {
  id: "K7QXM",
  pass: "K7QXM-3HWPD-9ZTB4-D0F2A-6YQ1C",
  name: "hall",
  channels: ["main"],
  hosts: 1,
  created: "2026-11-30T12:00:00.000Z",
  until: null,
};

test("pass create makes what it is asked for, pass list shows who watches, pass revoke takes a whole pass as well", async () => {
  const asked: unknown[] = [];
  const handlers = {
    ...testHandlers(),
    "pass.create": (params: unknown) => (asked.push(params), [made]),
    "pass.list": () => [{ ...made, isOver: false, watching: ["10.77.0.2"] }],
    "pass.revoke": (params: unknown) => (asked.push(params), {}),
  };
  await using running = await startServer({ handlers });
  const created = await unix(running, "pass", "create", "main", "--for", "90m", "--hosts", "2", "--count", "3", "--name", "hall");
  assert.deepEqual([created.status, created.err], [0, ""]);
  assert.equal(created.out, "K7QXM-3HWPD-9ZTB4-D0F2A-6YQ1C  main, until it is revoked, one host at a time\n");
  const listed = await unix(running, "pass", "list");
  assert.match(listed.out, /^ID +NAME +CHANNELS +UNTIL +WATCHING +WHERE *\nK7QXM +hall +main +- +1 of 1 +10\.77\.0\.2 *\n$/);
  assert.equal((await unix(running, "pass", "revoke", "k7qxm-3hwpd-9ztb4-d0f2a-6yq1c")).out, "revoked: K7QXM\n");
  assert.deepEqual(asked, [{ channels: ["main"], name: "hall", validForMs: 5_400_000, hosts: 2, count: 3 }, { id: "K7QXM" }]);
});

const NO_PASS = "--pass (or STREAMERD_PASS): a pass has five groups of five letters and digits, as `streamctl pass create` prints it";

for (const [words, line] of [
  [["pass", "create", "--for", "3"], "--for 3: write 90s, 30m, 3h or 2d"],
  [["pass", "create", "--for", "0h"], "--for 0h: write 90s, 30m, 3h or 2d"],
  [["pass", "create", "--until", "tomorrow"], "--until tomorrow: write 2026-12-31T23:00, or 23:00"],
  [["pass", "create", "--until", "2020-01-01"], "--until 2020-01-01: that is over"],
  [["pass", "create", "--for", "1h", "--until", "23:00"], "give one of --for and --until"],
  [["pass", "create", "--hosts", "1.5"], "--hosts 1.5: a whole number is wanted"],
  [["pass", "revoke", "main"], "main: the first five characters of a pass are wanted"],
  ...[["sdp"], ["join"], ["stats"], ["measure", "--rate", "512"], ["doctor", "--receive"]].map((command): [string[], string] => [
    [...command, "--pass", "1234"],
    NO_PASS,
  ]),
] as const)
  test(`streamctl ${words.join(" ")} is told what is wanted`, async () => {
    await using running = await startServer();
    assert.deepEqual(await unix(running, ...words), { status: 2, out: "", err: `streamctl: ${line}\n` });
  });

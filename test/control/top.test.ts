// streamctl top: what it shows, and that it leaves the terminal as it was.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import type { ChannelResult } from "../../control/contract/channel.ts";
import { firstState, withKey, withSample, type Sample, type TopState } from "../../control/streamctl/top/model.ts";
import { textWidth } from "../../control/streamctl/text-width.ts";
import { renderTop } from "../../control/streamctl/top/view.ts";
import { waitFor } from "../e2e/wait.ts";
import { mainChannel, startServer, testHandlers } from "./fixture.ts";

const main = resolve(import.meta.dirname, "../../control/streamctl/main.ts");

function sample(atMs: number, channels: readonly ChannelResult[], clients: Sample["clients"] = []): Sample {
  return {
    atMs,
    place: "10.77.0.1:9688",
    status: {
      server: "streamerd",
      version: "0.1.0",
      uptimeMs: atMs,
      channels: [...channels],
      clients: 0,
      totals: { framesSent: 1, packetsSent: 1, bytesSent: 40_000_000, sendErrors: 0 },
      resources: { cpuPercent: 1.5, rssBytes: 83_000_000, eventLoopDelayP99Ms: 1 },
    },
    clients,
  };
}

function channel(name: string, bytesSent: number, changes: Partial<ChannelResult> = {}): ChannelResult {
  return { ...mainChannel, name, counters: { ...mainChannel.counters, bytesSent }, ...changes };
}

function press(state: TopState, ...keys: readonly string[]): TopState {
  let pressed = state;
  for (const key of keys) {
    const next = withKey(pressed, key);
    assert.ok(next !== "quit");
    pressed = next;
  }
  return pressed;
}

const client = {
  sessionId: "1-a",
  address: "10.77.0.2",
  name: "hall\u001b[31m",
  channel: "main",
  transport: "multicast" as const,
  since: "2026-11-20T12:00:00.000Z",
  report: { fps: 24, lost: 9, expected: 900, late: 2, jitterMs: 0.5, bufferMs: 180, skewMs: -3 },
};

test("the bit rate is what was sent between two looks, and a daemon that was started anew has none yet", () => {
  const once = withSample(firstState, sample(1000, [channel("main", 1_000_000)]));
  assert.equal(once.rows[0]?.bitsPerSecond, null);
  const twice = withSample(once, sample(2000, [channel("main", 1_500_000)]));
  assert.equal(twice.rows[0]?.bitsPerSecond, 4_000_000);
  assert.equal(withSample(twice, sample(100, [channel("main", 10)])).rows[0]?.bitsPerSecond, null);
});

test("FPS and TS, target and measured, lateness, queue, bit rate, restarts and clients fit in 80 columns", () => {
  let state = withSample(firstState, sample(1000, [channel("main", 0)], [client]));
  state = withSample(state, sample(2000, [channel("main", 500_000)], [client]));
  const lines = renderTop(state, { columns: 80, rows: 24 }, false).split("\n");
  assert.match(lines[3] ?? "", /^CHANNEL +STATE +FPS +real +TS ms +real +LATE +Q +kbit\/s +RST +CLI$/);
  assert.match(lines[4] ?? "", /^main +playing +24\.00 +23\.98 +41\.67 +41\.70 +0\.40 +10 +4000 +0 +0$/);
  assert.match(lines[6] ?? "", /^CLIENT +CHANNEL +FPS +LOST % +LATE +JITTER ms +BUFFER ms +SKEW ms +NAME$/);
  assert.match(lines[7] ?? "", /^10\.77\.0\.2 +main +24\.00 +1\.00 +2 +0\.50 +180\.00 +-3\.00 +hall/);
  assert.ok(!lines.join("").includes("\u001b"));
});

test("no line is wider and no screen higher than the terminal, whatever its size and however many channels", () => {
  const many = Array.from({ length: 64 }, (_, index) => channel(`a-rather-long-channel-name-${index}`, 1, { source: "映画の夜.mp4" }));
  const clients = Array.from({ length: 100 }, () => client);
  for (const columns of [20, 40, 60, 80, 132, 250]) {
    for (const rows of [6, 10, 24, 50]) {
      for (const [keys, colour] of [
        [[], true],
        [[], false],
        [["h"], false],
      ] as const) {
        const state = press(withSample(firstState, sample(1000, many, clients)), ...keys);
        const lines = renderTop(state, { columns, rows }, colour).split("\n");
        assert.ok(lines.length <= rows, `${lines.length} lines in ${rows}`);
        const widest = Math.max(...lines.map(textWidth));
        assert.ok(widest <= columns, `${widest} in ${columns}`);
      }
    }
  }
});

test("the help fits into 80 columns, and says what the short titles mean", () => {
  const state = press(withSample(firstState, sample(1000, [channel("main", 1)])), "h");
  const text = renderTop(state, { columns: 80, rows: 24 }, false);
  assert.ok(!text.includes("…"), text);
  for (const word of ["sort", "reverse", "hold", "clients", "quit", "LATE", "Q pictures", "RST", "CLI"])
    assert.ok(text.includes(word), word);
});

test("keys sort, reverse, pause and hide", () => {
  const channels = [channel("b", 1, { clients: 5 }), channel("a", 1, { clients: 1 }), channel("c", 1, { clients: 9 })];
  const state = withSample(firstState, sample(1000, channels, []));
  const order = (shown: TopState) =>
    [...renderTop(shown, { columns: 80, rows: 24 }, false).matchAll(/^([abc]) /gm)].map(([, name]) => name).join("");
  assert.equal(order(state), "abc");
  assert.equal(order(press(state, "r")), "cba");
  assert.equal(order(press(state, "left")), "cba", "by clients, the most first");
  assert.equal(order(press(state, "left", "r")), "abc");
  assert.match(renderTop(state, { columns: 80, rows: 24 }, false), /p hold display/);
  const paused = press(state, "p");
  assert.match(renderTop(paused, { columns: 80, rows: 24 }, false), /^display held: p goes on$/m);
  assert.equal(withSample(paused, sample(2000, [])).rows.length, 3, "a pause holds what is shown");
  assert.equal(withSample(press(paused, "space"), sample(2000, [])).rows.length, 0);
  assert.match(renderTop(state, { columns: 80, rows: 24 }, false), /nobody has joined/);
  assert.doesNotMatch(renderTop(press(state, "c"), { columns: 80, rows: 24 }, false), /nobody has joined/);
  assert.match(renderTop(withSample(firstState, sample(1, channels, null)), { columns: 80, rows: 24 }, false), /clients: operators only/);
  assert.equal(withKey(state, "q"), "quit");
  assert.equal(withKey(state, "ctrl-c"), "quit");
});

test("in a pipe it prints a look after the other, as text or as JSON, and ends after --count", async () => {
  await using running = await startServer();
  const run = async (...args: readonly string[]) => {
    const child = spawn(process.execPath, [main, "--socket", running.socketPath, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    return text(child.stdout);
  };
  const plain = await run("top", "--count", "2", "--interval", "0.1");
  assert.equal(plain.match(/^main +playing/gm)?.length, 2);
  assert.ok(!plain.includes("\u001b"));
  const json = (await run("--json", "top", "--count", "2", "--interval", "0.1")).trim().split("\n");
  assert.equal(json.length, 2);
  assert.partialDeepStrictEqual(JSON.parse(json[1] ?? ""), { status: { server: "streamerd" }, clients: [] });
});

test("looks that are further apart than the daemon waits for a silent client go on", async () => {
  await using running = await startServer({ limits: { idleMs: 1000 } });
  const child = spawn(process.execPath, [main, "--socket", running.socketPath, "top", "--count", "2", "--interval", "6"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  assert.equal(err, "");
  assert.equal(out.match(/^main +playing/gm)?.length, 2);
});

for (const [terminal, columns, rows] of [
  ["a terminal", 80, 24],
  ["a serial console, which tells no size,", 0, 0],
] as const) {
  test(`on ${terminal} it takes another screen, hears q, and puts everything back`, () => takesTheScreen(columns, rows));
}

async function takesTheScreen(columns: number, rows: number): Promise<void> {
  await using running = await startServer({ handlers: testHandlers() });
  const top = `${process.execPath} ${main} --socket ${running.socketPath} top`;
  const terminal = openTerminal(`stty cols ${columns} rows ${rows}; ${top}; echo ended $?; stty -a | grep -o ' icanon'`);
  await terminal.shows(/main .*playing/);
  terminal.press("q");
  const seen = await terminal.end;
  const [enter, leave] = [seen.indexOf("\u001b[?1049h"), seen.lastIndexOf("\u001b[?1049l")];
  assert.ok(enter >= 0 && leave > enter, "another screen, and back");
  assert.ok(seen.lastIndexOf("\u001b[?25h") > enter, "the cursor is back");
  assert.match(seen.slice(leave), /ended 0[\s\S]* icanon/);
}

test("Ctrl-Z gives the terminal back, and fg takes it again", async () => {
  await using running = await startServer({ handlers: testHandlers() });
  const top = `${process.execPath} ${main} --socket ${running.socketPath} top`;
  const terminal = openTerminal(
    `bash -c "set -m; ${top}; echo stopped; stty -a | grep -o ' icanon'; fg; echo ended; stty -a | grep -o ' icanon'"`,
  );
  await terminal.shows(/main .*playing/);
  terminal.press("\u001a");
  await terminal.shows(/\[\?1049l[^]*stopped[^]* icanon[^]*\[\?1049h[^]*main .*playing/);
  terminal.press("q");
  assert.match(await terminal.end, /stopped[^]*\[\?1049l[^]*ended[^]* icanon/);
});

test("Ctrl-Z where no shell waits for jobs changes nothing for long", async () => {
  await using running = await startServer({ handlers: testHandlers() });
  const terminal = openTerminal(`exec ${process.execPath} ${main} --socket ${running.socketPath} top`);
  await terminal.shows(/main .*playing/);
  terminal.press("\u001a");
  await terminal.shows(/\[\?1049l[^]*\[\?1049h[^]*main .*playing/);
  terminal.press("q");
  await terminal.end;
});

/** Runs a shell's command on a terminal of its own. */
function openTerminal(command: string) {
  const child = spawn("script", ["-qec", command, "/dev/null"], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, TERM: "xterm", NO_COLOR: "" },
  });
  let seen = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (seen += chunk));
  return {
    press: (key: string) => child.stdin.write(key),
    shows: (what: RegExp) => waitFor(String(what), () => what.test(seen)),
    /** All that was seen. */
    end: once(child, "close").then(() => seen),
  };
}

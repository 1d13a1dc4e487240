import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { renderExample } from "../../config/example.ts";
import { loadConfig } from "../../config/load.ts";
import type { LoadedConfig } from "../../config/load.ts";
import { renderReference } from "../../config/reference.ts";
import { errorLines, load } from "./request.ts";

const names = (loaded: LoadedConfig): readonly string[] => (loaded.ok ? loaded.config.channels.map((channel) => channel.name) : []);

test("without anything there is one channel, main, with the test film and a derived group", () => {
  const loaded = loadConfig({ sets: [], env: {}, files: [], cwd: "/" });
  assert.ok(loaded.ok);
  assert.deepEqual(loaded.config, {
    channels: [
      {
        name: "main",
        source: { kind: "test-film" },
        engine: "default",
        access: "open",
        fallback: { kind: "slate" },
        onDemand: false,
        loop: true,
        autostart: true,
        group: "239.255.168.37",
        groupIsDerived: true,
        port: 5_004,
        ttl: 1,
        loopback: true,
        interfaces: { kind: "auto" },
        profile: "rtp",
        maxPacketBytes: 1_400,
        video: { width: 500, quality: 80, fps: "source", maxFrameBytes: 65_507 },
        audio: { enabled: true, sampleRateHz: 44_100, channels: 2, volume: 1, reference: false },
        pacing: { adapt: "off", minFps: 5, spread: 0.4, queueFrames: 10 },
        datagram: { encoding: "raw", hello: false },
        readAhead: { maxMs: 6_000, maxBytes: 16_777_216 },
        capture: {
          format: "auto",
          width: "auto",
          height: "auto",
          fps: "auto",
          microphone: "arecord",
          delayMs: "auto",
          queueFrames: 2,
        },
        record: { dir: null, segmentMinutes: 10, keepHours: 0, maxBytes: 0 },
      },
    ],
    control: {
      listen: { host: "0.0.0.0", port: 9_688 },
      socket: "/run/streamerd/control.sock",
      operatorTokenFile: null,
    },
    cache: { dir: null, maxBytes: 4_294_967_296 },
    http: { listen: { host: "0.0.0.0", port: 9_680 }, operatorListen: { host: "127.0.0.1", port: 9_681 } },
    announce: { sap: true, sapAddress: "239.255.255.255" },
    send: { sockets: "kernel", maxRepairKbps: 20_000 },
    state: { dir: null },
    log: { level: "info", format: "auto" },
  });
});

test("an empty file, one with comments only, and empty sections are the defaults", () => {
  const defaults = load("");
  assert.ok(defaults.ok);
  for (const yaml of ["# nothing\n", "channels: {}\n", "channels:\n", "channels:\n  main:\n    video:\nlog:\n", "\uFEFFlog: {}\n"]) {
    const loaded = load(yaml);
    assert.ok(loaded.ok, yaml);
    assert.deepEqual(loaded.config, defaults.config);
  }
});

test("a file that is read again and has become empty is a mistake; one with a comment, or {}, is the defaults", () => {
  assert.deepEqual(errorLines(load("", { mayBeEmpty: false })), [
    "c.yml: empty: it is just being written, or the disk is full; where the defaults are meant, write {} into it",
  ]);
  for (const yaml of ["# nothing\n", "{}"]) assert.ok(load(yaml, { mayBeEmpty: false }).ok);
});

test("a pipe that is read again is not waited for", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "streamerd-config-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "pipe.yml");
  execFileSync("mkfifo", [file]);
  const loaded = loadConfig({ file, sets: [], env: {}, files: [], cwd: folder, mayBeEmpty: false });
  assert.match(errorLines(loaded).join(), /pipe\.yml: empty: it is just being written/);
});

test("the generated example file parses to the defaults", () => {
  const example = load(renderExample());
  const defaults = load("");
  assert.ok(example.ok && defaults.ok, errorLines(example).join("\n"));
  assert.deepEqual(example.config, defaults.config);
});

test("the reference names every key of the example and its variable", () => {
  const reference = renderReference();
  const loaded = load("");
  assert.ok(loaded.ok);
  for (const path of loaded.sources.keys()) assert.ok(reference.includes(`\`${path.replace("channels.main.", "channels.NAME.")}\``), path);
  assert.ok(reference.includes("STREAMERD_CHANNELS_NAME_VIDEO_MAXFRAMEBYTES"));
});

test("which channels there are: those of the file, those that get a source, main if there would be none", () => {
  assert.deepEqual(names(load("channels: {b: , a: }")), ["b", "a"]);
  assert.deepEqual(names(load("channels: {b: }", { files: ["x.mp4"] })), ["b", "main"]);
  assert.deepEqual(names(load("", { sets: ["channels.news.source=x.mp4"] })), ["news"]);
  assert.deepEqual(names(load("", { sets: ["channels.news.source=x.mp4", "channels.main.ttl=2"] })), ["news", "main"]);
  assert.deepEqual(names(load("channels: {constructor: , 0x10: , true: }")), ["constructor", "0x10", "true"]);
});

test("a relative path belongs to the file's directory or to the working directory, by where it stands", () => {
  const yaml = "channels:\n  main: {source: [a.mp4, ../b, /c]}\ncontrol: {operatorTokenFile: token, socket: s}\n";
  const loaded = load(yaml, { sets: ["control.socket=s"] });
  assert.ok(loaded.ok);
  assert.deepEqual(loaded.config.channels[0]?.source, {
    kind: "media",
    paths: ["/etc/s/a.mp4", "/etc/b", "/c"],
  });
  assert.equal(loaded.config.control.operatorTokenFile, "/etc/s/token");
  assert.equal(loaded.config.control.socket, "/home/me/s");
});

test("channels may share settings through an anchor", () => {
  const loaded = load("channels:\n  a:\n    video: &small {width: 320, quality: 50}\n  b:\n    video: *small\n");
  assert.ok(loaded.ok);
  assert.deepEqual(
    loaded.config.channels.map((channel) => channel.video.width),
    [320, 320],
  );
});

test("channels on one group are fine when their ports are four apart, and on one port when their groups differ", () => {
  const yaml = (port: number, group: string): string => `channels:\n  a: {group: 239.1.2.3}\n  b: {group: ${group}, port: ${port}}\n`;
  assert.deepEqual(errorLines(load(yaml(5_008, "239.1.2.3"))), []);
  assert.deepEqual(errorLines(load(yaml(5_004, "239.1.2.4"))), []);
  assert.equal(errorLines(load(yaml(5_002, "239.1.2.3"))).length, 1);
});

test("addresses to listen on may be IPv4, IPv6 in brackets, or a host's name", () => {
  for (const [text, host] of [
    ["127.0.0.1:80", "127.0.0.1"],
    ['"[::1]:80"', "::1"],
    ["localhost:80", "localhost"],
    ["media-1.lan:80", "media-1.lan"],
  ] as const) {
    const loaded = load(`http: {listen: ${text}}`);
    assert.ok(loaded.ok, errorLines(loaded).join());
    assert.deepEqual(loaded.config.http.listen, { host, port: 80 });
  }
});

test("the operator's address may be switched off", () => {
  for (const word of ["off", "null", "false", ""]) {
    const loaded = load(`http: {operatorListen: ${word}}`);
    assert.ok(loaded.ok, errorLines(loaded).join());
    assert.equal(loaded.config.http.operatorListen, null);
  }
  const loaded = load("", { sets: ["http.operatorListen=off"] });
  assert.ok(loaded.ok && loaded.config.http.operatorListen === null);
});

test("a file that cannot be read is one line with the remedy", (t) => {
  const directory = mkdtempSync(join(tmpdir(), "streamerd-config-"));
  t.after(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, "good.yml"), "log: {level: warn}\n");
  const read = (file: string): LoadedConfig => loadConfig({ file, sets: [], env: {}, files: [], cwd: directory });
  const good = read("good.yml");
  assert.ok(good.ok);
  assert.equal(good.config.log.level, "warn");
  assert.deepEqual(errorLines(read("none.yml")), [
    "none.yml: no such file; name an existing one with --config, or leave --config out for the defaults",
  ]);
  assert.deepEqual(errorLines(read(".")), [".: a directory; name the YAML file in it"]);
  assert.deepEqual(errorLines(read("/dev/zero")), ["/dev/zero: more than 1048576 bytes; this is no configuration file"]);
});

/** Fragments that lead deeper into the parser than random characters do. */
const fragment = fc.constantFrom(
  "channels:",
  "main:",
  "group:",
  "video:",
  "log:",
  "level:",
  "\n",
  "\n  ",
  "\n    ",
  "\t",
  " ",
  "- ",
  "[",
  "]",
  "{",
  "}",
  ": ",
  "&a ",
  "*a",
  "!x ",
  "|",
  ">",
  "? ",
  "---\n",
  "%YAML 1.1\n",
  "'",
  '"',
  "#",
  "~",
  "239.255.1.1",
  "5004",
  "<<:",
  "\u2028",
);
const yamlLike = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fragment, { maxLength: 40 }).map((parts) => parts.join("")),
);

test("no text makes loading throw, and every error is one line without control characters", () => {
  const check = (loaded: LoadedConfig): void => {
    for (const line of errorLines(loaded)) assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\u2028\u2029]/u);
  };
  fc.assert(
    fc.property(yamlLike, (text) => {
      check(load(text));
      check(load("", { sets: [text, `channels.main.source=${text}`, `channels.main=${text}`] }));
      check(load("", { env: { [`STREAMERD_${text}`]: "1", STREAMERD_LOG_LEVEL: text } }));
      check(load("", { files: [text], file: text }));
    }),
    { numRuns: 1_000 },
  );
});

test("no bytes make loading throw", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void load(bytes)));
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parse } from "yaml";
import { variableName } from "../../config/environment.ts";
import type { ConfigRequest } from "../../config/load.ts";
import { readSet } from "../../config/override.ts";
import { errorLines, load } from "./request.ts";

/** What is given beside an empty file, and the one line that it earns. */
const cases: readonly (readonly [Partial<ConfigRequest>, string])[] = [
  [{ sets: ["log.level"] }, "--set log.level: no key and value; write --set KEY=VALUE, for example --set log.level=debug"],
  [{ sets: ["=1"] }, "--set =1: no key and value; write --set KEY=VALUE, for example --set log.level=debug"],
  [{ sets: ["log.levle=info"] }, "--set log.levle=info: unknown key; did you mean log.level?"],
  [{ sets: ["log.level.x=info"] }, "--set log.level.x=info: unknown key; did you mean log.level?"],
  [
    { sets: ["channels.main.group=192.168.1.5"] },
    "--set channels.main.group=192.168.1.5: 192.168.1.5 is no multicast address (224.0.0.0/4); use one in 239.255.0.0/16",
  ],
  [{ sets: ["channels.main={port: 3}"] }, "--set channels.main={port: 3}: channels.main.port: 3 is not an even number from 2 to 65532"],
  [
    { sets: ["channels.mian.ttl=2"] },
    "--set channels.mian.ttl=2: there is no channel mian; did you mean main? (A new one needs channels.mian.source.)",
  ],
  [
    { sets: ["channels.Main.ttl=2"] },
    "--set channels.Main.ttl=2: channels.Main: a channel's name is 1 to 32 characters of a-z, 0-9 and -; rename the channel",
  ],
  [
    { sets: ["log.level=de\u001b[31mbug"] },
    '--set log.level=de\\u{1b}[31mbug: "de\\u001b[31mbug"; give trace, debug, info, warn, error, fatal or silent',
  ],
  [
    { sets: ["channels.main.source=a.mp4"], files: ["b.mp4"] },
    "--set channels.main.source=a.mp4: a file is named on the command line as well; keep one of the two",
  ],
  [
    { files: ["a.mp4", "http://h/x.mp4"] },
    "command line: channels.main.source: a live source stands alone, not in a list; give it a channel of its own",
  ],
  [
    { env: { STREAMERD_CHANNELS_MAIN_GROUP: "10.0.0.1" } },
    "STREAMERD_CHANNELS_MAIN_GROUP: 10.0.0.1 is no multicast address (224.0.0.0/4); use one in 239.255.0.0/16",
  ],
  [
    { env: { STREAMERD_CHANELS_MAIN_GROUP: "239.255.1.1" } },
    "STREAMERD_CHANELS_MAIN_GROUP: unknown key; did you mean STREAMERD_CHANNELS_MAIN_GROUP?",
  ],
  [
    { env: { STREAMERD_CHANNELS_NEWS_TTL: "2" } },
    "STREAMERD_CHANNELS_NEWS_TTL: there is no channel news; did you mean main? (A new one needs channels.news.source.)",
  ],
  [
    { env: { STREAMERD_LOG_LEVEL: "info", streamerd_log_level: "warn" } },
    "streamerd_log_level: the same variable as STREAMERD_LOG_LEVEL, since case does not matter; keep one",
  ],
  [{ env: { STREAMERD_LOG_LEVEL: "" } }, "STREAMERD_LOG_LEVEL: no value; give trace, debug, info, warn, error, fatal or silent"],
  [{ env: { STREAMERD_HTTP_LISTEN: "[1" } }, "STREAMERD_HTTP_LISTEN: no valid YAML: Flow sequence must end with a ]"],
];

for (const [request, line] of cases)
  test(`${JSON.stringify(request)} is refused in one line`, () => {
    assert.deepEqual(errorLines(load("", request)), [line]);
  });

test("an error does not repeat the password of a URL", () => {
  const lines = errorLines(load("", { sets: ["channels.main.source=gopher://me:secret@host/"] }));
  assert.match(lines.join("\n"), /^--set channels\.main\.source=gopher:\/\/…@host\/: gopher:\/\/ is no scheme that can be received/);
});

test("an IPv6 address needs no quotes beside those of the shell", () => {
  const loaded = load("", { sets: ["http.listen=[::1]:9681"], files: ["a.mp4"] });
  assert.ok(loaded.ok);
  assert.deepEqual(loaded.config.http.listen, { host: "::1", port: 9681 });
});

test("the word after an unknown name in the environment is looked for among the channels of the file", () => {
  assert.deepEqual(errorLines(load("channels: {news: }\n", { env: { STREAMERD_CHANNELS_NEWS_GRUOP: "x" } })), [
    "STREAMERD_CHANNELS_NEWS_GRUOP: unknown key; did you mean STREAMERD_CHANNELS_NEWS_GROUP?",
  ]);
});

test("--set is stronger than the environment, and that than the file; each value knows its origin", () => {
  const loaded = load("log:\n  level: warn\n  format: json\nchannels:\n  a:\n    ttl: 2\n    port: 6000\n", {
    env: { STREAMERD_LOG_LEVEL: "error", streamerd_channels_a_ttl: "3" },
    sets: ["log.level=debug", "log.level=trace"],
  });
  assert.ok(loaded.ok);
  assert.equal(loaded.config.log.level, "trace");
  assert.equal(loaded.config.channels[0]?.ttl, 3);
  assert.deepEqual(
    ["log.level", "log.format", "channels.a.ttl", "channels.a.port", "channels.a.loop", "channels.a.group"].map((path) =>
      loaded.sources.get(path),
    ),
    [
      { kind: "set", text: "log.level=trace" },
      { kind: "file", file: "/etc/s/c.yml", line: 3 },
      { kind: "env", name: "streamerd_channels_a_ttl" },
      { kind: "file", file: "/etc/s/c.yml", line: 7 },
      { kind: "default" },
      { kind: "derived" },
    ],
  );
});

test("the variable of a key in camel case and of a channel with a dash has underscores and capitals", () => {
  assert.equal(variableName(["channels", "late-show", "video", "maxFrameBytes"]), "STREAMERD_CHANNELS_LATE_SHOW_VIDEO_MAXFRAMEBYTES");
  const loaded = load("channels: {late-show: }\n", {
    env: {
      STREAMERD_CHANNELS_LATE_SHOW_VIDEO_MAXFRAMEBYTES: "5000",
      STREAMERD_TEST_MEDIA: "x",
      OTHER: "y",
    },
  });
  assert.ok(loaded.ok);
  assert.equal(loaded.config.channels[0]?.video.maxFrameBytes, 5_000);
});

test("the pass that streamctl takes from the environment is no key of the daemon's", () => {
  assert.ok(load("", { env: { STREAMERD_PASS: "K7QXM-3HWPD-9ZTB4-D0F2A-6YQ1C" } }).ok);
  assert.ok(!load("", { env: { STREAMERD_PASSES: "x" } }).ok);
});

test("a scalar stands for a list of one, and a flow list for itself", () => {
  for (const [text, expected] of [
    ["eth0", ["eth0"]],
    ["[eth0, 10.0.0.1]", ["eth0", "10.0.0.1"]],
  ] as const) {
    const loaded = load("", { sets: [`channels.main.interfaces=${text}`] });
    assert.ok(loaded.ok);
    assert.deepEqual(loaded.config.channels[0]?.interfaces, {
      kind: "listed",
      namesOrAddresses: expected,
    });
  }
});

test("names of files on the command line and in --set are taken as they are", () => {
  for (const name of ["Nr #1.mp4", "a: b.mp4", "*.mp4", "- x.mp4", "&a", "|", "---", "it's.mp4", "a, b.mp4"]) {
    const expected = { kind: "media", paths: [`/home/me/${name}`] };
    const set = load("", { sets: [`channels.main.source=${name}`] });
    const listed = load("", { files: [name] });
    assert.ok(set.ok && listed.ok, name);
    assert.deepEqual(set.config.channels[0]?.source, expected);
    assert.deepEqual(listed.config.channels[0]?.source, expected);
  }
});

test("the examples of the design work: group, port, interface and a file", () => {
  const loaded = load("", {
    sets: ["channels.main.group=239.255.1.1", "channels.main.port=5004", "channels.main.interfaces=eth0"],
    files: ["film.mp4"],
  });
  assert.ok(loaded.ok);
  assert.equal(loaded.config.channels[0]?.group, "239.255.1.1");
});

test("a word means the same whether YAML is asked or not", () => {
  const word = fc.oneof(
    fc.string({ unit: fc.constantFrom(..."aenrtuilfsTFN019./:_-+~".split("")), minLength: 1, maxLength: 6 }),
    fc.tuple(fc.ipV4(), fc.constantFrom("", ":5004", ":", "/24")).map((parts) => parts.join("")),
    fc.constantFrom("null", "Null", "true", "FALSE", "0", "007", "0x1f", "0o17", "1e3", ".inf", ".nan", "12345678901234567890"),
  );
  fc.assert(
    fc.property(word, (text) => {
      const isPlain = /^(~|[.+-]*\w[\w.+-]*)$/.test(text);
      const meant: unknown = isPlain ? parse(text, { version: "1.2", schema: "core" }) : text;
      const [assignment] = readSet(`channels.main.source=${text}`, (path) => path).assignments;
      assert.deepEqual(assignment?.written, meant);
    }),
    { numRuns: 2000 },
  );
});

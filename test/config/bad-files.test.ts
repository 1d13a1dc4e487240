import assert from "node:assert/strict";
import { test } from "node:test";
import { errorLines, load } from "./request.ts";

const main = (rest: string): string => `channels:\n  main:\n${rest.replace(/^/gm, "    ")}\n`;

/** A file and the one line that it earns. */
const cases: readonly (readonly [string, string])[] = [
  // structure
  ["http:\n  listen: [::]:9680\n", "c.yml:2: an IPv6 address in brackets is a list in YAML; put the value in quotes"],
  ["channels:\n\tmain:\n", "c.yml:2: a tab in the indentation; indent with spaces"],
  ["channels:\n  main:\n    ttl: 1\n\tport: 5004\n", "c.yml:4: a tab in the indentation; indent with spaces"],
  ["log:\n  level: info\n  level: warn\n", "c.yml:3: log.level: given twice, first in line 2; keep one"],
  ["hello\n", 'c.yml:1: a single value where keys belong; write "key: value" lines'],
  ["- a\n- b\n", 'c.yml:1: a list where keys belong; write "key: value" lines'],
  ["log: [1]\n", 'c.yml:1: log: a list where keys belong; write "key: value" lines'],
  ["? [a]\n: b\n", 'c.yml:1: a key that is no plain word; write "key: value" lines'],
  [
    "log: level: info\n",
    "c.yml:1: a second key on one line, or a line indented too far; put a value with a colon in quotes, or fix the indentation",
  ],
  ["log:\n---\nlog:\n", "c.yml:2: a second document begins here (---); keep one"],
  ["log: !secret {level: info}\n", "c.yml:1: a tag (!…) has no meaning here; remove it"],
  ["log: *nowhere\n", "c.yml:1: log: an alias (*…) without its anchor, or too many aliases; write the value itself"],
  ["log: {}\nname: a\u0000b\n", "c.yml:2: control character U+0000; this is no YAML text"],
  ["[".repeat(20_000), "c.yml:1: nested too deeply"],
  // unknown keys
  [main("widht: 5"), "c.yml:3: channels.main.widht: unknown key; did you mean channels.main.video.width?"],
  [main("gruop: 5"), "c.yml:3: channels.main.gruop: unknown key; did you mean channels.main.group?"],
  [main("maxframebytes: 5"), "c.yml:3: channels.main.maxframebytes: unknown key; did you mean channels.main.video.maxFrameBytes?"],
  ["chanels: {}\n", "c.yml:1: chanels: unknown key; did you mean channels?"],
  ["http:\n  operatorListn: 127.0.0.1:9681\n", "c.yml:2: http.operatorListn: unknown key; did you mean http.operatorListen?"],
  ["__proto__: {}\n", "c.yml:1: __proto__: unknown key; did you mean channels.main.port?"],
  // channels
  ["channels:\n  Main: {}\n", "c.yml:2: channels.Main: a channel's name is 1 to 32 characters of a-z, 0-9 and -; rename the channel"],
  ["channels:\n  a b: {}\n", 'c.yml:2: channels."a b": a channel\'s name is 1 to 32 characters of a-z, 0-9 and -; rename the channel'],
  [
    `channels:\n${Array.from({ length: 65 }, (_, index) => `  c${index}: {}\n`).join("")}`,
    "c.yml:66: channels.c64: more than 64 channels; run a second daemon for it",
  ],
];

for (const [yaml, line] of cases)
  test(`a file with ${JSON.stringify(yaml.slice(0, 60))} is refused in one line`, () => {
    assert.deepEqual(errorLines(load(yaml)), [line]);
  });

test("bytes that are no text are refused with the line where they begin", () => {
  assert.deepEqual(errorLines(load(new Uint8Array([0x23, 0x0a, 0xff, 0xfe, 0x80]))), [
    "c.yml:2: no UTF-8 text; write the configuration as plain YAML",
  ]);
});

test("a file over 1 MiB is refused without being parsed", () => {
  assert.deepEqual(errorLines(load("#".repeat(1_048_577))), ["c.yml: more than 1048576 bytes; this is no configuration file"]);
});

test("every mistake of a file has its line, in the order of the file, and twenty at the most", () => {
  assert.deepEqual(errorLines(load("log:\n  level: loud\n  fromat: json\nhttp:\n  listen: x\n")), [
    "c.yml:2: log.level: loud; give trace, debug, info, warn, error, fatal or silent",
    "c.yml:3: log.fromat: unknown key; did you mean log.format?",
    "c.yml:5: http.listen: x is not HOST:PORT with a port from 1 to 65535; for example 0.0.0.0:9680",
  ]);
  assert.equal(errorLines(load("x: 1\n".repeat(1_000))).length, 20);
});

test("aliases that multiply cost no time and end in an error line", () => {
  const bomb = Array.from({ length: 30 }, (_, level) => `b${level}: &b${level} [${`*b${level - 1},`.repeat(9)}]\n`);
  bomb[0] = "b0: &b0 [x]\n";
  assert.equal(errorLines(load(bomb.join(""))).length, 20);
  const wide = `channels:\n  main:\n    source: [&a x.mp4, ${"*a, ".repeat(200)}]\n`;
  assert.deepEqual(errorLines(load(wide)), [
    "c.yml:3: channels.main.source: an alias (*…) without its anchor, or too many aliases in a list; give a file, a list of files, a directory, camera:, mic:, camera+mic, screen:, a URL, test:live, or null for the test film",
  ]);
});

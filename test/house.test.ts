/** The rules of ARCHITECTURE.md on who may import whom, held against every source file. */

import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

type Rule = {
  readonly name: string;
  /** Files that it is for, and those that it is not for. */
  readonly files: RegExp;
  readonly except?: RegExp;
  /** What they may import of the project. */
  readonly mayImport: RegExp;
};

const RULES: readonly Rule[] = [
  { name: "wire/ imports nothing of the project", files: /^wire\//, mayImport: /^wire\// },
  {
    name: "config/ imports nothing else, but for the script that writes the generated pages",
    files: /^config\//,
    except: /^config\/generate\.ts$/,
    mayImport: /^config\//,
  },
  {
    name: "control/ imports neither daemon/ nor config/, but for the main files of streamctl and its doctor",
    files: /^control\//,
    except: /^control\/streamctl\/(doctor\/)?main\.ts$/,
    mayImport: /^(control|wire)\//,
  },
  {
    name: "daemon/ never imports receiver/, but for the main file of the source process, which gives it to who relays a channel",
    files: /^daemon\//,
    except: /^daemon\/source\/main\.ts$/,
    mayImport: /^(daemon|wire|config|control)\//,
  },
  {
    name: "the main file of the source process imports the source process, and of receiver/ what relays a channel",
    files: /^daemon\/source\/main\.ts$/,
    mayImport: /^daemon\/source\/|^receiver\/relay\.ts$/,
  },
  {
    name: "receiver/ imports wire/, the client of the control channel, how that makes a directory, names an error, chooses a channel and joins it, and nothing else",
    files: /^receiver\//,
    mayImport:
      /^(receiver|wire)\/|^control\/(choose-channel|client|client-error|join-channel|pass|make-directory|receive-request|system-error|untrusted-text|usage-error|contract\/\w+)\.ts$/,
  },
  {
    name: "what is pure of the receiver imports neither sockets nor the control channel",
    files: /^receiver\/(reassemble|reception|playout)\/|^receiver\/(receiver|media)\.ts$/,
    mayImport: /^wire\/|^receiver\/(reassemble|reception|playout)\/|^receiver\/media\.ts$/,
  },
  { name: "pace/ knows nothing of what comes after it", files: /^daemon\/pace\//, mayImport: /^daemon\/pace\// },
  {
    name: "packetize/ knows nothing of sending",
    files: /^daemon\/packetize\//,
    mayImport: /^(daemon\/(pace|packetize)|wire)\//,
  },
  {
    name: "the source process imports nothing of the rest of the daemon, of the configuration only what a live source is, and of control/ how a directory is made",
    files: /^daemon\/source\//,
    except: /^daemon\/source\/main\.ts$/,
    mayImport:
      /^(daemon\/source|wire)\/|^daemon\/(clock|program-file)\.ts$|^config\/values\/live-source\.ts$|^control\/make-directory\.ts$/,
  },
  {
    name: "the media engine is imported in the source process and where recordings are written, and nowhere else",
    files: /^(?!daemon\/source\/|receiver\/sinks\/record\/)/,
    mayImport: /^(?!node-av|@julusian)/,
  },
];

const sources = globSync("{wire,config,daemon,control,receiver}/**/*.ts", { cwd: ROOT });

/** Project files by their path from the root, packages by their name. */
function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  return [...text.matchAll(/^(?:import|export)\s[^;]*?from\s+"([^"]+)"|^import\s+"([^"]+)"|\bimport\("([^"]+)"\)/gm)].map((match) => {
    const name = match[1] ?? match[2] ?? match[3] ?? "";
    return name.startsWith(".") ? relative(ROOT, join(ROOT, dirname(file), name)) : name;
  });
}

function breaches(rule: Rule, files: readonly string[], read: (file: string) => readonly string[]): readonly string[] {
  return files
    .filter((file) => rule.files.test(file) && rule.except?.test(file) !== true)
    .flatMap((file) =>
      read(file)
        .filter((name) => isOfRule(rule, name) && !rule.mayImport.test(name))
        .map((name) => `${file} imports ${name}`),
    );
}

/** The rule on packages looks at packages, the others at files of the project. */
function isOfRule(rule: Rule, name: string): boolean {
  const isFile = name.endsWith(".ts");
  return rule.mayImport.source.startsWith("^(?!") ? !isFile : isFile;
}

for (const rule of RULES) {
  test(rule.name, () => assert.deepEqual(breaches(rule, sources, importsOf), []));
}

test("a breach of these rules is found", () => {
  const found = RULES.flatMap((rule) =>
    breaches(rule, ["wire/rtp.ts", "control/client.ts", "daemon/pace/spread.ts"], () => ["daemon/channel/channel.ts", "node-av/api"]),
  );
  assert.deepEqual(found, [
    "wire/rtp.ts imports daemon/channel/channel.ts",
    "control/client.ts imports daemon/channel/channel.ts",
    "daemon/pace/spread.ts imports daemon/channel/channel.ts",
    "wire/rtp.ts imports node-av/api",
    "control/client.ts imports node-av/api",
    "daemon/pace/spread.ts imports node-av/api",
  ]);
});

test("there are sources to hold the rules against", () => assert.ok(sources.length > 50));

// Completion in the shells themselves, against a running daemon; manual pages through groff; streamctl's own settings.
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { startServer, testHandlers, type TestServer } from "./fixture.ts";

const root = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "streamctl-completion-"));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, "bin"));
symlinkSync(join(root, "bin/streamctl"), join(folder, "bin/streamctl"));

const runFile = promisify(execFile);

function lacks(command: string): string | false {
  return spawnSync(command, ["--version"]).error === undefined ? false : `${command} is missing: apt-get install ${command}`;
}

async function inShell(shell: string, args: readonly string[], extra: Readonly<Record<string, string>> = {}): Promise<string> {
  const env = {
    ...process.env,
    PATH: `${join(folder, "bin")}${delimiter}${process.env["PATH"]}`,
    HOME: folder,
    XDG_CONFIG_HOME: folder,
    XDG_RUNTIME_DIR: folder,
    ...extra,
  };
  return (await runFile(shell, args, { env })).stdout;
}

/** Where the script for a shell lies, as streamctl gives it. */
async function scriptFor(shell: string): Promise<string> {
  const file = join(folder, `completion.${shell}`);
  if (!existsSync(file)) writeFileSync(file, await inShell("streamctl", ["completion", shell]));
  return file;
}

/** What each shell offers for the words of a command line, the last one being typed. */
const shells: Readonly<Record<string, (words: readonly string[]) => Promise<string>>> = {
  bash: async (words) => {
    const list = words.map((word) => `'${word}'`).join(" ");
    return inShell("bash", [
      "-c",
      `source ${await scriptFor("bash")}; COMP_WORDS=(streamctl ${list}); COMP_CWORD=${words.length}; _streamctl; printf '%s\\n' "\${COMPREPLY[@]}"`,
    ]);
  },
  zsh: async (words) => {
    const list = words.map((word) => `'${word}'`).join(" ");
    const stubs = `compdef() { :; }; _files() { print :files; }; _describe() { print -rl -- "\${(@)\${(P)2}%%:*}"; }`;
    return inShell("zsh", [
      "-f",
      "-c",
      `${stubs}; source ${await scriptFor("zsh")}; words=(streamctl ${list}); CURRENT=$#words; _streamctl`,
    ]);
  },
  fish: async (words) => {
    const found = await inShell("fish", [
      "--no-config",
      "-c",
      `source ${await scriptFor("fish")}; complete -C '${["streamctl", ...words].join(" ")}'`,
    ]);
    return found.replace(/\t.*$/gm, "");
  },
};

async function serve(): Promise<TestServer> {
  return startServer({ handlers: testHandlers(undefined, ["lobby", "lounge", "hall"]) });
}

for (const [shell, complete] of Object.entries(shells)) {
  test(`${shell} completes commands, options, their values, and the channels of the running daemon`, { skip: lacks(shell) }, async () => {
    await using running = await serve();
    const at = ["--socket", running.socketPath];
    const offered = async (...words: readonly string[]): Promise<readonly string[]> =>
      (await complete(words))
        .split("\n")
        .filter((line) => line !== "")
        .toSorted();
    assert.deepEqual(await offered("cha"), ["channel"]);
    assert.deepEqual(await offered("channel", "st"), ["start", "stop"]);
    assert.deepEqual(await offered("help", "channel", "st"), ["start", "stop"]);
    assert.deepEqual(await offered("pacing", "set", "--ad"), ["--adapt"]);
    assert.deepEqual(await offered("pacing", "set", "--adapt", ""), ["median", "off", "worst"]);
    assert.deepEqual(await offered(...at, "channel", "pause", "lo"), ["lobby", "lounge"]);
    assert.ok((await offered(...at, "set", "lobby", "video.")).includes("video.quality"));
    assert.deepEqual(await offered(...at, "set", "qu"), ["quality"]);
    assert.deepEqual(await offered(...at, "set", "quality", ""), []);
    assert.deepEqual(await offered(...at, "reset", "vo"), ["volume"]);
    assert.deepEqual(await offered(...at, "reset", "lobby", "vo"), ["volume"]);
    assert.deepEqual(await offered("config", "set", ""), ["colour", "host", "tokenFile"]);
    assert.deepEqual(await offered(...at, "pacing", "set", ""), ["hall", "lobby", "lounge"]);
    assert.ok((await offered("record", "-")).includes("-"));
    assert.ok(!(await offered("record", "film.mkv", "-")).includes("-"));
    assert.deepEqual(await offered("completion", ""), ["bash", "fish", "zsh"]);
    assert.deepEqual(await offered(...at, "doctor", "--receive", "lo"), ["lobby", "lounge"]);
    assert.deepEqual(await offered(...at, "doctor", "--receive", "--du"), ["--duration"]);
    assert.ok(!(await offered("")).includes("__complete"));
  });
}

for (const [shell, args] of [
  ["bash", ["-c", "source <(streamctl completion bash); complete -p streamctl"]],
  ["zsh", ["-f", "-c", "compdef() { print $*; }; source <(streamctl completion zsh)"]],
  ["fish", ["--no-config", "-c", "streamctl completion fish | source; complete -c streamctl"]],
] as const)
  test(`${shell} takes completion from streamctl itself, as people are told to`, { skip: lacks(shell) }, async () => {
    assert.match(await inShell(shell, args), /streamctl/);
  });

test("bash completes behind HOST:PORT and --host=HOST:PORT, which it takes apart", { skip: lacks("bash") }, async () => {
  await using running = await serve();
  const place = ["127.0.0.1", ":", String(running.port)];
  for (const option of [["--host"], ["--host", "="]])
    assert.equal(await shells["bash"]?.([...option, ...place, "channel", "pause", "lo"]), "lobby\nlounge\n");
});

test("the channels are those of the host that streamctl remembers; a second film is completed like the first", async () => {
  await using running = await serve();
  const env = { XDG_CONFIG_HOME: join(folder, "remembered") };
  await inShell("streamctl", ["config", "set", "host", `127.0.0.1:${running.port}`], env);
  const offered = (...words: readonly string[]) => inShell("streamctl", ["__complete", "--", ...words], env);
  assert.equal(await offered("channel", "pause", "lo"), "lobby\tchannel\nlounge\tchannel\n");
  assert.equal(await offered("prepare", "one.mp4", "tw"), ":files\n");
  assert.equal(await offered("measure", "--out", ""), ":files\n");
});

test("without a daemon nothing is offered, at once and without an error", async () => {
  const startedMs = performance.now();
  const out = await inShell("streamctl", ["__complete", "--", "--host", "127.0.0.1:1", "channel", "pause", ""]);
  assert.equal(out, "");
  assert.ok(performance.now() - startedMs < 5000);
});

for (const page of ["streamctl.1", "streamerd.8", "streamerd.yml.5"]) {
  test(`${page} is a manual page without a warning, and tells of everything`, { skip: lacks("groff") }, async () => {
    const { stdout, stderr } = await runFile("groff", ["-man", "-Tutf8", "-ww", "-P-cbou", "-rLL=100n", join(root, "docs/man", page)]);
    assert.equal(stderr, "");
    for (const heading of ["NAME", "DESCRIPTION", "SEE ALSO"]) assert.match(stdout, new RegExp(`^${heading}$`, "m"));
    if (page === "streamctl.1")
      for (const command of ["pacing set", "discover", "top", "events", "logs", "config reload"])
        assert.match(stdout, new RegExp(`^ +${command}\\b`, "m"));
    if (page === "streamctl.1") assert.match(stdout, /\(udp, tcp, both; default: both\)/);
    if (page === "streamerd.yml.5") assert.match(stdout, /channels\.NAME\.video\.quality/);
  });
}

test("streamctl remembers its own settings, and the command line goes before them", async () => {
  await using running = await serve();
  const env = { XDG_CONFIG_HOME: join(folder, "settings") };
  const run = (...args: readonly string[]) => inShell("streamctl", args, env);
  assert.equal(await run("config", "get"), "nothing is set; host, tokenFile, colour can be: streamctl config set KEY VALUE\n");
  assert.equal(await run("config", "get", "host"), "");
  await run("config", "set", "host", `127.0.0.1:${running.port}`);
  await run("config", "set", "colour", "always");
  assert.equal(await run("config", "get"), `host    127.0.0.1:${running.port}\ncolour  always\n`);
  assert.equal(await run("config", "get", "host"), `127.0.0.1:${running.port}\n`);
  assert.match(await run("channel", "list"), /\u001b\[.*lobby/s);
  assert.ok(!(await run("--colour", "never", "channel", "list")).includes("\u001b"));
  await run("config", "unset", "colour");
  assert.equal(await run("--json", "config", "get"), `{"host":"127.0.0.1:${running.port}"}\n`);
  await assert.rejects(run("config", "set", "colour", "pink"), /colour pink: auto, always or never is wanted/);
  await assert.rejects(run("config", "set", "host", "a:b:c"), /streamctl: host a:b:c is no HOST or HOST:PORT/);
  await assert.rejects(run("config", "set", "home", "x"), /Allowed choices are host, tokenFile, colour/);
});

test("a token file that is remembered and gone is told as the setting that it is, and is refused when it is set", async () => {
  const env = { XDG_CONFIG_HOME: join(folder, "token-setting") };
  const run = (...args: readonly string[]) => inShell("streamctl", args, env);
  const token = join(folder, "remembered-token");
  await assert.rejects(run("config", "set", "tokenFile", token), /streamctl: tokenFile \S+\/remembered-token: there is no such file\n/);
  writeFileSync(token, "a token\n");
  await run("config", "set", "tokenFile", token);
  rmSync(token);
  await assert.rejects(
    run("status"),
    /streamctl: the setting tokenFile \(streamctl config\) \S+\/remembered-token: there is no such file\n/,
  );
  await run("config", "unset", "tokenFile");
});

test("damaged settings are one line, and the command does its work without them", async () => {
  const directory = join(folder, "damaged");
  const file = join(directory, "streamctl", "config.json");
  mkdirSync(join(directory, "streamctl"), { recursive: true });
  for (const [content, reason] of [
    ["{", "it is no JSON"],
    ['{"colour": "pink"}', "colour: auto, always or never is wanted"],
    ['{"color": "never"}', "color: there is no such setting"],
  ] as const) {
    writeFileSync(file, content);
    const { stdout, stderr } = spawnSync(join(root, "bin/streamctl"), ["completion", "bash"], {
      env: { ...process.env, XDG_CONFIG_HOME: directory },
      encoding: "utf8",
    });
    assert.match(stdout, /complete -F/);
    assert.equal(stderr, `streamctl: ${file}: ${reason}; it is not used: mend or remove it\n`);
    assert.equal(readFileSync(file, "utf8"), content, "it is left as it is");
  }
  rmSync(file);
  mkdirSync(file);
  const { stderr } = spawnSync(join(root, "bin/streamctl"), ["completion", "bash"], {
    env: { ...process.env, XDG_CONFIG_HOME: directory },
    encoding: "utf8",
  });
  assert.equal(stderr, `streamctl: ${file}: EISDIR: illegal operation on a directory, read; it is not used: mend or remove it\n`);
});

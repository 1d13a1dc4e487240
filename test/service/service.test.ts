/**
 * The Debian package on a real systemd, from its installation to its purge: one container, in which the tests follow each other as an
 * operator's days do.
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Running } from "../e2e/running.ts";
import { waitFor } from "../e2e/wait.ts";
import { bootContainer, lacksContainer } from "./container.ts";
import type { Container } from "./container.ts";
import { NEXT_VERSION, VERSION, buildPackages } from "./packages.ts";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const STREAMCTL = join(ROOT, "bin/streamctl");
const CONFIG = "/etc/streamerd/streamerd.yml";
/** The unit's ten seconds are for machines that nobody waits for. */
const WATCHDOG = "[Service]\nWatchdogSec=2\n";
/** What lintian holds against a package that is built for a test. */
const UNCOMPRESSED = "uses-no-compression-for-control-tarball,uses-no-compression-for-data-tarball";
const run = promisify(execFile);
const JOIN = '{"jsonrpc":"2.0","id":1,"method":"session.join","params":{"channel":"main"}}\n';

describe("the service", { skip: lacksContainer() }, () => {
  let folder: string;
  let container: Container;
  let packages: ReturnType<typeof buildPackages>;
  let receiver: Running;
  let lintian: Promise<{ readonly stdout: string; readonly stderr: string }>;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "streamerd-service-"));
    packages = buildPackages(folder);
    // It takes longest, and needs nobody.
    lintian = run("lintian", ["--allow-root", "--tag-display-limit", "0", "--suppress-tags", UNCOMPRESSED, packages.first]).catch(
      described,
    );
    container = await bootContainer();
  });
  after(async () => {
    receiver?.kill("SIGKILL");
    await container?.shutDown();
    rmSync(folder, { recursive: true });
  });

  const systemctl = (...args: readonly string[]) => container.exec("systemctl", ...args);
  const show = (property: string, unit = "streamerd") => container.output("systemctl", "show", "--value", "--property", property, unit);
  /** Never 0, which `kill` takes for everybody. */
  const mainPid = (): Promise<number> => waitFor("the daemon's process", async () => Number(await show("MainPID")) || null);
  const isActive = async (): Promise<boolean> => (await show("ActiveState")) === "active";
  const install = (file: string) => container.exec("apt-get", "install", "-y", "-q", container.bring(file));
  const ask = async (...words: readonly string[]): Promise<string> => container.output("streamctl", "--json", ...words);
  const configure = (text: string): void => container.write(CONFIG, `channels:\n  main:\n    source: null\n${text}`);
  const request = (input: string) => container.rx.exec("nc", ["-N", "-w", "20", container.address, "9688"], { input });

  /** `streamctl stats` prints a line a second, which begins with the frames of that second. */
  const receives = async (): Promise<void> => {
    const lines = (): readonly string[] =>
      receiver
        .stdout()
        .split("\n")
        .filter((line) => Number.parseFloat(line) > 5);
    const before = lines().length;
    await waitFor("pictures at the receiver", () => lines().length >= before + 2);
  };
  /** Waits until another process than `old` is ready. */
  const waitForNew = (old: number): Promise<number> =>
    waitFor("another daemon", async () => {
      const pid = await mainPid();
      return pid !== old && (await isActive()) ? pid : null;
    });

  test("installing the package enables and starts the service, which says what it sends", async () => {
    const { status, stdout, stderr } = await install(packages.first);
    assert.equal(status, 0, `${stdout}${stderr}`);
    assert.equal(await container.output("systemctl", "is-enabled", "streamerd"), "enabled");
    assert.equal(await container.output("systemctl", "is-active", "streamerd"), "active");
    await waitFor("the status", async () => /^main playing \d+\.\d FPS; 0 clients$/.test(await show("StatusText")));
    receiver = container.rx.spawn(STREAMCTL, ["--host", container.address, "stats"]);
    await receives();
    await waitFor("the client in the status", async () => (await show("StatusText")).endsWith("; 1 client"));
    assert.match((await systemctl("status", "--no-pager", "streamerd")).stdout, /Status: "main playing/);
  });

  test("the configuration, the manuals and the completions are where Debian has them", async () => {
    assert.equal(await container.output("streamctl", "config", "check"), `${CONFIG}: good`);
    for (const page of ["streamerd", "streamctl", "streamerd.yml"]) assert.match(await container.output("man", "--where", page), /\.gz$/);
    assert.ok(container.exists("usr/share/bash-completion/completions/streamctl"));
    assert.match(await container.output("cat", "/usr/share/doc/streamerd/copyright"), /--enable-gpl/);
    for (const name of [
      "service.md",
      "live.md",
      "cache.md",
      "prometheus/streamerd.rules.yml",
      "examples/hello.py",
      "examples/devices.conf",
    ])
      assert.ok(container.exists(`usr/share/doc/streamerd/${name}`), name);
  });

  test("the sandbox is as tight as it says, and the stream goes on in it", async () => {
    const exposure = await container.output("systemd-analyze", "security", "--no-pager", "streamerd");
    const level = Number(/exposure level for streamerd\.service: ([\d.]+)/.exec(exposure)?.[1]);
    assert.ok(level <= 2, exposure);
    const pid = await mainPid();
    // In its mount namespace root itself cannot write, but for its own directories.
    const touch = (path: string) => container.exec("nsenter", "--mount", "--target", `${pid}`, "touch", path);
    for (const path of ["/etc/streamerd/x", "/usr/lib/streamerd/x", "/var/lib/x", "/root/x", "/srv/x"]) {
      assert.notEqual((await touch(path)).status, 0, path);
    }
    for (const path of ["/var/lib/streamerd/x", "/var/cache/streamerd/x", "/run/streamerd/x"]) {
      assert.deepEqual(await touch(path), { status: 0, stdout: "", stderr: "" });
    }
    const status = await container.output("cat", `/proc/${pid}/status`);
    assert.match(status, /^NoNewPrivs:\t1$/m);
    assert.match(status, /^CapBnd:\t0+$/m);
    assert.match(status, /^Seccomp:\t2$/m);
    await receives();
  });

  test("a reload takes the new configuration up while a host goes on receiving", async () => {
    const pid = await mainPid();
    const said = receiver.stderr();
    configure("    video: { quality: 60 }\n");
    assert.equal((await systemctl("reload", "streamerd")).status, 0);
    await waitFor("the new quality", async () => (await ask("channel", "show", "main")).includes('"quality":60'));
    assert.equal(await mainPid(), pid);
    await receives();
    assert.equal(receiver.stderr(), said, "the receiver has noticed something");
  });

  test("a reload of a configuration that does not fit fails, shows the line, and changes nothing", async () => {
    const pid = await mainPid();
    configure("    video: { quality: 600 }\n");
    assert.notEqual((await systemctl("reload", "streamerd")).status, 0);
    await waitFor("the refusal in the status", async () => /^configuration refused.*streamerd\.yml:4/.test(await show("StatusText")));
    assert.match(await container.output("journalctl", "--unit", "streamerd", "--output", "cat"), /streamctl: .*streamerd\.yml:4.*quality/);
    assert.equal(await mainPid(), pid);
    assert.equal(await isActive(), true);
    configure("");
    assert.equal((await systemctl("reload", "streamerd")).status, 0);
    await receives();
  });

  test("the journal has the levels, and the channel's name before each line", async () => {
    const entries = (...args: readonly string[]) =>
      container.output("journalctl", "--unit", "streamerd", "--output", "cat", "--identifier", "streamerd", ...args);
    const warnings = await entries("--priority", "warning..warning");
    assert.match(warnings, /^the configuration stays as it was: .*quality/m);
    assert.doesNotMatch(warnings, /playing/);
    assert.doesNotMatch(warnings, /sockets/, "the package has what the system's sockets need");
    assert.match(await entries("--priority", "info..info"), /^main: playing$/m);
  });

  test("after kill -9 the daemon is there again, and the host receives without help", async () => {
    const pid = await mainPid();
    await container.output("kill", "-KILL", `${pid}`);
    await waitForNew(pid);
    await receives();
  });

  test("who joins while the daemon restarts is served, and nobody is refused", async () => {
    const pid = await mainPid();
    const restart = systemctl("restart", "streamerd");
    await waitFor("the old daemon's end", async () => (await container.exec("kill", "-0", `${pid}`)).status !== 0);
    const join = request(JOIN);
    assert.notEqual(await show("ActiveState"), "active", "it was asked before the new one was ready");
    do assert.equal((await container.rx.exec("nc", ["-z", container.address, "9688"])).status, 0, "a connection was refused");
    while (!(await isActive()));
    assert.equal((await restart).status, 0);
    assert.match((await join).stdout, /"result":\{.*"group":/);
    await receives();
  });

  test("a frozen daemon is replaced by the watchdog", async () => {
    container.write("/etc/systemd/system/streamerd.service.d/watchdog.conf", WATCHDOG);
    await systemctl("daemon-reload");
    await systemctl("restart", "streamerd");
    const pid = await mainPid();
    await container.output("kill", "-STOP", `${pid}`);
    await waitForNew(pid);
    assert.match(await container.output("journalctl", "--unit", "streamerd", "--output", "cat"), /Watchdog timeout/);
    await receives();
  });

  test("a stopped channel without a network is alive to the watchdog", async () => {
    const pid = await mainPid();
    await ask("channel", "stop", "main");
    await container.output("ip", "link", "set", "eth0", "down");
    const sign = () => show("WatchdogTimestampMonotonic");
    for (let last = await sign(), signs = 0; signs < 5; signs++) {
      const before = last;
      last = await waitFor("a sign of life", async () => ((await sign()) === before ? null : sign()));
    }
    await container.output("ip", "link", "set", "eth0", "up");
    await container.output("ip", "route", "replace", "224.0.0.0/4", "dev", "eth0");
    await ask("channel", "start", "main");
    assert.equal(await mainPid(), pid);
    await receives();
  });

  test("a token that root writes beside the configuration makes an operator of who has it", async () => {
    const token = join(folder, "token");
    writeFileSync(token, "a long secret\n");
    container.write("/etc/streamerd/token", "a long secret\n");
    await container.output("chmod", "600", "/etc/streamerd/token");
    const set = () => container.rx.exec(STREAMCTL, ["--host", container.address, "--token-file", token, "set", "main", "quality", "70"]);
    assert.notEqual((await set()).status, 0);
    await container.output("systemctl", "restart", "streamerd");
    const { status, stderr } = await set();
    assert.equal(status, 0, stderr);
  });

  test("stopping it means it, though receivers go on knocking; starting it opens the door again", async () => {
    await container.output("systemctl", "stop", "streamerd");
    assert.equal(await show("ActiveState", "streamerd.socket"), "inactive");
    assert.notEqual((await container.rx.exec("nc", ["-z", container.address, "9688"])).status, 0);
    assert.equal(await show("ActiveState"), "inactive");
    await container.output("systemctl", "start", "streamerd");
    assert.equal(await isActive(), true);
    await receives();
  });

  test("a second daemon runs as an instance with a file and directories of its own", async () => {
    container.write(
      "/etc/streamerd/foyer.yml",
      "channels: { foyer: { source: null } }\ncontrol: { listen: 0.0.0.0:9698 }\nhttp: { listen: 0.0.0.0:9690, operatorListen: off }\n",
    );
    await container.output("systemctl", "start", "streamerd@foyer");
    assert.match(await ask("--socket", "/run/streamerd-foyer/control.sock", "status"), /"name":"foyer"/);
    assert.ok(container.exists("var/lib/streamerd-foyer"));
    assert.equal((await systemctl("reload", "streamerd@foyer")).status, 0);
    await container.output("systemctl", "stop", "streamerd@foyer");
  });

  test("an upgrade with a configuration that no longer fits lets the old process go on, and says so", async () => {
    const pid = await mainPid();
    configure("    colour: blue\n");
    const { status, stdout, stderr } = await install(packages.next);
    assert.equal(status, 0, `${stdout}${stderr}`);
    assert.match(stderr + stdout, /streamerd\.service was not restarted.*no longer fits/);
    assert.match(stderr + stdout, /streamerd\.yml:4: .*colour/);
    assert.equal(await mainPid(), pid);
    assert.match(await ask("status"), new RegExp(`"version":"${VERSION}"`));
    await receives();
  });

  test("an upgrade keeps the operator's configuration and restarts what runs", async () => {
    const pid = await mainPid();
    configure("    video: { quality: 55 }\n");
    const { status, stdout, stderr } = await container.exec(
      "apt-get",
      "install",
      "-y",
      "-q",
      "--reinstall",
      `/root/${basename(packages.next)}`,
    );
    assert.equal(status, 0, `${stdout}${stderr}`);
    await waitForNew(pid);
    assert.match(await ask("status"), new RegExp(`"version":"${NEXT_VERSION}"`));
    assert.match(await container.output("cat", CONFIG), /quality: 55/);
    await receives();
  });

  test("removing it stops it and keeps its configuration; when it comes back it runs, and so do the instances that are enabled", async () => {
    await container.output("systemctl", "enable", "--now", "streamerd@foyer");
    await container.output("apt-get", "remove", "-y", "-q", "streamerd");
    assert.equal((await container.exec("pgrep", "--full", "/usr/lib/streamerd")).stdout, "");
    assert.match(await container.output("cat", CONFIG), /quality: 55/);
    await container.output("dpkg", "--install", `/root/${basename(packages.next)}`);
    for (const unit of ["streamerd", "streamerd@foyer"]) assert.equal(await container.output("systemctl", "is-active", unit), "active");
  });

  test("purging it leaves nothing", async () => {
    await container.output("apt-get", "purge", "-y", "-q", "streamerd");
    const { stdout } = await container.exec(
      "find",
      "/etc",
      "/usr",
      "/var/lib",
      "/var/cache",
      "/run",
      "-xdev",
      "-name",
      "*streamerd*",
      "-not",
      "-path",
      "*/systemd/propagate/*",
    );
    // The drop-in is this test's own; the user stays, as Debian's users do.
    assert.equal(stdout.trim(), "/etc/systemd/system/streamerd.service.d");
  });

  test("systemd-analyze verify and lintian find nothing", async () => {
    const tree = join(folder, "tree");
    const units = ["streamerd.service", "streamerd@.service", "streamerd.socket"].map((name) => join(tree, "lib/systemd/system", name));
    const texts = await Promise.all(
      units.map(async (unit) => (await run("systemd-analyze", ["verify", "--man=no", unit]).catch(described)).stderr),
    );
    // Programs and manuals are not installed outside of the container.
    const found = texts
      .join("")
      .split("\n")
      .filter((line) => line !== "" && !/Command \/usr\/bin\/stream(erd|ctl) is not executable/.test(line));
    assert.deepEqual(found, []);
    assert.equal((await lintian).stdout, "");
  });
});

function described(error: unknown): { readonly stdout: string; readonly stderr: string } {
  if (error instanceof Error && "stdout" in error && "stderr" in error)
    return { stdout: String(error.stdout), stderr: String(error.stderr) };
  throw error;
}

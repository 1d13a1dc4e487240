/**
 * A machine with a real systemd: a container on an overlay of `/`, of which only what is ours is started, and a host beside it.
 *
 *     container: 10.78.0.1 eth0 ──── veth ──── eth0 10.78.0.2 :rx
 *
 * Nothing is reachable from here or from outside. What it writes is in a tmpfs, and goes away with it.
 */

import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { MULTICAST_ROUTE, createHost } from "../e2e/host.ts";
import type { Finished, Host } from "../e2e/host.ts";
import { startProcess } from "../e2e/running.ts";
import { waitFor, within } from "../e2e/wait.ts";

export type Container = {
  readonly address: string;
  /** The host that receives. */
  readonly rx: Host;
  /** Runs a command in it, and gives its status and output, whatever they are. */
  readonly exec: (command: string, ...args: readonly string[]) => Promise<Finished>;
  /** Runs a command that must succeed, and gives what it printed, without the last line's end. */
  readonly output: (command: string, ...args: readonly string[]) => Promise<string>;
  readonly write: (path: string, text: string) => void;
  /** Puts a file of ours into /root. */
  readonly bring: (file: string) => string;
  readonly exists: (path: string) => boolean;
  readonly shutDown: () => Promise<void>;
};

const ADDRESS = "10.78.0.1";
const RX_ADDRESS = "10.78.0.2";
const FOLDER = "/run/streamerd-test";
/** In a container's folder: its first process and its machine id. */
const LEADER = "leader";
/** It takes half a second, or longer where a job of the machine's own waits for what a container has not. */
const BOOT_MS = 60_000;
/** apt-get unpacks 300 MB; everything else takes a second. */
const EXEC_MS = 90_000;

/** Why it cannot be booted here, or false if it can. */
export function lacksContainer(): string | false {
  if (process.getuid?.() !== 0) return "a container needs root: run npm test as root";
  const missing = [
    ["/usr/bin/systemd-nspawn", "systemd-container"],
    ["/usr/bin/nsenter", "util-linux"],
    ["/usr/bin/strip", "binutils"],
    ["/usr/bin/lintian", "lintian"],
    ["/usr/bin/nc", "netcat-openbsd"],
    ["/sbin/ip", "iproute2"],
  ].flatMap(([file, name]) => (file === undefined || existsSync(file) ? [] : [name]));
  return missing.length === 0 ? false : `missing: apt-get install ${missing.join(" ")}`;
}

/** Boots it and waits until systemd has started everything. */
export async function bootContainer(): Promise<Container> {
  const folder = mountOverlay();
  const root = join(folder, "root");
  const machine = randomBytes(16).toString("hex");
  keepOnlyOurs(root, machine);
  // It dies with us, and takes what runs in it along.
  const nspawn = startProcess("setpriv", [
    "--pdeathsig=KILL",
    "systemd-nspawn",
    `--directory=${root}`,
    "--register=no",
    "--keep-unit",
    "--private-network",
    "--boot",
  ]);
  let namespace: string | null = null;
  const shutDown = async (): Promise<void> => {
    const leader = leaderOf(nspawn.pid, machine);
    if (leader !== null) process.kill(leader, "SIGKILL");
    await nspawn.stop("SIGKILL");
    if (namespace !== null) execFileSync("ip", ["netns", "del", namespace]);
    unmount(folder);
  };
  try {
    const said = (): string => `${nspawn.stdout().slice(-2000)}${nspawn.stderr().slice(-2000)}`;
    const leader = await waitFor("the container's first process", () => leaderOf(nspawn.pid, machine)).catch((error: unknown) => {
      throw new Error(`systemd-nspawn has no first process for us: ${said()}`, { cause: error });
    });
    writeFileSync(join(folder, LEADER), `${leader} ${machine}`);
    const exec: Container["exec"] = async (command, ...args) => {
      const running = startProcess("nsenter", ["--all", "--target", `${leader}`, command, ...args], {
        env: { DEBIAN_FRONTEND: "noninteractive" },
      });
      try {
        const { status } = await within(`the end of ${command} ${args.join(" ")}`, running.ended, EXEC_MS);
        return { status, stdout: running.stdout(), stderr: running.stderr() };
      } finally {
        running.kill("SIGKILL");
      }
    };
    const output: Container["output"] = async (command, ...args) => {
      const { status, stdout, stderr } = await exec(command, ...args);
      if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}: ${stdout}${stderr}`);
      return stdout.trimEnd();
    };
    // "degraded": a unit of the machine's own cannot run in a container.
    const isUp = async (): Promise<boolean> => /^(running|degraded)/.test((await exec("systemctl", "is-system-running")).stdout);
    await waitFor("systemd", isUp, BOOT_MS).catch(async (error: unknown) => {
      throw new Error(`${said()}\n${(await exec("systemctl", "list-jobs")).stdout}`, { cause: error });
    });
    namespace = `sd-${process.pid}-${randomBytes(3).toString("hex")}-rx`;
    connect(namespace, leader);
    return {
      address: ADDRESS,
      rx: createHost("rx", namespace, RX_ADDRESS, () => {}),
      exec,
      output,
      shutDown,
      write: (path, text) => {
        mkdirSync(join(root, path, ".."), { recursive: true });
        writeFileSync(join(root, path), text);
      },
      bring: (file) => {
        cpSync(file, join(root, "root", basename(file)));
        return `/root/${basename(file)}`;
      },
      exists: (path) => existsSync(join(root, path)),
    };
  } catch (error) {
    await shutDown();
    throw error;
  }
}

/** In a tmpfs: an overlay may not lie in what it is laid over. */
function mountOverlay(): string {
  mkdirSync(FOLDER, { recursive: true });
  // A run that was killed leaves its mounts; there is one container at a time.
  for (const name of readdirSync(FOLDER)) removeLeftover(join(FOLDER, name));
  const folder = mkdtempSync(join(FOLDER, "container-"));
  execFileSync("mount", ["-t", "tmpfs", "tmpfs", folder]);
  for (const name of ["upper", "work", "root"]) mkdirSync(join(folder, name));
  const layers = `lowerdir=/,upperdir=${folder}/upper,workdir=${folder}/work`;
  execFileSync("mount", ["-t", "overlay", "overlay", "-o", layers, join(folder, "root")]);
  return folder;
}

function removeLeftover(folder: string): void {
  if (existsSync(join(folder, LEADER))) {
    const [pid = "", machine = ""] = readFileSync(join(folder, LEADER), "utf8").split(" ");
    if (isLeader(pid, machine)) process.kill(Number(pid), "SIGKILL");
  }
  unmount(folder);
}

function unmount(folder: string): void {
  execFileSync("sh", ["-c", 'umount -l "$0/root"; umount -l "$0"; rmdir "$0"', folder], { stdio: "ignore" });
}

/** Whatever else this machine runs is not started a second time. A machine id of its own: another machine, and not its first boot. */
function keepOnlyOurs(root: string, machine: string): void {
  const units = join(root, "etc/systemd/system");
  for (const name of readdirSync(units)) if (/\.(wants|requires)$/.test(name)) rmSync(join(units, name), { recursive: true });
  for (const level of ["2", "3", "4", "5"]) {
    const scripts = join(root, `etc/rc${level}.d`);
    if (existsSync(scripts)) for (const name of readdirSync(scripts)) rmSync(join(scripts, name));
  }
  writeFileSync(join(root, "etc/machine-id"), `${machine}\n`);
  // An image for containers forbids its packages to start services.
  rmSync(join(root, "usr/sbin/policy-rc.d"), { force: true });
  // The index of manuals is made anew after each installation, otherwise.
  rmSync(join(root, "var/lib/man-db/auto-update"), { force: true });
  // One that is installed here is not the one to be tested.
  rmSync(join(root, "var/log/journal"), { recursive: true, force: true });
}

function leaderOf(nspawn: number, machine: string): number | null {
  try {
    const pids = readFileSync(`/proc/${nspawn}/task/${nspawn}/children`, "utf8").split(" ").filter(Boolean);
    const leader = pids.find((pid) => isLeader(pid, machine));
    return leader === undefined ? null : Number(leader);
  } catch {
    // nspawn has ended.
    return null;
  }
}

/**
 * Whether this is the first process of the container with that machine id. nspawn has other children before it, which are still on this
 * machine: what is done in their namespaces would be done here.
 */
function isLeader(pid: string, machine: string): boolean {
  try {
    return (
      readlinkSync(`/proc/${pid}/ns/pid`) !== readlinkSync("/proc/self/ns/pid") &&
      readFileSync(`/proc/${pid}/root/etc/machine-id`, "utf8").trim() === machine &&
      readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "systemd"
    );
  } catch {
    // It has just ended, as all but the last of nspawn's children do.
    return false;
  }
}

function connect(namespace: string, leader: number): void {
  const inside = (...args: readonly string[]): void => void execFileSync("nsenter", ["--net", "--target", `${leader}`, "ip", ...args]);
  const rx = (...args: readonly string[]): void => void execFileSync("ip", ["-n", namespace, ...args]);
  execFileSync("ip", ["netns", "add", namespace]);
  rx("link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", `${leader}`);
  for (const [ip, address] of [
    [inside, ADDRESS],
    [rx, RX_ADDRESS],
  ] as const) {
    ip("addr", "add", `${address}/24`, "dev", "eth0");
    ip("link", "set", "lo", "up");
    ip("link", "set", "eth0", "up");
    ip(...MULTICAST_ROUTE.split(" "));
  }
}

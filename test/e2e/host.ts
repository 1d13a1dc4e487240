/** One host of a LAN in network namespaces: commands run on it, its cable is pulled, packets are lost on the way to it. */

import { startProcess } from "./running.ts";
import type { RunOptions, Running } from "./running.ts";
import { waitFor, within } from "./wait.ts";

export type Finished = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

export type Host = {
  readonly name: string;
  /** Its network namespace. */
  readonly namespace: string;
  /** IPv4, on eth0. */
  readonly address: string;
  /** Starts a command; `pid` is the command's own. What still runs when the LAN is taken away is killed. */
  readonly spawn: (command: string, args?: readonly string[], options?: RunOptions) => Running;
  /** Runs a command to its end (60 s at most) and gives its status and output, whatever they are. */
  readonly exec: (command: string, args?: readonly string[], options?: RunOptions) => Promise<Finished>;
  /** Runs a command that must succeed, and gives what it printed. */
  readonly output: (command: string, args?: readonly string[], options?: RunOptions) => Promise<string>;
  /** Switches eth0 off, or on again with its multicast route. */
  readonly setLink: (state: "up" | "down") => Promise<void>;
  /** Drops `percent` (0 to 100) of the UDP datagrams to `port` as they come in, at random; 0 stops that. */
  readonly dropIncoming: (port: number, percent: number) => Promise<void>;
};

export const MULTICAST_ROUTE = "route add 224.0.0.0/4 dev eth0";

/** A daemon of the machine has its socket there, which is none of this host: each command has mounts of its own, by `ip netns exec`. */
const ON_A_HOST_OF_ITS_OWN = 'if [ -d /run/streamerd ]; then mount -t tmpfs tmpfs /run/streamerd || exit; fi; exec "$@"';

const EXEC_MS = 60_000;
/** Resolution of the loss rate: hundredths of a percent. */
const LOSS_STEPS = 10_000;

export function createHost(name: string, namespace: string, address: string, onStart: (running: Running) => void): Host {
  const spawn: Host["spawn"] = (command, args = [], options = {}) => {
    const running = startProcess("ip", ["netns", "exec", namespace, "sh", "-c", ON_A_HOST_OF_ITS_OWN, "sh", command, ...args], options);
    onStart(running);
    return running;
  };
  const exec: Host["exec"] = async (command, args = [], options = {}) => {
    const running = spawn(command, args, options);
    try {
      const { status } = await within(`the end of ${command} on ${name}`, running.ended, EXEC_MS);
      return { status, stdout: running.stdout(), stderr: running.stderr() };
    } finally {
      running.kill("SIGKILL");
    }
  };
  const output: Host["output"] = async (command, args = [], options = {}) => {
    const { status, stdout, stderr } = await exec(command, args, options);
    if (status !== 0) throw new Error(`${command} ${args.join(" ")} on ${name} ended with ${status}: ${stderr}`);
    return stdout;
  };
  return {
    name,
    namespace,
    address,
    spawn,
    exec,
    output,
    setLink: async (state) => {
      await output("ip", ["link", "set", "eth0", state]);
      if (state === "down") return;
      // The kernel forgets the route with the link, and keeps the address.
      await output("ip", MULTICAST_ROUTE.split(" "));
      await waitForLink({ name, output });
    },
    dropIncoming: async (port, percent) => {
      const table = `loss_${port}`;
      const chance = percent >= 100 ? "" : `numgen random mod ${LOSS_STEPS} < ${Math.round((percent / 100) * LOSS_STEPS)}`;
      const add = [
        `add table ip ${table}`,
        `add chain ip ${table} incoming { type filter hook input priority 0; }`,
        `add rule ip ${table} incoming udp dport ${port} ${chance} drop`,
      ];
      // A table can be deleted only if it is there.
      const rules = [`add table ip ${table}`, `delete table ip ${table}`, ...(percent > 0 ? add : [])];
      await output("nft", ["-f", "-"], { input: `${rules.join("\n")}\n` });
    },
  };
}

/** The kernel notices a carrier up to a second late, and drops until then what is sent. */
export async function waitForLink({ name, output }: Pick<Host, "name" | "output">): Promise<void> {
  await waitFor(`eth0 of ${name} to be up`, async () => (await output("ip", ["link", "show", "eth0"])).includes("state UP"));
}

// streamctl join and sdp: what a player needs to receive a channel; join stays a member until Ctrl-C.
import type { Command } from "commander";
import type { ControlClient } from "../../client.ts";
import { ConnectionLostError, RefusedError } from "../../client-error.ts";
import type { Result } from "../../contract/contract.ts";
import { severalLines } from "../../untrusted-text.ts";
import { chooseChannel } from "../../choose-channel.ts";
import { joinChannel } from "../../join-channel.ts";
import { withKeyLines } from "../../../wire/sdp.ts";
import type { Tool } from "../tool.ts";
import { passOption, readPass } from "./pass.ts";

/** A third of the time after which a silent member has left. */
const pingEveryMs = 10_000;

export function addJoin(program: Command, tool: Tool): void {
  program
    .command("join")
    .argument("[CHANNEL]", "may be left out when there is only one")
    .addOption(passOption())
    .description("prints the SDP and stays a member until Ctrl-C")
    .action((named: string | undefined, options: PassOptions) => {
      const interrupted = tool.terminal.untilInterrupted();
      return tool.withClient(async ({ client }) => {
        const joined = await join(client, named, options);
        tool.print(joined, () => severalLines(joined.sdp ?? ""));
        if (joined.sdp === null) tool.terminal.err(`${withoutSdp(joined)}\n`);
        if (!tool.json()) tool.terminal.err(`joined ${joined.group}:${joined.ports.video}; Ctrl-C leaves\n`);
        await stay(client, interrupted);
        await client.call("session.leave", { sessionId: joined.sessionId });
      });
    });

  program
    .command("sdp")
    .argument("[CHANNEL]", "may be left out when there is only one")
    .addOption(passOption())
    .description("prints the SDP, for a player; of a channel that is encrypted with its key")
    .action((named: string | undefined, options: PassOptions) =>
      tool.withClient(async ({ client }) => {
        const joined = await join(client, named, options);
        const { sessionId, sdp } = joined;
        await client.call("session.leave", { sessionId });
        if (sdp === null) throw new RefusedError(0, withoutSdp(joined), null);
        tool.print({ sdp }, () => severalLines(sdp));
      }),
    );
}

type PassOptions = { readonly pass?: string };

async function join(client: ControlClient, named: string | undefined, options: PassOptions): Promise<Result<"session.join">> {
  const pass = readPass(options.pass);
  const params = { channel: await chooseChannel(client, named), transport: "multicast", name: "streamctl" } as const;
  const { joined, keys } = await joinChannel(client, params, pass);
  const master = keys?.masters.at(-1);
  return master === undefined || joined.sdp === null ? joined : { ...joined, sdp: withKeyLines(joined.sdp, master) };
}

function withoutSdp({ group, ports }: Result<"session.join">): string {
  return `no SDP describes the profile datagram; this reads it: python3 examples/receive.py ${group} ${ports.video}`;
}

/** Returns on Ctrl-C; throws when the daemon goes away. */
async function stay(client: ControlClient, interrupted: Promise<void>): Promise<void> {
  const lost = client.closed.then(() => {
    throw new ConnectionLostError("the daemon closed the connection");
  });
  const pinging = setInterval(() => {
    // A failed ping has closed the connection, and that is what `lost` tells.
    client.call("clock.ping", { t0: 0 }).catch(() => client.close());
  }, pingEveryMs);
  try {
    await Promise.race([lost, interrupted]);
  } finally {
    clearInterval(pinging);
    lost.catch(() => undefined);
  }
}

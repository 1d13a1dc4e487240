// streamctl status: the daemon and its channels at a glance.
import type { Command } from "commander";
import { targetText } from "../../client.ts";
import type { Result } from "../../contract/contract.ts";
import { channelTable } from "../channel-text.ts";
import type { Paper } from "../fitted-table.ts";
import { wrap } from "../text-width.ts";
import { paperOf, type Tool } from "../tool.ts";
import { duration, size } from "../units.ts";

export function addStatus(program: Command, tool: Tool): void {
  program
    .command("status")
    .description("the daemon and its channels at a glance")
    .action(() =>
      tool.withClient(async ({ client, target }) => {
        const status = await client.call("server.status", {});
        tool.print(status, () => statusText(status, targetText(target), paperOf(tool.terminal)));
      }),
    );
}

function statusText(status: Result<"server.status">, place: string, paper: Paper): string {
  const { server, version, uptimeMs, clients, totals, resources, channels } = status;
  const lines = [
    `${server} ${version} at ${place}, up ${duration(uptimeMs)}, ${clients === 1 ? "1 client" : `${clients} clients`}`,
    `CPU ${resources.cpuPercent.toFixed(1)} % of a core, memory ${size(resources.rssBytes)}, sent ${totals.framesSent} frames, ` +
      `${totals.packetsSent} packets, ${size(totals.bytesSent)}, ${totals.sendErrors} errors`,
  ];
  return `${lines.map((line) => wrap(line, paper.columns, 0)).join("\n")}\n\n${channelTable(channels, paper)}`;
}

// streamctl clients: who has joined, with the last report of each.
import type { Command } from "commander";
import type { ControlClient } from "../../client.ts";
import type { JoinedClient } from "../../contract/session.ts";
import { header, table } from "../table.ts";
import type { Tool } from "../tool.ts";
import { rate } from "../units.ts";

const pageLength = 100;

export function addClients(program: Command, tool: Tool): void {
  program
    .command("clients")
    .description("who has joined, with the last report of each (operators)")
    .action(() =>
      tool.withClient(async ({ client }) => {
        const clients = await everyClient(client);
        tool.print(clients, () => (clients.length === 0 ? "nobody has joined\n" : clientTable(clients, tool.terminal.colour)));
      }),
    );
}

async function everyClient(client: ControlClient): Promise<readonly JoinedClient[]> {
  const clients: JoinedClient[] = [];
  for (;;) {
    const last = clients.at(-1);
    const page = await client.call("client.list", last === undefined ? {} : { after: last.sessionId, limit: pageLength });
    clients.push(...page);
    if (page.length < pageLength) return clients;
  }
}

function clientTable(clients: readonly JoinedClient[], colour: boolean): string {
  const titles = header("ADDRESS", "NAME", "CHANNEL", "WAY", "SINCE", "FPS", "LOST", "LATE", "JITTER ms", "BUFFER ms", "SKEW ms");
  const rows = clients.map(({ address, name, channel, transport, since, report }) => [
    address,
    name ?? "-",
    channel,
    transport,
    since.replace(/\.\d+Z$/, "Z"),
    rate(report?.fps ?? null),
    report === null ? "-" : `${report.lost}/${report.expected}`,
    report === null ? "-" : String(report.late),
    rate(report?.jitterMs ?? null),
    rate(report?.bufferMs ?? null),
    rate(report?.skewMs ?? null),
  ]);
  return table([titles, ...rows], { colour, rightAligned: [5, 6, 7, 8, 9, 10] });
}

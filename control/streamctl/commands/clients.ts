// streamctl clients: who has joined, with the last report of each.
import type { Command } from "commander";
import type { JoinedClient } from "../../contract/session.ts";
import { everyPage } from "../every-page.ts";
import { fittedTable, type Column, type Paper } from "../fitted-table.ts";
import { paperOf, type Tool } from "../tool.ts";
import { rate } from "../units.ts";

export function addClients(program: Command, tool: Tool): void {
  program
    .command("clients")
    .description("who has joined, with the last report of each (operators)")
    .action(() =>
      tool.withClient(async ({ client }) => {
        const clients = await everyPage(
          (page) => client.call("client.list", page),
          ({ sessionId }) => sessionId,
        );
        tool.print(clients, () => (clients.length === 0 ? "nobody has joined\n" : clientTable(clients, paperOf(tool.terminal))));
      }),
    );
}

const columns: readonly Column<JoinedClient>[] = [
  { title: "ADDRESS", cell: ({ address }) => address, alignsLeft: true, droppedAt: 0 },
  { title: "NAME", cell: ({ name }) => name ?? "-", alignsLeft: true, droppedAt: 3 },
  { title: "CHANNEL", cell: ({ channel }) => channel, alignsLeft: true, droppedAt: 4 },
  { title: "WAY", cell: ({ transport }) => transport, alignsLeft: true, droppedAt: 8 },
  { title: "SINCE", cell: ({ since }) => since.replace(/\.\d+Z$/, "Z"), alignsLeft: true, droppedAt: 11 },
  { title: "FPS", cell: ({ report }) => rate(report?.fps ?? null), droppedAt: 1 },
  { title: "LOST", cell: ({ report }) => (report === null ? "-" : `${report.lost}/${report.expected}`), droppedAt: 2 },
  { title: "REPAIRED", cell: ({ report }) => String(report?.repaired ?? "-"), droppedAt: 6 },
  { title: "LATE", cell: ({ report }) => (report === null ? "-" : String(report.late)), droppedAt: 7 },
  { title: "JITTER ms", cell: ({ report }) => rate(report?.jitterMs ?? null), droppedAt: 5 },
  { title: "BUFFER ms", cell: ({ report }) => rate(report?.bufferMs ?? null), droppedAt: 10 },
  { title: "SKEW ms", cell: ({ report }) => rate(report?.skewMs ?? null), droppedAt: 9 },
];

function clientTable(clients: readonly JoinedClient[], paper: Paper): string {
  return `${fittedTable(clients, columns, paper).join("\n")}\n`;
}

// streamctl events, logs: what happens in the daemon, as it happens.
import type { Command } from "commander";
import type { ControlClient } from "../../client.ts";
import type { Result } from "../../contract/contract.ts";
import type { Notification } from "../../contract/notifications.ts";
import { oneLine } from "../../untrusted-text.ts";
import { table, type Cell } from "../table.ts";
import type { Tool } from "../tool.ts";
import { rate } from "../units.ts";
import { UsageError } from "../../usage-error.ts";

type LogLine = Result<"server.log">[number];

const DEFAULT_LINES = "20";

export function addEvents(program: Command, tool: Tool): void {
  program
    .command("events")
    .argument("[CHANNEL]", "this channel alone")
    .description("tells what happens, a line each, until Ctrl-C: states, pictures, rates, clients, warnings")
    .action((channel: string | undefined) =>
      tool.withClient(async ({ client }) => {
        const hear = (notification: Notification): void =>
          tool.print({ event: notification.name, ...notification.params }, () => eventLine(notification, tool.terminal.colour));
        await client.subscribe(channel === undefined ? {} : { channel }, hear);
        await untilTheEnd(client, tool);
      }),
    );

  program
    .command("logs")
    .option("-f, --follow", "go on with what follows, until Ctrl-C")
    .option("-n, --lines <N>", "how many lines, at most 500", DEFAULT_LINES)
    .description("the last lines of the daemon's log (operators)")
    .action(({ follow, lines }: { readonly follow?: true; readonly lines: string }) => {
      const limit = Number(lines);
      if (!Number.isInteger(limit) || limit < 0 || limit > 500)
        throw new UsageError(`--lines ${lines}: a whole number from 0 to 500 is wanted`);
      return tool.withClient(async ({ client }) => {
        const print = (line: LogLine): void => tool.print(line, () => logText(line, tool.terminal.colour));
        // First subscribed, then asked: nothing falls between the two. What comes meanwhile waits for what was before.
        let waiting: LogLine[] | null = [];
        if (follow === true) {
          await client.subscribe({ events: ["log.line"] }, ({ name, params }) => {
            if (name !== "log.line") return;
            if (waiting === null) print(params);
            else waiting.push(params);
          });
        }
        const before = await client.call("server.log", { limit });
        before.forEach(print);
        const known = new Set(before.map((line) => JSON.stringify(line)));
        waiting.filter((line) => !known.has(JSON.stringify(line))).forEach(print);
        waiting = null;
        if (follow === true) await untilTheEnd(client, tool);
      });
    });
}

/** Ctrl-C, or an error when the daemon goes. */
async function untilTheEnd(client: ControlClient, tool: Tool): Promise<void> {
  const lost = client.closed.then(() => client.call("clock.ping", { t0: 0 }));
  await Promise.race([tool.terminal.untilInterrupted(), lost]);
}

const COLUMN_WIDTHS = [8, 16, 16] as const;

function eventLine({ name, params }: Notification, colour: boolean): string {
  const isTrouble = name === "log.warning" || (name === "channel.state" && ["failed", "starved", "no-signal"].includes(params.state));
  const cells = [clockTime(params.at), name, params.channel ?? "-"].map((text, column) => oneLine(text).padEnd(COLUMN_WIDTHS[column] ?? 0));
  const what: Cell = isTrouble
    ? { text: eventText({ name, params } as Notification), colour: "yellow" }
    : eventText({ name, params } as Notification);
  return table([[...cells, what]], { colour });
}

function eventText(notification: Notification): string {
  const { name, params } = notification;
  switch (name) {
    case "channel.state":
      return params.reason === null ? params.state : `${params.state}: ${params.reason}`;
    case "channel.picture":
      return `${params.width}x${params.height}, quality ${params.quality}`;
    case "channel.key":
      return `another key in ${params.inMs / 1000} s`;
    case "pacing.changed":
      return `${params.fps === null ? "the source's own rate" : `${rate(params.fps)} FPS, TS ${rate(1000 / params.fps)} ms`}: ${params.reason}`;
    case "client.joined":
    case "client.left":
      return [params.name ?? "a client", params.address === undefined ? "" : `from ${params.address}`].join(" ").trim();
    case "log.warning":
    case "log.line":
      return params.text;
  }
}

function logText({ at, level, channel, text }: LogLine, colour: boolean): string {
  const trouble = level === "warn" ? "yellow" : level === "error" || level === "fatal" ? "red" : null;
  const word = level.padEnd(5);
  const line = channel === null ? text : `${channel}: ${text}`;
  return table([[clockTime(at), trouble === null ? word : { text: word, colour: trouble }, line]], { colour });
}

/** The local time of day. */
function clockTime(at: string): string {
  return new Date(at).toTimeString().slice(0, 8);
}

// streamctl pass: who may watch the channels that are encrypted.
import { Option, type Command } from "commander";
import type { ParamsInput, Result } from "../../contract/contract.ts";
import type { ShownPass } from "../../contract/pass.ts";
import { parsePass, parsePassId, type Pass } from "../../pass.ts";
import { UsageError } from "../../usage-error.ts";
import { everyPage } from "../every-page.ts";
import { fittedTable, type Column } from "../fitted-table.ts";
import { paperOf, type Tool } from "../tool.ts";
import { parseDuration, parseWholePositive } from "../units.ts";

type CreateOptions = {
  readonly for?: string;
  readonly until?: string;
  readonly hosts?: string;
  readonly count?: string;
  readonly name?: string;
};

export function addPass(program: Command, tool: Tool): void {
  const pass = program.command("pass").description("who may watch the channels that are encrypted (access: pass)");
  pass
    .command("create")
    .argument("[CHANNEL...]", "the channels that it is good for; without one all of them")
    .option("--for <TIME>", "good for so long from now on: 90m, 3h, 2d")
    .option("--until <WHEN>", "good until then: 2026-12-31T23:00, or 23:00")
    .option("--hosts <N>", "hosts that may watch by it at the same time", "1")
    .option("--count <N>", "make so many", "1")
    .option("--name <NAME>", "what it is for, for `pass list`")
    .description("makes a pass, on the daemon's host; it is printed this once")
    .action((channels: readonly string[], options: CreateOptions) => create(tool, channels, options));
  pass
    .command("list")
    .description("the passes, and who watches by them")
    .action(() =>
      tool.withClient(async ({ client }) => {
        const passes = await everyPage(
          (page) => client.call("pass.list", page),
          ({ id }) => id,
        );
        tool.print(passes, () =>
          passes.length === 0 ? "there is no pass\n" : `${fittedTable(passes, columns, paperOf(tool.terminal)).join("\n")}\n`,
        );
      }),
    );
  pass
    .command("revoke")
    .argument("<ID...>", "the first five characters of a pass, or all of it")
    .description("ends a pass: who watches by it stops within some seconds")
    .action((texts: readonly string[]) => {
      const ids = texts.map(idOf);
      return tool.withClient(async ({ client }) => {
        for (const id of ids) await client.call("pass.revoke", { id });
        tool.print(ids, () => `revoked: ${ids.join(", ")}\n`);
      });
    });
}

/** Of a command that receives. */
export function passOption(): Option {
  return new Option("--pass <PASS>", "for a channel that is for who has one").env("STREAMERD_PASS");
}

/** Null: none was given. Throws a UsageError for what is none. */
export function readPass(text: string | undefined): Pass | null {
  if (text === undefined || text === "") return null;
  const pass = parsePass(text);
  if (pass === null)
    throw new UsageError(
      "--pass (or STREAMERD_PASS): a pass has five groups of five letters and digits, as `streamctl pass create` prints it",
    );
  return pass;
}

async function create(tool: Tool, channels: readonly string[], options: CreateOptions): Promise<void> {
  const params: ParamsInput<"pass.create"> = {
    ...(channels.length === 0 ? {} : { channels: [...channels] }),
    ...(options.name === undefined ? {} : { name: options.name }),
    ...validity(options),
    hosts: parseWholePositive("--hosts", options.hosts ?? "1"),
    count: parseWholePositive("--count", options.count ?? "1"),
  };
  await tool.withClient(async ({ client }) => {
    const made = await client.call("pass.create", params);
    tool.print(made, () => made.map(line).join(""));
    if (tool.json() || tool.terminal.outColumns() === null) return;
    tool.terminal.err(`on the host that is to watch: streamctl watch ${channels[0] ?? "CHANNEL"} --pass ${made[0]?.pass ?? ""}\n`);
  });
}

function validity({ for: period, until }: CreateOptions): { readonly validForMs?: number } {
  if (period !== undefined && until !== undefined) throw new UsageError("give one of --for and --until");
  if (period !== undefined) return { validForMs: parseDuration("--for", period) };
  return until === undefined ? {} : { validForMs: Math.round(parseMoment(until, new Date()) - Date.now()) };
}

/** A date with a time, or a time of today or, if that is over, of tomorrow; as this host's clocks show it. */
function parseMoment(text: string, now: Date): number {
  const time = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (time !== null) {
    const today = new Date(now).setHours(Number(time[1]), Number(time[2]), 0, 0);
    return today > now.getTime() ? today : new Date(today).setDate(now.getDate() + 1);
  }
  const moment = /^\d{4}-\d\d-\d\d/.test(text) ? new Date(text.length === 10 ? `${text}T00:00` : text).getTime() : Number.NaN;
  if (Number.isNaN(moment)) throw new UsageError(`--until ${text}: write 2026-12-31T23:00, or 23:00`);
  if (moment <= now.getTime()) throw new UsageError(`--until ${text}: that is over`);
  return moment;
}

function line({ pass, channels, until, hosts }: Result<"pass.create">[number]): string {
  const what = [channels?.join(", ") ?? "every channel", until === null ? "until it is revoked" : `until ${moment(until)}`];
  return `${pass}  ${what.join(", ")}, ${hosts === 1 ? "one host" : `${hosts} hosts`} at a time\n`;
}

function idOf(text: string): string {
  const id = parsePassId(text);
  if (id === null) throw new UsageError(`${text}: the first five characters of a pass are wanted`);
  return id;
}

const columns: readonly Column<ShownPass>[] = [
  { title: "ID", cell: ({ id }) => id, alignsLeft: true, droppedAt: 0 },
  { title: "NAME", cell: ({ name }) => name ?? "-", alignsLeft: true, droppedAt: 4 },
  { title: "CHANNELS", cell: ({ channels }) => channels?.join(",") ?? "all", alignsLeft: true, droppedAt: 2 },
  {
    title: "UNTIL",
    cell: ({ until, isOver }) => (until === null ? "-" : isOver ? "over" : moment(until)),
    alignsLeft: true,
    droppedAt: 1,
  },
  { title: "WATCHING", cell: ({ watching, hosts }) => `${watching.length} of ${hosts}`, alignsLeft: true, droppedAt: 3 },
  { title: "WHERE", cell: ({ watching }) => watching.join(",") || "-", alignsLeft: true, droppedAt: 5 },
];

/** In this host's time: `2026-12-31 23:00`. */
function moment(iso: string): string {
  const date = new Date(iso);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

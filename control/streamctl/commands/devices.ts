// streamctl devices: the cameras, microphones and screens that a channel of this host can have as its source.
import type { Command } from "commander";
import type { CameraForm, Devices, ListDevices } from "../../devices.ts";
import { oneLine } from "../../untrusted-text.ts";
import { wrap } from "../text-width.ts";
import type { Tool } from "../tool.ts";

export function addDevices(program: Command, tool: Tool, list: ListDevices): void {
  program
    .command("devices")
    .description("lists the cameras, microphones and screens of this host, in the words of the configuration; needs no daemon")
    .action(async () => {
      const devices = await list();
      tool.terminal.out(tool.json() ? `${JSON.stringify(devices)}\n` : devicesText(devices, tool.terminal.outColumns()));
    });
}

/** Pure. `columns`: a terminal's width; null: a pipe or a file. */
export function devicesText({ cameras, microphones, screens, hints }: Devices, columns: number | null = null): string {
  const lines = [
    ...title("cameras", cameras.length),
    ...cameras.flatMap(({ source, name, problem, forms }) => [
      `  source: ${source}   ${oneLine(name)}`,
      ...(problem === null ? formLines(forms) : [`    ${oneLine(problem)}`]),
    ]),
    ...title("microphones", microphones.length),
    ...microphones.map(({ source, name }) => `  source: ${source}   ${oneLine(name)}`),
    ...title("screens", screens.length),
    ...screens.map(({ source }) => `  source: ${source}`),
    ...hints,
  ];
  return `${lines.map((line) => wrap(line, columns, BELOW)).join("\n")}\n`;
}

/** What a long line goes on below. */
const BELOW = 6;

function title(what: string, count: number): readonly string[] {
  return [count === 0 ? `no ${what}` : `${what}:`];
}

/** A line for each format: `capture: {format: mjpeg, width: 1280, height: 720, fps: 30}` and the other sizes. */
function formLines(forms: readonly CameraForm[]): readonly string[] {
  const byFormat = Map.groupBy(forms, ({ format }) => format);
  return [...byFormat].map(
    ([format, sizes]) =>
      `    capture.format: ${format}   ${sizes.map(({ width, height, fps }) => `${width}x${height} ${fps} FPS`).join(", ")}`,
  );
}

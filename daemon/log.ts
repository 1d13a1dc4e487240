/** The log, on standard error: for people on a terminal, with journald's priorities under systemd, else JSON lines. */

import { pino } from "pino";
import type { Logger } from "pino";
import pretty from "pino-pretty";
import type { Config } from "../config/schema.ts";

export type Log = Logger;

export function openLog({ level, format }: Config["log"], env: NodeJS.ProcessEnv): Log {
  const options = { level, base: null };
  switch (format === "auto" ? chooseFormat(env) : format) {
    case "pretty":
      return pino(
        options,
        pretty({
          destination: 2,
          sync: true,
          colorize: process.stderr.isTTY && env["NO_COLOR"] === undefined,
          singleLine: true,
          translateTime: "SYS:HH:MM:ss.l",
          ignore: "channel",
          messageFormat: "{if channel}{channel}: {end}{msg}",
        }),
      );
    case "journald":
      return pino(options, { write: (line: string) => void process.stderr.write(journalLine(line)) });
    case "json":
      return pino(options, pino.destination({ dest: 2, sync: true }));
  }
}

function chooseFormat(env: NodeJS.ProcessEnv): "pretty" | "journald" | "json" {
  if (env["JOURNAL_STREAM"] !== undefined) return "journald";
  return process.stderr.isTTY ? "pretty" : "json";
}

/** sd-daemon(3): `<N>` at the beginning of a line is its syslog priority. */
const PRIORITIES: Readonly<Record<number, number>> = { 60: 2, 50: 3, 40: 4, 30: 6, 20: 7, 10: 7 };

function journalLine(json: string): string {
  const { level, msg, channel }: { level?: unknown; msg?: unknown; channel?: unknown } = JSON.parse(json);
  const prefix = typeof channel === "string" ? `${channel}: ` : "";
  return `<${PRIORITIES[Number(level)] ?? 6}>${prefix}${String(msg)}\n`;
}

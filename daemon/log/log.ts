/** The log, on standard error: for people on a terminal, with journald's priorities under systemd, else JSON lines. A line that repeats is held back. */

import { levels, pino } from "pino";
import type { Level, Logger, LoggerOptions } from "pino";
import type { Config } from "../../config/schema.ts";
import { monotonicMs } from "../clock.ts";
import { isJournal, journalLine } from "./journal.ts";
import { LogLimit } from "./limit.ts";
import type { LogLine, LogRing } from "./ring.ts";
import { openStandardError } from "./standard-error.ts";

export type Log = Logger;

const LEVELS: readonly Level[] = ["trace", "debug", "info", "warn", "error", "fatal"];

/** Every line that is written goes to `ring` as well. */
export async function openLog({ level, format }: Config["log"], env: NodeJS.ProcessEnv, ring: LogRing): Promise<Log> {
  const limit = new LogLimit();
  const options: LoggerOptions = {
    level,
    base: null,
    hooks: {
      logMethod(args, method, levelNumber) {
        const nowMs = monotonicMs();
        for (const { line, level, times } of limit.takeEnded(nowMs))
          this[nameOf(level)](`${line} (${times === 1 ? "once" : `${times} times`} more)`);
        const line = asLine(args, levelNumber);
        if (!limit.admit(line.channel === null ? line.text : `${line.channel}: ${line.text}`, levelNumber, nowMs)) return;
        ring.push(line);
        method.apply(this, args);
      },
    },
  };
  const chosen = format === "auto" ? chooseFormat(env) : format;
  const asText = await textFormat(chosen, env);
  const error = chosen === "journald" ? process.stderr : openStandardError((lost) => log.warn(explainLost(lost)));
  const log: Log = pino(options, { write: (line: string) => void error.write(asText(line)) });
  return log;
}

type Format = "pretty" | "journald" | "json";

/** From pino's line, which is JSON, to what is written. */
async function textFormat(format: Format, env: NodeJS.ProcessEnv): Promise<(json: string) => string> {
  switch (format) {
    case "pretty": {
      // For people only: a service starts sooner without loading it.
      const { prettyFactory } = await import("pino-pretty");
      return prettyFactory({
        colorize: process.stderr.isTTY && env["NO_COLOR"] === undefined,
        singleLine: true,
        translateTime: "SYS:HH:MM:ss.l",
        ignore: "channel",
        messageFormat: "{if channel}{channel}: {end}{msg}",
      });
    }
    case "journald":
      return asEntry;
    case "json":
      return (json) => json;
  }
}

function explainLost(lines: number): string {
  return `nobody read standard error: ${lines === 1 ? "a line was" : `${lines} lines were`} lost; the last ones: streamctl logs`;
}

function chooseFormat(env: NodeJS.ProcessEnv): Format {
  if (isJournal(env)) return "journald";
  return process.stderr.isTTY ? "pretty" : "json";
}

function asEntry(json: string): string {
  const { level, msg, channel }: { level?: unknown; msg?: unknown; channel?: unknown } = JSON.parse(json);
  const prefix = typeof channel === "string" ? `${channel}: ` : "";
  return journalLine(Number(level), `${prefix}${String(msg)}`);
}

function nameOf(level: number): Level {
  return LEVELS.find((name) => levels.values[name] === level) ?? "warn";
}

/** `args`: an object with the channel and an error, if there is one, then the text. */
function asLine(args: readonly unknown[], levelNumber: number): LogLine {
  const [first] = args;
  const about: { readonly channel?: unknown } = typeof first === "object" && first !== null ? first : {};
  const text = args.find((arg) => typeof arg === "string");
  return {
    atMs: Date.now(),
    level: levels.labels[levelNumber] ?? "info",
    channel: typeof about.channel === "string" ? about.channel : null,
    text: typeof text === "string" ? text : "",
  };
}

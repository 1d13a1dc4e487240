/**
 * What systemd is told of this service (sd_notify(3)): assignments go in, `systemd-notify` sends them. Node has no Unix datagram sockets,
 * and forking a process of its size takes milliseconds, so a small shell waits for lines and starts the program:
 * docs/decisions/notify.md. Without NOTIFY_SOCKET nobody wants to know, and nothing is started.
 */

import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import type { Writable } from "node:stream";
import { messageOf } from "../../control/system-error.ts";
import { withPipes } from "../with-pipes.ts";

export type ServiceManager = {
  /** One notification: `READY=1`, `STATUS=…`. The order is kept; nothing is waited for. */
  readonly tell: (...assignments: readonly string[]) => void;
  /** How long it waits for a sign of life; null if it does not. */
  readonly watchdogMs: number | null;
  /** Resolves when everything has been sent, or cannot be. */
  readonly close: () => Promise<void>;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** A line is a notification, a tab parts its assignments. `set -f`: what they hold is no pattern. */
const SEND_LINES = `set -f; IFS='\t'; while read -r line; do systemd-notify $line; done`;
/** Dozens of notifications: when nobody takes them any more, further ones tell nothing. */
const MOST_WAITING_BYTES = 16_384;
/** systemd cuts a status there as well; a control character or a tab in it would begin another assignment. */
const MOST_STATUS_CHARACTERS = 480;
/** Sending takes milliseconds. A manager that is busy for longer learns the rest from our end. */
const CLOSE_MS = 2000;

/** `onProblem` hears, once, why systemd is told nothing. */
export function openServiceManager(env: Environment, pid: number, onProblem: (text: string) => void): ServiceManager | null {
  const socket = env["NOTIFY_SOCKET"];
  if (socket === undefined || socket === "") return null;
  let shell: ChildProcessByStdio<Writable, null, null> | null = null;
  let hasFailed = false;
  const fail = (why: string): void => {
    shell = null;
    if (!hasFailed) onProblem(`systemd cannot be told how the service is (${why}): is systemd-notify installed?`);
    hasFailed = true;
  };
  const start = (): ChildProcessByStdio<Writable, null, null> => {
    const child = withPipes(
      spawn("/bin/sh", ["-c", SEND_LINES], {
        stdio: ["pipe", "inherit", "inherit"],
        env: { PATH: env["PATH"], NOTIFY_SOCKET: socket },
      }),
    );
    child.on("error", (error) => fail(error.message));
    child.stdin.on("error", () => {});
    // The next notification starts another one.
    child.on("exit", () => {
      if (shell === child) shell = null;
    });
    return child;
  };
  return {
    watchdogMs: watchdogMs(env, pid),
    tell: (...assignments) => {
      try {
        shell ??= start();
      } catch (error) {
        return fail(messageOf(error));
      }
      if (shell.stdin.writableLength < MOST_WAITING_BYTES) shell.stdin.write(`${assignments.map(inOneLine).join("\t")}\n`);
    },
    close: async () => {
      const child = shell;
      if (child === null) return;
      shell = null;
      const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
      const timer = setTimeout(() => child.kill("SIGKILL"), CLOSE_MS);
      child.stdin.end();
      await ended;
      clearTimeout(timer);
    },
  };
}

/** sd_watchdog_enabled(3): it may be meant for another process. */
function watchdogMs(env: Environment, pid: number): number | null {
  const us = Number(env["WATCHDOG_USEC"] ?? Number.NaN);
  const isForUs = env["WATCHDOG_PID"] === undefined || Number(env["WATCHDOG_PID"]) === pid;
  return isForUs && Number.isFinite(us) && us > 0 ? us / 1000 : null;
}

function inOneLine(assignment: string): string {
  return assignment.replaceAll(/\p{Cc}+/gu, " ").slice(0, MOST_STATUS_CHARACTERS);
}

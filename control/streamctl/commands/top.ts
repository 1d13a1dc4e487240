// streamctl top: the daemon, live, on the whole terminal; line by line where there is none.
import type { Command } from "commander";
import { targetText, type ControlClient } from "../../client.ts";
import { CannotConnectError, ConnectionLostError, RefusedError } from "../../client-error.ts";
import { controlErrors } from "../../contract/errors.ts";
import type { JoinedClient } from "../../contract/session.ts";
import type { Connected } from "../target.ts";
import type { Tool } from "../tool.ts";
import { firstState, withKey, withSample, type Sample, type TopState } from "../top/model.ts";
import type { Screen } from "../top/screen.ts";
import { renderTop } from "../top/view.ts";
import { parseWait, parseWholePositive } from "../units.ts";

/** More clients than any screen has lines. */
const MOST_CLIENTS = 100;
/** Between looks that are further apart no connection is kept: the daemon closes those of silent clients. */
const LONGEST_SILENCE_MS = 5000;
const PIPED_SIZE = { columns: 200, rows: 1000 };

type Options = { readonly interval: string; readonly count?: string };

export function addTop(program: Command, tool: Tool): void {
  program
    .command("top")
    .option("--interval <S>", "seconds between two looks", "1")
    .option("--count <N>", "end after N looks")
    .description("the daemon live: rates, lateness, queues, clients; keys: q quits, h tells the others")
    .action(({ interval, count }: Options) => {
      const everyMs = parseWait("--interval", interval);
      return watch(tool, everyMs, count === undefined ? Number.POSITIVE_INFINITY : parseWholePositive("--count", count));
    });
}

async function watch(tool: Tool, everyMs: number, count: number): Promise<void> {
  const stop = new AbortController();
  let state = firstState;
  let screen: Screen | null = null;
  const draw = (): void => screen?.draw(renderTop(state, screen.size(), tool.terminal.colour));
  const hear = (key: string): void => {
    const next = withKey(state, key);
    if (next === "quit") return stop.abort();
    state = next;
    draw();
  };
  void tool.terminal.untilInterrupted().then(() => stop.abort());
  let looks = 0;
  const look = async (connected: Connected): Promise<void> => {
    while (!stop.signal.aborted) {
      const sample = await sampleOf(connected);
      // The screen is taken when there is something to show: an error before that belongs on the terminal as it is.
      if (looks++ === 0 && !tool.json()) screen = (await tool.terminal.openScreen?.(hear, draw)) ?? null;
      state = withSample(state, sample);
      if (screen === null) print(tool, state, sample);
      draw();
      if (looks >= count) return stop.abort();
      if (everyMs > LONGEST_SILENCE_MS) return;
      await pause(everyMs, stop.signal);
    }
  };
  try {
    while (!stop.signal.aborted) {
      try {
        await tool.withClient(look);
      } catch (error) {
        const isLost = error instanceof ConnectionLostError || error instanceof CannotConnectError;
        if (!isLost || screen === null) throw error;
        state = { ...state, trouble: `${error.message}; trying again` };
        draw();
      }
      await pause(everyMs, stop.signal);
    }
  } finally {
    closeScreen(screen);
  }
}

function closeScreen(screen: Screen | null): void {
  screen?.close();
}

async function sampleOf({ client, target }: Connected): Promise<Sample> {
  const status = await client.call("server.status", {});
  return { atMs: status.uptimeMs, place: targetText(target), status, clients: await clientsOf(client) };
}

async function clientsOf(client: ControlClient): Promise<readonly JoinedClient[] | null> {
  try {
    return await client.call("client.list", { limit: MOST_CLIENTS });
  } catch (error) {
    if (error instanceof RefusedError && error.code === controlErrors.unauthorised.code) return null;
    throw error;
  }
}

function print(tool: Tool, state: TopState, { status, clients }: Sample): void {
  tool.print({ status, clients }, () => {
    const lines = renderTop(state, PIPED_SIZE, tool.terminal.colour).split("\n");
    return `${lines.slice(0, -1).join("\n")}\n\n`;
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}

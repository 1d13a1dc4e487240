// What every command of streamctl has at hand: a connection, and a way to print.
import type { ControlTarget } from "../client.ts";
import type { BytesOut } from "../receive-request.ts";
import type { Paper } from "./fitted-table.ts";
import type { Screen } from "./top/screen.ts";
import { connectFirst, targets, type Connected } from "./target.ts";
import { proveToken, readToken, type TokenOptions } from "./token.ts";

/** Where text goes, and what ends a command that stays. */
export type Terminal = {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** `out` for what is no text; absent where it is a terminal. */
  readonly bytes?: BytesOut | undefined;
  readonly colour: boolean;
  /** How wide the terminal is on which `err` is seen; null: it goes elsewhere. */
  readonly screenColumns: () => number | null;
  /** The same of `out`. */
  readonly outColumns: () => number | null;
  /** Takes the whole terminal; absent where there is none. */
  readonly openScreen?: ((onKey: (key: string) => void, onResize: () => void) => Promise<Screen>) | undefined;
  readonly runtimeDirectory: string | undefined;
  /** From this call on Ctrl-C does not end the program, but resolves the promise. */
  readonly untilInterrupted: () => Promise<void>;
};

export type GlobalOptions = TokenOptions & {
  readonly host?: string;
  readonly socket?: string;
  readonly json?: true;
};

export type Tool = {
  readonly terminal: Terminal;
  /** Whether --json was given. */
  json(): boolean;
  /** Connects, proves the token if one is given, and closes when the work is done. */
  withClient(work: (connected: Connected) => Promise<void>): Promise<void>;
  /** Where to look for the daemon; `mayFind`: neither the command line nor the settings name a host. */
  place(): { readonly targets: readonly ControlTarget[]; readonly mayFind: boolean };
  /** The result as it came with --json, else the text for people. */
  print(result: unknown, text: () => string): void;
};

/** `options` is asked when a command runs, after the command line has been read. */
export function createTool(terminal: Terminal, options: () => GlobalOptions): Tool {
  const json = (): boolean => options().json === true;
  return {
    terminal,
    json,
    async withClient(work) {
      const { host, socket, ...tokenOptions } = options();
      const token = readToken(tokenOptions);
      const connected = await connectFirst(targets({ host, socket }, terminal.runtimeDirectory));
      try {
        // On the Unix socket everybody is an operator.
        if (token !== null && connected.target.kind === "tcp") await proveToken(connected.client, token);
        await work(connected);
      } finally {
        connected.client.close();
      }
    },
    place() {
      const { host, socket } = options();
      return { targets: targets({ host, socket }, terminal.runtimeDirectory), mayFind: host === undefined && socket === undefined };
    },
    print(result, text) {
      terminal.out(json() ? `${JSON.stringify(result)}\n` : text());
    },
  };
}

/** What `out` writes on. */
export function paperOf({ colour, outColumns }: Terminal): Paper {
  return { colour, columns: outColumns() };
}

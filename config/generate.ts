/**
 * Writes the files that follow from a table in the sources: `node config/generate.ts` writes them, `--check` writes
 * nothing and exits 1 if one is not what it would be.
 */
import { render as renderControlReference } from "../control/reference.ts";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { argv, exit, stderr } from "node:process";
import { fileURLToPath } from "node:url";
import { createProgram, examples, exitMeanings } from "../control/streamctl/run.ts";
import { renderMetricsReference } from "../daemon/metrics/reference.ts";
import { EXAMPLES, createCommand } from "../daemon/options.ts";
import { packageVersion } from "../daemon/version.ts";
import { hotKeys } from "./hot-keys.ts";
import { renderExample } from "./example.ts";
import { renderCommandPage } from "./manual/command-page.ts";
import { renderConfigPage } from "./manual/config-page.ts";
import { renderReference } from "./reference.ts";

type GeneratedFile = {
  /** From the root of the project. */
  readonly path: string;
  readonly render: () => string;
};

const source = `streamerd ${packageVersion()}`;

const generatedFiles: readonly GeneratedFile[] = [
  { path: "config/streamerd.example.yml", render: renderExample },
  { path: "config/reference.md", render: renderReference },
  { path: "docs/control.md", render: renderControlReference },
  { path: "docs/metrics.md", render: renderMetricsReference },
  { path: "docs/man/streamctl.1", render: renderStreamctlPage },
  { path: "docs/man/streamerd.8", render: renderStreamerdPage },
  { path: "docs/man/streamerd.yml.5", render: () => renderConfigPage(source) },
];

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

const options = argv.slice(2);
const unknown = options.find((option) => option !== "--check");
if (unknown !== undefined) {
  stderr.write(`generate: ${unknown}: no such option; only --check is known\n`);
  exit(2);
}
const stale = generatedFiles.filter((file) => readText(join(root, file.path)) !== file.render());
if (!options.includes("--check")) for (const file of stale) writeFileSync(join(root, file.path), file.render());
else if (stale.length > 0) {
  for (const { path } of stale) stderr.write(`generate: ${path} is stale; run npm run gen\n`);
  exit(1);
}

function renderStreamctlPage(): string {
  const nothing = (): void => {};
  const settings = { path: "", read: () => ({}), write: () => Promise.resolve() };
  const terminal = {
    out: nothing,
    err: nothing,
    colour: false,
    screenColumns: () => null,
    outColumns: () => null,
    runtimeDirectory: undefined,
    untilInterrupted: () => Promise.resolve(),
  };
  const program = createProgram({
    terminal,
    version: packageVersion(),
    checkConfig: () => [],
    discover: () => Promise.resolve(),
    devices: () => Promise.resolve({ cameras: [], microphones: [], screens: [], hints: [] }),
    receivers: {
      stats: () => Promise.resolve(),
      examine: () => Promise.reject(new Error("nothing is received here")),
      measure: () => Promise.resolve(),
      record: () => Promise.resolve(),
      watch: () => Promise.resolve(),
      play: () => Promise.resolve(),
    },
    doctor: () => Promise.resolve([]),
    cache: {
      prepare: () => Promise.resolve(),
      list: () => Promise.resolve({ dir: "", maxBytes: 0, bytes: 0, films: [] }),
      clear: () => Promise.resolve({ dir: "", entries: 0, bytes: 0 }),
    },
    hotKeys,
    settings,
  });
  return renderCommandPage({
    program,
    section: 1,
    source,
    about: [
      "Without --host and --socket the daemon of this host is looked for: /run/streamerd/control.sock, $XDG_RUNTIME_DIR/streamerd.sock, 127.0.0.1:9688. CHANNEL may be left out when there is only one.",
      "Anybody may read and join; what changes something needs the Unix socket, or the operator's token over TCP.",
    ],
    examples,
    files: [
      ["/run/streamerd/control.sock", "The daemon's Unix socket: who can open it is an operator."],
      ["$XDG_CONFIG_HOME/streamctl/config.json", "Its own settings: streamctl config get, set and unset."],
    ],
    exitStatus: exitMeanings.map(([status, , meaning]) => [status, meaning]),
    seeAlso: "streamerd(8), streamerd.yml(5)",
  });
}

function renderStreamerdPage(): string {
  return renderCommandPage({
    program: createCommand(packageVersion()),
    section: 8,
    source,
    about: [
      'Without a FILE, and without a source in the configuration, the generated test film is sent. Once everything sends, one line that begins with "streamerd ready" goes to standard output; the log goes to standard error.',
      "SIGHUP has the configuration read again, unless the program runs on a terminal. SIGINT and SIGTERM say goodbye to the receivers and end it.",
    ],
    examples: EXAMPLES,
    files: [
      ["/etc/streamerd/streamerd.yml", "The service's configuration: streamerd.yml(5)."],
      ["state.json", "In state.dir: what an operator has changed, and where each channel was. Files on the command line keep none."],
    ],
    exitStatus: [
      ["0", "ended by a signal, or every channel has come to its end"],
      ["1", "could not start, or not go on"],
      ["2", "wrong usage, or a mistake in the configuration"],
      ["3", "every channel has come to its end, but for one that has failed"],
    ],
    seeAlso: "streamctl(1), streamerd.yml(5)",
  });
}

/** Null if there is no such file. */
function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

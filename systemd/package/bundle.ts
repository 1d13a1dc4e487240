/**
 * `npm run build [DIR]`: the programs as JavaScript in DIR/dist, each put together into few files: one that is loaded in 160 pieces starts 0.1 s later
 * (docs/decisions/start.md). The same bytes for the same sources, wherever they lie.
 */

import { rmSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import type { Plugin } from "rolldown";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What is started by its own name, in a process or a thread. Each keeps its place, since others find it beside themselves, and shares nothing with the others. */
const PROGRAMS = [
  "daemon/main",
  "daemon/send/sender-worker",
  "daemon/source/main",
  "daemon/source/prepare-main",
  "daemon/source/codec-versions",
  "daemon/source/parent-watch-thread",
  "daemon/source/live/devices-main",
  "control/streamctl/main",
  "receiver/sinks/speaker/speaker-child",
];

/** What the sources start (daemon/program-file.ts), so that none is forgotten above. */
const STARTED = /programFile\("([^"]+)", import\.meta\.url(?:, "([^"]+)")?\)/g;

/** A module that moves into another file goes on believing that it lies where its source does. */
const keepPlaces: Plugin = {
  name: "keep-places",
  transform: {
    filter: { id: /\.ts$/, code: "import.meta.url" },
    handler: (code, id) => {
      const file = relative(ROOT, id);
      for (const [, name = "", up = "."] of code.matchAll(STARTED)) {
        const program = join(dirname(file), up, name);
        if (!PROGRAMS.includes(program))
          throw new Error(`${program} is started by ${file}, and is not among the programs in ${import.meta.filename}`);
      }
      return code.replaceAll("import.meta.url", placeOf(file.replace(/\.ts$/, ".js")));
    },
  },
};

/** Below it everything lies (bin/streamerd); what a program loads later, in a folder of its own. */
const FOLDER = "/dist/";
const PARTS = "parts";

function placeOf(file: string): string {
  const folder = `import.meta.url.slice(0, import.meta.url.lastIndexOf(${JSON.stringify(FOLDER)}) + ${FOLDER.length})`;
  return `(${folder} + ${JSON.stringify(file)})`;
}

/** npm packages that are loaded before the first packet, with what they need. The others stay in node_modules: they have native code, or can wait. */
const INSIDE = ["commander", "dgram-as-promised", "pino", "valibot"];

function isInside(id: string, importer = ""): boolean {
  if (id.startsWith(".") || id.startsWith("/") || INSIDE.includes(id)) return true;
  return importer.includes("/node_modules/") && !isBuiltin(id);
}

async function bundle(to: string): Promise<void> {
  for (const name of new Set([PARTS, ...PROGRAMS.map((program) => program.replace(/\/.*/, ""))]))
    rmSync(join(to, FOLDER, name), { recursive: true, force: true });
  for (const program of PROGRAMS) {
    const build = await rolldown({
      cwd: ROOT,
      input: { [program]: join(ROOT, `${program}.ts`) },
      platform: "node",
      external: (id, importer) => !isInside(id, importer),
      plugins: [keepPlaces],
      experimental: { attachDebugInfo: "none" },
    });
    await build.write({
      dir: join(to, FOLDER),
      format: "esm",
      comments: false,
      entryFileNames: "[name].js",
      chunkFileNames: `${PARTS}/${program}/[name].js`,
    });
    await build.close();
  }
}

await bundle(resolve(process.argv[2] ?? ROOT));

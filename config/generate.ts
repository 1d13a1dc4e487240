/**
 * Writes the files that follow from a table in the sources: `node config/generate.ts` writes them, `--check` writes
 * nothing and exits 1 if one is not what it would be.
 */
import { render as renderControlReference } from "../control/reference.ts";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { argv, exit, stderr } from "node:process";
import { fileURLToPath } from "node:url";
import { renderExample } from "./example.ts";
import { renderReference } from "./reference.ts";

type GeneratedFile = {
  /** From the root of the project. */
  readonly path: string;
  readonly render: () => string;
};

const generatedFiles: readonly GeneratedFile[] = [
  { path: "config/streamerd.example.yml", render: renderExample },
  { path: "config/reference.md", render: renderReference },
  { path: "docs/control.md", render: renderControlReference },
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

/** Null if there is no such file. */
function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

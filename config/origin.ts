/** Where a value came from, and how an error says so in one line. */
import { showPath, showPlain } from "./show.ts";

export type Origin =
  /** `line` counts from 1; null where the file as a whole is meant. */
  | { readonly kind: "file"; readonly file: string; readonly line: number | null }
  /** `text` as typed after --set. */
  | { readonly kind: "set"; readonly text: string }
  | { readonly kind: "env"; readonly name: string }
  /** Media files named on the command line. */
  | { readonly kind: "command-line" }
  | { readonly kind: "default" }
  /** Computed from other values: the group of a channel that names none. */
  | { readonly kind: "derived" };

export type ConfigError = {
  readonly origin: Origin;
  /** The key that is meant; null where there is none. */
  readonly path: readonly string[] | null;
  /** What is wrong and what to do instead: no full stop, no line break. */
  readonly message: string;
};

/** `streamerd: FILE:LINE: KEY: what is wrong; what to do`: one line without a line break. */
export function formatConfigError(error: ConfigError): string {
  return `streamerd: ${describeConfigError(error)}`;
}

/** The same without the program's name. */
export function describeConfigError(error: ConfigError): string {
  const { origin } = error;
  const path = error.path === null ? null : showPath(error.path);
  // --set and a variable's name say the key themselves.
  const said = origin.kind === "env" || (origin.kind === "set" && path !== null && origin.text.startsWith(`${path}=`));
  return [showOrigin(origin), ...(path === null || said ? [] : [path]), error.message].join(": ");
}

/** `config/streamerd.yml:12`, `--set log.level=debug`, `STREAMERD_LOG_LEVEL`, `default`. */
export function showOrigin(origin: Origin): string {
  switch (origin.kind) {
    case "file":
      return showPlain(origin.file) + (origin.line === null ? "" : `:${origin.line}`);
    case "set":
      return `--set ${showPlain(origin.text)}`;
    case "env":
      return showPlain(origin.name);
    case "command-line":
      return "command line";
    case "default":
    case "derived":
      return origin.kind;
  }
}

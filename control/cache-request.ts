/** What the commands on the cache are asked for, and what they answer: between streamctl's command line and the cache of this host. */

export type CachePlace = {
  /** A config file that names the cache; null: the defaults. */
  readonly config: string | null;
  /** Goes before what the config says; null: not given. */
  readonly dir: string | null;
};

export type CachedFilm = {
  /** Base name of the film that it was made of; null where the entry is damaged. */
  readonly name: string | null;
  readonly durationMs: number | null;
  readonly bytes: number;
  /** When it was used last, UTC. */
  readonly usedAt: string;
  readonly settings: {
    readonly width: number;
    readonly quality: number;
    readonly maxFrameBytes: number;
    readonly audio: { readonly sampleRateHz: number; readonly channels: number } | null;
  } | null;
  /** A file that any player opens. */
  readonly path: string;
};

/** The most recently used film comes first. */
export type CacheContents = {
  readonly dir: string;
  readonly maxBytes: number;
  readonly bytes: number;
  readonly films: readonly CachedFilm[];
};

export type PrepareRequest = CachePlace & {
  readonly files: readonly string[];
  /** Whose settings are meant; null: those of the only one. */
  readonly channel: string | null;
};

export type PrepareIo = {
  /** A film is under way: its place among all of them, and the share of it that is done (null while that is not known). */
  readonly onProgress: (path: string, index: number, count: number, share: number | null) => void;
  readonly onDone: (path: string, kind: "made" | "there") => void;
  readonly onFailed: (path: string, reason: string) => void;
  /** One line for a person. */
  readonly say: (line: string) => void;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
};

/** Each throws a RefusedError for what a person has to do something about, or a UsageError where that is the command line. */
export type CacheTools = {
  readonly prepare: (request: PrepareRequest, io: PrepareIo) => Promise<void>;
  readonly list: (place: CachePlace) => Promise<CacheContents>;
  /** Answers what has gone. */
  readonly clear: (place: CachePlace) => Promise<{ readonly dir: string; readonly entries: number; readonly bytes: number }>;
};

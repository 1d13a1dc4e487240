/** Loads the media engine when it is first asked for. */

import type * as engine from "./engine.ts";

export type Engine = typeof engine;

export type EngineLoader = {
  /** Null as long as it is not loaded. */
  readonly loaded: () => Engine | null;
  /** Begins to load it, once. */
  readonly load: () => Promise<void>;
};

/** `say` gets the engine's own messages; `onLoaded` is called once. */
export function createEngineLoader(say: (line: string) => void, onLoaded: () => void = () => {}): EngineLoader {
  let loaded: Engine | null = null;
  let loading: Promise<void> | null = null;

  const load = async (): Promise<void> => {
    const found = await import("./engine.ts");
    found.limitEngineLog(say);
    loaded = found;
    onLoaded();
  };
  return {
    loaded: () => loaded,
    load: () => (loading ??= load()),
  };
}

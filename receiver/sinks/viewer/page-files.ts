/** The page's files, read once at the start: nothing that a request says reaches the file system. */

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { ViewerError } from "./viewer-error.ts";

export type PageFile = { readonly type: string; readonly body: Buffer };

const HTML = "text/html; charset=utf-8";
const CSS = "text/css; charset=utf-8";
const SCRIPT = "text/javascript; charset=utf-8";

/** Path in the URL, file in web/, media type. */
const FILES: readonly (readonly [path: string, file: string, type: string])[] = [
  ["/", "index.html", HTML],
  ...["style", "player", "panel"].map((name) => [`/${name}.css`, `${name}.css`, CSS] as const),
  ["/icon.svg", "icon.svg", "image/svg+xml"],
  // What a browser asks for before it has read the page.
  ["/favicon.ico", "icon.svg", "image/svg+xml"],
  ...["main", "connection", "clock-offset", "messages", "picture-queue", "picture", "sound", "sound-ring", "sound-worklet"].map(script),
  ...["graphs", "waveform", "controls", "full-screen", "shown", "probe", "player-state"].map(script),
];

function script(name: string): readonly [string, string, string] {
  return [`/${name}.js`, `${name}.js`, SCRIPT];
}

export async function readPageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const folder = webFolder();
  try {
    return new Map(
      await Promise.all(FILES.map(async ([path, file, type]) => [path, { type, body: await readFile(new URL(file, folder)) }] as const)),
    );
  } catch (error) {
    throw new ViewerError("NO_PAGE", `the viewer's page is not complete in ${folder.pathname}: install streamerd anew`, error);
  }
}

/** Beside receiver/ in a checkout; compiled code lies in a folder of its own, one deeper. */
function webFolder(): URL {
  const beside = new URL("../../../web/", import.meta.url);
  return existsSync(new URL("index.html", beside)) ? beside : new URL("../../../../web/", import.meta.url);
}

/** The reason for a channel's state as anybody on the LAN may read it: files by their names, without the folders that they lie in. Pure. */

import { dirname } from "node:path";
import type { ChannelConfig } from "../../config/schema.ts";
import type { SourceItem } from "../source/messages.ts";

export function publicReason(reason: string, source: ChannelConfig["source"], playlist: readonly SourceItem[]): string {
  const configured = source.kind === "media" ? source.paths : [];
  const found = playlist.flatMap((item) => (item.kind === "file" ? [item.path] : []));
  const folders = new Set([...configured, ...found].map((path) => `${dirname(path)}/`));
  // The root says nothing, and its slash may be anywhere.
  folders.delete("//");
  const deepestFirst = [...folders].toSorted((one, other) => other.length - one.length);
  return deepestFirst.reduce((text, folder) => text.replaceAll(folder, ""), reason);
}

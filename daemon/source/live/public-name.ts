/** What may be said of a live source to anybody: never a URL's user, password or query. Pure. */

import type { LiveInput } from "../../../config/values/live-source.ts";

/** The name under which a live source is shown. */
export function publicName(input: LiveInput): string {
  switch (input.kind) {
    case "camera":
      return input.microphone === null ? `camera:${baseName(input.device)}` : `camera:${baseName(input.device)}+mic`;
    case "microphone":
      return "mic";
    case "screen":
      return "screen";
    case "url":
      return publicUrl(input.url);
    case "channel": {
      const host = input.host.includes(":") ? `[${input.host}]` : input.host;
      return `streamerd://${host}${input.port === null ? "" : `:${input.port}`}/${input.channel ?? ""}`;
    }
    case "generated":
      return "test:live";
  }
}

/** Whether it waits for a client that pushes its stream. */
export function isListener(input: LiveInput): boolean {
  return input.kind === "url" && /^srt:/i.test(input.url) && /[?&]mode=listener(&|$)/i.test(input.url);
}

/** Without user, password, query and fragment. */
export function publicUrl(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)(?:[^/?#]*@)?([^?#]*).*$/is, "$1$2");
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

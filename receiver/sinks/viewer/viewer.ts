/**
 * The viewer: a sink that shows pictures and sound on a web page. One HTTP server gives out the page and takes its WebSockets; whatever comes in
 * from the receiver goes to every page that is open, in messages that are built once.
 */

import type { Server } from "node:http";
import type { ReceivedPicture, Sink, StreamForm } from "../../media.ts";
import { createAccess } from "./access.ts";
import { createPages } from "./pages.ts";
import type { PageCounters } from "./pages.ts";
import { pictureMessage, soundMessage, textMessage } from "./messages.ts";
import { closePageServer, startPageServer } from "./page-server.ts";
import type { TlsFiles } from "./page-server.ts";
import { isLoopback, urlHost } from "./own-names.ts";

export type ViewerOptions = {
  /** Port 0: any. Not loopback: whoever watches needs a link that is good once. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Null: plain HTTP. Beyond localhost a browser plays no sound then. */
  readonly tls?: TlsFiles | null;
  /** Shown beside the heading: the channel, and where it is from. */
  readonly title: string;
  readonly form: StreamForm;
  /** What plays the sound: the page, or this host's own loudspeaker. */
  readonly soundFrom?: "page" | "loudspeaker";
  /** Says a line to the person who started us: where the page is. */
  readonly print: (line: string) => void;
  /** The same for a program: the page can be opened there. */
  readonly onUrl?: (url: string) => void;
};

export type Viewer = Sink & {
  /** The stream has another form from now on: open pages go on with it. */
  readonly setForm: (form: StreamForm) => void;
  /** What is to be opened in a browser. Beyond localhost it is good once, and another one is printed when it was used. */
  readonly url: string;
  readonly clientCount: () => number;
  /** What the page that has reported last shows; null: no page is open. */
  readonly shownFps: () => number | null;
  /** There: sound before picture; negative: after. Null: no page is open, or it plays no sound. */
  readonly skewMs: () => number | null;
  readonly counters: () => PageCounters;
};

/** Rejects with a ViewerError when the address cannot be listened on or the page's files are missing. */
export async function startViewer({ listen, tls = null, title, form, soundFrom = "page", print, onUrl }: ViewerOptions): Promise<Viewer> {
  const scheme = tls === null ? "http" : "https";
  let { audio } = form;
  const formMessage = (shown: StreamForm): string => {
    const onLoudspeaker = soundFrom === "loudspeaker" && shown.audio !== null;
    return textMessage({ kind: "form", title, video: shown.video !== null, audio: onLoudspeaker ? null : shown.audio, onLoudspeaker });
  };
  const pages = createPages(formMessage(form));
  const access = createAccess({
    scheme,
    host: listen.host,
    onLinkUsed: (address) => {
      print(`RECEIVING VIDEO: opened from ${address}; another link: ${url()}`);
      onUrl?.(url());
    },
  });
  const server = await startPageServer({ listen, tls, access, onSocket: pages.add, isFull: pages.isFull });
  const authority = `${urlHost(listen.host)}:${portOf(server)}`;
  const url = (): string => `${scheme}://${authority}${access.entrance()}`;
  print(`RECEIVING VIDEO: ${url()}`);
  onUrl?.(url());
  if (tls === null && !isLoopback(listen.host)) {
    print("RECEIVING VIDEO: without TLS a browser on another host shows the picture and plays no sound: --tls-cert FILE --tls-key FILE");
  }
  return {
    get url() {
      return url();
    },
    clientCount: pages.count,
    shownFps: () => pages.lastShown()?.fps ?? null,
    skewMs: () => pages.lastShown()?.skewMs ?? null,
    counters: pages.counters,
    setForm: (next) => {
      ({ audio } = next);
      pages.form(formMessage(next));
    },
    picture: (picture: ReceivedPicture) => pages.picture(pictureMessage(picture)),
    sound: (sound) => {
      if (soundFrom === "page") pages.sound(soundMessage(sound, audio?.channels ?? 1));
    },
    report: (report) => pages.report(textMessage({ kind: "report", ...report })),
    state: ({ kind, text }) => pages.state(textMessage({ kind: "state", state: kind, text })),
    close: async () => {
      await pages.close();
      await closePageServer(server);
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

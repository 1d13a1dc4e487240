// streamctl stats, watch and play: receive a channel on this host. What they do is the receiver's; here is how they are asked for.
import type { Command } from "commander";
import type { ReceiveRequest, Receivers, WatchRequest } from "../../receive-request.ts";
import type { Tool } from "../tool.ts";
import { parseListen } from "../listen-address.ts";
import { UsageError } from "../../usage-error.ts";
import { receiving, runReceiver, toRequest, type CommonOptions } from "./receive-options.ts";

export function addWatch(program: Command, tool: Tool, receivers: Receivers): void {
  receiving(program, "stats", "receives a channel and prints how it arrives, a line a second, until Ctrl-C").action(
    (channel: string | undefined, options: CommonOptions) =>
      runReceiver(tool, (io) => receivers.stats(toRequest(tool, channel, options), io)),
  );
  withPageOptions(receiving(program, "watch", "shows a channel, with its sound, on a page of this host: RECEIVING VIDEO")).action(
    (channel: string | undefined, options: PageOptions) =>
      runReceiver(tool, (io) => receivers.watch({ ...toRequest(tool, channel, options), ...toPage(options) }, io)),
  );
  withPageOptions(receiving(program, "play", "plays the sound of a channel on this host's loudspeaker, and shows the picture on a page"))
    .option("--no-video", "the sound alone, without a page")
    .option("--device <NAME>", "ALSA's name of the sound device")
    .action((channel: string | undefined, options: PageOptions & { readonly video: boolean; readonly device?: string }) =>
      runReceiver(tool, (io) =>
        receivers.play(
          { ...toRequest(tool, channel, options), ...toPage(options), hasPage: options.video, device: options.device ?? null },
          io,
        ),
      ),
    );
}

type PageOptions = CommonOptions & { readonly listen: string; readonly tlsCert?: string; readonly tlsKey?: string };

function withPageOptions(command: Command): Command {
  return command
    .option(
      "--listen <ADDRESS[:PORT]>",
      "where the page is served, or a PORT of this host alone; other hosts than this one enter by a link that is good once",
      "127.0.0.1",
    )
    .option("--tls-cert <FILE>", "a certificate (PEM), so that other hosts hear the sound as well")
    .option("--tls-key <FILE>", "its key (PEM)");
}

function toPage({ listen, tlsCert, tlsKey }: PageOptions): Omit<WatchRequest, keyof ReceiveRequest> {
  const address = parseListen(listen);
  if ((tlsCert === undefined) !== (tlsKey === undefined)) throw new UsageError("--tls-cert and --tls-key go together");
  return {
    listen: address,
    tls: tlsCert === undefined || tlsKey === undefined ? null : { certFile: tlsCert, keyFile: tlsKey },
  };
}

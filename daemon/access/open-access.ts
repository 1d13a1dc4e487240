/** The access to this daemon's channels: its passes from the state directory, its keys to the sender thread. */

import type { ControlServer } from "../../control/server/server.ts";
import type { Channel } from "../channel/channel.ts";
import type { Log } from "../log/log.ts";
import type { Publish } from "../news.ts";
import type { SenderThread } from "../send/sender-thread.ts";
import { Access } from "./access.ts";
import { openPassFile } from "./pass-file.ts";

export type AccessSurroundings = {
  readonly channels: ReadonlyMap<string, Channel>;
  readonly sender: Pick<SenderThread, "post">;
  /** Where this daemon keeps its state; null: nowhere. */
  readonly directory: string | null;
  readonly publish: Publish;
  /** Called when somebody has joined, and not before. */
  readonly control: () => Pick<ControlServer, "addressesOf" | "endPass">;
  readonly log: Log;
};

export function openAccess({ channels, sender, directory, publish, control, log }: AccessSurroundings): Access {
  const masters = new Map(
    [...channels.values()].flatMap(({ name, setup: { srtpMaster } }) => (srtpMaster === null ? [] : [[name, srtpMaster] as const])),
  );
  return new Access({
    masters,
    // Who has no such channel has no use for the file.
    file: directory === null || masters.size === 0 ? null : openPassFile(directory),
    onKey: (channel, master) => sender.post({ kind: "srtp-master", channel, master }),
    onKeyAhead: (channel, inMs) => publish("channel.key", { channel, inMs }),
    onEnded: (pass) => control().endPass(pass),
    addressesOf: (pass) => control().addressesOf(pass),
    log,
  });
}

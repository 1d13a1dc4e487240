// The channel that a command means.
import type { ControlClient } from "./client.ts";
import { RefusedError } from "./client-error.ts";
import { oneLine } from "./untrusted-text.ts";
import { UsageError } from "./usage-error.ts";

/** The one named, or the only one; of several `usual`, if that is one of them. Throws a UsageError that lists them where that leaves the choice. */
export async function chooseChannel(client: ControlClient, named: string | null | undefined, usual: string | null = null): Promise<string> {
  if (named !== undefined && named !== null) return named;
  const { channels } = await client.call("server.hello", { client: "streamctl" });
  const [only] = channels;
  if (only === undefined) throw new RefusedError(0, "the daemon has no channel", null);
  if (usual !== null && channels.includes(usual)) return usual;
  if (channels.length > 1) throw new UsageError(`which channel? there are ${channels.map(oneLine).join(", ")}`);
  return only;
}

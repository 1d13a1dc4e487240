/** Whether addresses can be listened on, found out by doing so for a moment: what listens for good takes longer to load. */

import { createServer } from "node:net";
import type { Listen } from "./http/bounded-server.ts";

/** False also for an address that is no interface's. */
export async function areFree(addresses: readonly Listen[]): Promise<boolean> {
  const free = await Promise.all(addresses.map(isFree));
  return free.every(Boolean);
}

function isFree({ host, port }: Listen): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen({ host, port }, () => server.close(() => resolve(true)));
  });
}

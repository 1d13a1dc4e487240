/** The operator's HTTP server: `/metrics` for Prometheus, `/healthz` and `/readyz` for whatever looks after the daemon. */

import type { Server, ServerResponse } from "node:http";
import type { Health } from "./health.ts";
import { EXPOSITION_TYPE } from "../metrics/exposition.ts";
import type { Listen } from "./bounded-server.ts";
import { pathOf, send, startBoundedServer } from "./bounded-server.ts";

export type OperatorSite = {
  /** The exposition; null where the sender thread does not answer. */
  readonly metrics: () => Promise<string | null>;
  readonly health: () => Health;
  readonly readiness: () => Health;
};

/** A few scrapers and probes; each keeps one connection. */
const MOST_CONNECTIONS = 32;
const TEXT = "text/plain; charset=utf-8";
const PATHS = ["/metrics", "/healthz", "/readyz"] as const;

/** Rejects with the system's error when the address cannot be bound. */
export function startOperatorServer(listen: Listen, site: OperatorSite): Promise<Server> {
  return startBoundedServer(listen, MOST_CONNECTIONS, (request, response) => {
    const path = pathOf(request);
    if (path === "/metrics") return void answerMetrics(response, site);
    if (path === "/healthz") return answerHealth(response, site.health());
    if (path === "/readyz") return answerHealth(response, site.readiness());
    send(response, 404, TEXT, `not here; there is\n${PATHS.join("\n")}\n`);
  });
}

async function answerMetrics(response: ServerResponse, { metrics, health }: OperatorSite): Promise<void> {
  const exposition = await metrics();
  if (exposition === null) send(response, 503, TEXT, health().text);
  else send(response, 200, EXPOSITION_TYPE, exposition);
}

function answerHealth(response: ServerResponse, { isGood, text }: Health): void {
  send(response, isGood ? 200 : 503, TEXT, text);
}

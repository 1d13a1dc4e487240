/** The daemon's servers beside the control channel: the page and session descriptions, the operator's HTTP, and what listens on the UDP port: hellos of the classic way, and requests for lost packets. */

import type { AddressInfo } from "node:net";
import type { Config } from "../config/schema.ts";
import { type DatagramPort, type DatagramPortOptions, helloProblem, openDatagramPort } from "./datagram-port.ts";
import { closeHttpServer, listenProblem } from "./http/bounded-server.ts";
import { type OperatorSite, startOperatorServer } from "./http/operator-server.ts";
import { type HttpSite, startHttpServer } from "./http/server.ts";
import type { Log } from "./log/log.ts";
import type { SenderThread } from "./send/sender-thread.ts";
import { StartError } from "./start-error.ts";

export type ServerOptions = {
  readonly config: Config;
  /** Where the control channel listens by TCP. */
  readonly controlHost: string;
  readonly controlPort: number;
  readonly site: HttpSite;
  readonly operatorSite: OperatorSite;
  readonly repair: Pick<DatagramPortOptions, "memberOf" | "kept">;
  readonly sender: SenderThread;
  readonly log: Log;
};

export type Servers = {
  /** The port of the page and the session descriptions. */
  readonly httpPort: number;
  readonly datagrams: Omit<DatagramPort, "close">;
  /** It asks the sender, which does not answer any more when it has closed. */
  readonly closeOperator: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Throws a StartError if one of them cannot be had; the others are closed then. */
export async function startServers(options: ServerOptions): Promise<Servers> {
  const { config, controlHost, controlPort, site, operatorSite, repair, sender, log } = options;
  const { listen, operatorListen } = config.http;
  const closers: (() => Promise<void>)[] = [];
  const closeAll = async (): Promise<void> => void (await Promise.all(closers.map((close) => close())));
  const orGiveUp = async <T>(
    starting: Promise<T>,
    close: (server: T) => Promise<void>,
    problem: (error: unknown) => string,
  ): Promise<T> => {
    try {
      const server = await starting;
      closers.push(() => close(server));
      return server;
    } catch (error) {
      await closeAll();
      throw new StartError(problem(error));
    }
  };

  const http = await orGiveUp(startHttpServer(listen, site), closeHttpServer, (error) => listenProblem("http.listen", listen, error));
  let operator = null;
  if (operatorListen !== null) {
    const problem = (error: unknown): string => listenProblem("http.operatorListen", operatorListen, error);
    operator = await orGiveUp(startOperatorServer(operatorListen, operatorSite), closeHttpServer, problem);
  }
  const datagrams = await orGiveUp(
    openDatagramPort({ config, host: controlHost, port: controlPort, ...repair, sender, log }),
    (opened) => opened.close(),
    (error) => helloProblem(controlPort, error),
  );
  const address: string | AddressInfo | null = http.address();
  return {
    httpPort: typeof address === "object" && address !== null ? address.port : listen.port,
    datagrams,
    closeOperator: async () => {
      if (operator !== null) await closeHttpServer(operator);
    },
    close: closeAll,
  };
}

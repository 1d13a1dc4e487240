/** The main thread's end of the sender thread: orders go down, events and statistics come up. */

import { monotonicMs } from "../clock.ts";
import type { FromSender, StatisticsAnswer, ToSender } from "./sender-messages.ts";
import { takeSenderWorker, wakeUp } from "./sender-worker-start.ts";
import type { SocketKind } from "./socket-kind.ts";
import { ORDERS_WORD, overdueMs, tellDeadline } from "./told-deadline.ts";

/** What comes up unasked. */
export type SenderNews = Extract<FromSender, { kind: "event" | "consumed" | "interfaces" | "tapped" }>;

export type SenderThread = {
  /** Hands an order over and wakes the thread, when what this thread does now is done. Buffers named in `transfer` are gone from this side then; several orders may name one. */
  readonly post: (order: ToSender, transfer?: readonly ArrayBuffer[]) => void;
  /** The same without waking it: for what is not due before its next wake-up. */
  readonly postQuietly: (order: ToSender, transfer?: readonly ArrayBuffer[]) => void;
  readonly statistics: (channel: string) => Promise<StatisticsAnswer>;
  /** How long the oldest deadline that is due has been waiting; 0 or less if none is. It asks nobody, so it tells of a thread that hangs too. */
  readonly overdueMs: () => number;
  /** Says goodbye on every channel and ends the thread. */
  readonly close: () => Promise<void>;
  /** Rejects when the thread dies: the daemon cannot go on without it. */
  readonly failed: Promise<never>;
};

type SenderThreadOptions = {
  readonly sockets: SocketKind;
  readonly onNews: (news: SenderNews) => void;
  /** Sockets of the kind that was wanted cannot be had: `used` are. */
  readonly onSocketProblem: (reason: string, used: SocketKind) => void;
};

export function startSenderThread({ sockets, onNews, onSocketProblem }: SenderThreadOptions): SenderThread {
  const { worker, wake, failed, ended } = takeSenderWorker({ sockets });
  tellDeadline(wake, monotonicMs());
  const asked = new Map<number, (answer: StatisticsAnswer) => void>();
  const closed = Promise.withResolvers<void>();
  let nextRequest = 0;

  worker.on("message", (message: FromSender) => {
    if (message.kind === "closed") closed.resolve();
    else if (message.kind === "sockets") {
      if (message.problem !== null) onSocketProblem(message.problem, message.used);
    } else if (message.kind === "statistics") {
      asked.get(message.request)?.(message);
      asked.delete(message.request);
    } else onNews(message);
  });
  void ended.then(closed.resolve);

  // Orders of one turn go together: what is read of a source at once is eight pieces of media, and each message costs both sides as much as a packet.
  let orders: ToSender[] = [];
  let transfers = new Set<ArrayBuffer>();
  let isUrgent = false;
  const handOver = (): void => {
    worker.postMessage(orders, [...transfers]);
    Atomics.add(wake, ORDERS_WORD, 1);
    if (isUrgent) wakeUp(wake);
    [orders, transfers, isUrgent] = [[], new Set(), false];
  };
  const postQuietly = (order: ToSender, transfer: readonly ArrayBuffer[] = []): void => {
    if (orders.length === 0) queueMicrotask(handOver);
    orders.push(order);
    for (const buffer of transfer) transfers.add(buffer);
  };
  const post = (order: ToSender, transfer?: readonly ArrayBuffer[]): void => {
    postQuietly(order, transfer);
    isUrgent = true;
  };
  const statistics = (channel: string): Promise<StatisticsAnswer> => {
    const request = nextRequest++;
    return new Promise((resolve) => {
      asked.set(request, resolve);
      post({ kind: "statistics", request, channel });
    });
  };
  const close = async (): Promise<void> => {
    post({ kind: "close" });
    await closed.promise;
    await worker.terminate();
  };
  return { post, postQuietly, statistics, close, overdueMs: () => overdueMs(wake, monotonicMs()), failed };
}

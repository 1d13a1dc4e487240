/**
 * The sender thread: the one loop that waits for the next deadline of all channels. It sleeps in `Atomics.wait`, which keeps
 * fractions of a millisecond where timers keep none, and is woken by the main thread through the same word of shared memory.
 */

import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { monotonicMs } from "../clock.ts";
import { readInterfaces } from "./interfaces.ts";
import type { InterfaceSnapshot } from "./interfaces.ts";
import { ChannelOutput } from "./channel-output.ts";
import type { ThreadServices } from "./channel-output.ts";
import type { FromSender, SenderThreadBegin, SenderThreadStart, ToSender } from "./sender-messages.ts";
import { loadPacketSockets, preloadPacketSockets } from "./socket-kind.ts";
import type { PacketSockets } from "./socket-kind.ts";
import { ORDERS_WORD, tellDeadline, WAKE_WORD } from "./told-deadline.ts";
import { hurryThisThread } from "./thread-priority.ts";

/** While sockets are being opened, the event loop turns this often: what their opening waits for comes by it. At the end, what is under way is looked for as often. */
const SHORT_SLEEP_MS = 1;
/** What is under way when the end is wanted leaves within an eighth of a second. */
const MOST_CLOSING_MS = 1000;
/** The thread tells that it lives at least this often. */
const LONGEST_SLEEP_MS = 100;
/** A deadline this near is waited for awake: going to sleep and being woken can take as long. */
const AWAKE_MS = 0.1;
/** What was read of the interfaces serves all channels for this long. */
const INTERFACES_HOLD_MS = 250;

function main(port: MessagePort, wake: Int32Array, sockets: PacketSockets): void {
  const channels = new Map<string, ChannelOutput>();
  /** The same, for going through them at every wake-up. */
  const outputs: ChannelOutput[] = [];
  /** What came for a channel before it: its source begins while somebody else's group is still being ruled out. */
  const early = new Map<string, ChannelOrder[]>();
  /** Questions that came after an order which has not taken effect yet: who asks wants to see what it did. */
  const questions: { readonly answer: () => void; readonly atMs: number }[] = [];
  const tell = (message: FromSender) => port.postMessage(message, message.kind === "tapped" ? [message.framed.buffer] : []);
  let isClosing = false;
  let closeByMs = Number.POSITIVE_INFINITY;
  let opening = 0;
  let read = { snapshot: readInterfaces(), atMs: monotonicMs() };
  const interfaces = (): InterfaceSnapshot => {
    const nowMs = monotonicMs();
    if (nowMs - read.atMs > INTERFACES_HOLD_MS) read = { snapshot: readInterfaces(), atMs: nowMs };
    return read.snapshot;
  };
  const awaitTask = (task: Promise<void>): void => {
    opening++;
    void task.finally(() => opening--);
  };
  const isOpening = () => opening > 0;
  const services: ThreadServices = { tell, interfaces, openSocket: sockets.open, awaitTask };

  const obey = (message: ToSender): void => {
    const nowMs = monotonicMs();
    if (message.kind === "close") {
      isClosing = true;
      closeByMs = nowMs + MOST_CLOSING_MS;
      for (const output of outputs) output.sender.sayGoodbye(output.orderMs(nowMs, true));
      return;
    }
    if (message.kind === "add") {
      const output = new ChannelOutput(message, services);
      channels.set(message.channel, output);
      outputs.push(output);
      awaitTask(output.open(nowMs));
      for (const order of early.get(message.channel) ?? []) obeyFor(output, order, nowMs, tell);
      early.delete(message.channel);
      return;
    }
    const output = channels.get(message.channel);
    if (output === undefined) {
      // Bounded by the back-pressure: nothing is consumed before the channel is there.
      early.set(message.channel, [...(early.get(message.channel) ?? []), message]);
      return;
    }
    if (message.kind === "statistics" && output.changeMs > nowMs) {
      questions.push({ answer: () => obeyFor(output, message, monotonicMs(), tell), atMs: output.changeMs });
      return;
    }
    obeyFor(output, message, nowMs, tell);
  };

  const close = (): void => {
    for (const output of outputs) output.close();
    sockets.close();
    tell({ kind: "closed" });
    port.close();
  };

  let seenOrders = 0;
  /** Whether anything had come. */
  const obeyWhatCame = (): boolean => {
    const orders = Atomics.load(wake, ORDERS_WORD);
    if (orders === seenOrders) return false;
    seenOrders = orders;
    for (let received = receiveMessageOnPort(port); received !== undefined; received = receiveMessageOnPort(port))
      for (const order of received.message) obey(order);
    return true;
  };

  /** First what is due, then what came meanwhile, then what is next. */
  const sendWhatIsDue = (): number => {
    sockets.collect();
    for (const output of outputs) output.send(monotonicMs());
    obeyWhatCame();
    const nowMs = monotonicMs();
    while (questions[0] !== undefined && questions[0].atMs <= nowMs) questions.shift()?.answer();
    let untilMs = questions[0]?.atMs ?? Number.POSITIVE_INFINITY;
    for (const output of outputs) untilMs = Math.min(untilMs, output.prepare(nowMs));
    return untilMs;
  };

  let untilMs = Number.NEGATIVE_INFINITY;
  /** Many wake-ups in one turn of the event loop. While sockets are being opened, each wake-up is a turn. */
  const turn = (): void => {
    const endMs = performance.now() + sockets.turnMs;
    do {
      const seen = Atomics.load(wake, WAKE_WORD);
      if (obeyWhatCame()) untilMs = sendWhatIsDue();
      if (isClosing && (outputs.every(({ isIdle }) => isIdle) || monotonicMs() > closeByMs)) return close();
      if (sleepUntil(untilMs, seen)) untilMs = sendWhatIsDue();
    } while (!isOpening() && performance.now() < endMs);
    setImmediate(turn);
  };

  /** Whether the time has come; false: there may be orders. */
  const sleepUntil = (untilMs: number, seen: number): boolean => {
    const nowMs = monotonicMs();
    const deadlineMs = Math.min(untilMs, nowMs + (isOpening() || isClosing ? SHORT_SLEEP_MS : LONGEST_SLEEP_MS));
    tellDeadline(wake, deadlineMs);
    const sleepMs = deadlineMs - nowMs;
    if (sleepMs > AWAKE_MS) return Atomics.wait(wake, WAKE_WORD, seen, sleepMs) === "timed-out";
    // This clock makes no garbage; its zero is another one.
    if (sleepMs > 0) for (const endMs = performance.now() + sleepMs; performance.now() < endMs;);
    return true;
  };
  turn();
}

type ChannelOrder = Exclude<ToSender, { kind: "add" | "close" }>;

/** What people order, and see the effect of. */
function isChange({ kind }: ChannelOrder): boolean {
  return kind !== "frame" && kind !== "sound" && kind !== "end" && kind !== "tap" && kind !== "keep" && kind !== "statistics";
}

function obeyFor(output: ChannelOutput, order: ChannelOrder, atMs: number, tell: (message: FromSender) => void): void {
  const { sender } = output;
  const nowMs = output.orderMs(atMs, isChange(order));
  switch (order.kind) {
    case "frame":
      return sender.pushFrame(order.generation, order.frame, nowMs);
    case "sound":
      return sender.pushSound(order.generation, order.piece, nowMs);
    case "expect":
      return sender.expect(order.generation, order.live);
    case "end":
      return sender.end(order.generation, order.timelineMs);
    case "pause":
      return sender.pause(nowMs);
    case "resume":
      return sender.resume(nowMs);
    case "stop":
      return sender.stop(nowMs);
    case "fps":
      return sender.setFps(order.fps, nowMs);
    case "spread":
      return sender.setSpread(order.spread);
    case "volume":
      return sender.setVolume(order.volume);
    case "srtp-master":
      return output.setSrtpMaster(order.master);
    case "tap":
      return output.tap(order.isOn);
    case "keep":
      return output.keep(order.shared);
    case "statistics":
      return tell({ kind: "statistics", request: order.request, ...output.statistics(atMs) });
  }
}

/** Null: nothing will be sent. */
function awaitBegin(port: MessagePort, wake: Int32Array): SenderThreadBegin | null {
  for (;;) {
    const seen = Atomics.load(wake, WAKE_WORD);
    const received: { readonly message: SenderThreadBegin | null } | undefined = receiveMessageOnPort(port);
    if (received !== undefined) return received.message;
    Atomics.wait(wake, WAKE_WORD, seen);
  }
}

async function begin(port: MessagePort, wake: Int32Array): Promise<void> {
  await preloadPacketSockets();
  const begun = awaitBegin(port, wake);
  if (begun === null) return;
  const sockets = await loadPacketSockets(begun.sockets);
  await hurryThisThread();
  port.postMessage({ kind: "sockets", used: sockets.kind, problem: sockets.problem } satisfies FromSender);
  main(port, wake, sockets);
}

if (parentPort !== null) await begin(parentPort, new Int32Array((workerData as SenderThreadStart).shared));

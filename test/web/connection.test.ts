import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Connection } from "../../web/connection.js";

/** A WebSocket whose other end is the test. */
class FakeSocket extends EventTarget {
  static readonly OPEN = 1;
  static readonly all: FakeSocket[] = [];
  readyState = 0;
  readonly sent: string[] = [];
  isClosed = false;

  constructor() {
    super();
    FakeSocket.all.push(this);
  }

  open(): void {
    this.readyState = FakeSocket.OPEN;
    this.dispatchEvent(new Event("open"));
  }

  send(text: string): void {
    this.sent.push(text);
  }

  /** As a browser does while the other end says nothing: no event. */
  close(): void {
    this.isClosed = true;
  }

  tell(data: string): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
}

/** What a browser has, for as long as the test lasts. */
function pretend(context: TestContext, name: string, value: unknown): void {
  const before = Reflect.get(globalThis, name);
  Reflect.set(globalThis, name, value);
  context.after(() => Reflect.set(globalThis, name, before));
}

for (const [status, state, what] of [
  [403, "refused", "a page whose link is of a receiver before this one is told that it needs another"],
  [503, "full", "a page that is one too many is told so"],
] as const) {
  test(what, async (context) => {
    context.mock.timers.enable({ apis: ["setTimeout"] });
    pretend(context, "WebSocket", FakeSocket);
    pretend(context, "fetch", async () => new Response(null, { status }));
    const states: string[] = [];
    const connection = new Connection("ws://host/stream", {
      bytes: () => undefined,
      text: () => undefined,
      state: (one) => states.push(one),
    });
    connection.open();
    for (let tries = 0; tries < 5; tries++) {
      FakeSocket.all.at(-1)?.dispatchEvent(new Event("close"));
      await nextTurn();
      context.mock.timers.tick(8000);
    }
    // Once: a screen reader says each of them.
    assert.deepEqual(states, ["connecting", state]);
  });
}

test("a receiver that falls silent without an end is given up, looked for again, and what the old connection still brings is not heard", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  pretend(context, "WebSocket", FakeSocket);
  pretend(context, "fetch", () => Promise.reject(new TypeError("nobody answers")));
  FakeSocket.all.length = 0;
  const states: string[] = [];
  const texts: string[] = [];
  const connection = new Connection("ws://host/stream", {
    bytes: () => undefined,
    text: (text) => texts.push(text),
    state: (state) => states.push(state),
  });
  const seconds = (count: number, each: () => void = () => undefined): void => {
    for (let second = 0; second < count; second++) {
      context.mock.timers.tick(1000);
      each();
    }
  };
  connection.open();
  const [first] = FakeSocket.all;
  first?.open();
  seconds(60, () => first?.tell("still there"));
  assert.deepEqual(states, ["connecting", "open"]);
  seconds(12);
  assert.deepEqual(states, ["connecting", "open", "lost"]);
  assert.equal(first?.isClosed, true);
  const pings = first.sent.length;
  const [, second] = FakeSocket.all;
  second?.open();
  first.tell("from the grave");
  first.dispatchEvent(new Event("close"));
  seconds(3, () => second?.tell("back"));
  assert.deepEqual([states.at(-1), texts.at(-1), first.sent.length], ["open", "back", pings]);
  assert.ok(!texts.includes("from the grave"));
});

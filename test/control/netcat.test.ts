// A script with nothing but netcat can join, read the status and leave.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import * as v from "valibot";
import { startServer } from "./fixture.ts";

const script = `
exec 3<>"$dir/in" # keeps the pipe open between the calls
nc -N 127.0.0.1 "$port" <"$dir/in" >"$dir/out" 3>&- &
exec 4<"$dir/out"
call() { printf '{"jsonrpc":"2.0","id":%s,"method":"%s","params":%s}\\n' "$1" "$2" "$3" >&3; IFS= read -r answer <&4; }
call 1 session.join '{"channel":"main","name":"netcat"}'
printf '%s\\n' "$answer"
session=$(printf %s "$answer" | sed 's/.*"sessionId":"\\([^"]*\\)".*/\\1/')
call 2 server.status '{}'
printf '%s\\n' "$answer"
call 3 session.leave "{\\"sessionId\\":\\"$session\\"}"
printf '%s\\n' "$answer"
exec 3>&-
wait
`;

const answer = v.object({ id: v.number(), result: v.looseObject({}) });

test("a script with only nc joins, reads the status and leaves", async () => {
  await using running = await startServer();
  const setUp = 'dir=$(mktemp -d); trap \'rm -r "$dir"\' EXIT; mkfifo "$dir/in" "$dir/out"\n';
  const child = spawn("sh", ["-c", setUp + script], {
    env: { ...process.env, port: String(running.port) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [printed] = await Promise.all([text(child.stdout), once(child, "close")]);
  const answers = printed
    .trimEnd()
    .split("\n")
    .map((line) => v.parse(answer, JSON.parse(line)));
  assert.partialDeepStrictEqual(answers, [
    { id: 1, result: { group: "239.255.96.88" } },
    { id: 2, result: { server: "streamerd" } },
    { id: 3, result: {} },
  ]);
  assert.equal(running.server.clientCount(), 0);
});

test("calls sent in one go before the end of input are all answered (printf … | nc -N)", async () => {
  await using running = await startServer();
  const calls = '{"jsonrpc":"2.0","id":1,"method":"server.hello"}\n{"jsonrpc":"2.0","id":2,"method":"server.status"}\n';
  const child = spawn("nc", ["-N", "127.0.0.1", String(running.port)], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(calls);
  const [printed] = await Promise.all([text(child.stdout), once(child, "close")]);
  assert.deepEqual(
    printed
      .trimEnd()
      .split("\n")
      .map((line) => v.parse(answer, JSON.parse(line)).id),
    [1, 2],
  );
});

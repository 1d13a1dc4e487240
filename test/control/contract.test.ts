import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import { compileRedaction, operatorOnly } from "../../control/contract/operator-only.ts";
import { contract, isMethod, methods } from "../../control/contract/contract.ts";
import { controlErrors } from "../../control/contract/errors.ts";
import { render } from "../../control/reference.ts";
import { mainChannel } from "./fixture.ts";

test("operators' fields are taken out at every depth, nullable ones too, and the value itself is not changed", () => {
  const schema = v.object({
    open: v.string(),
    hidden: operatorOnly(v.nullable(v.string())),
    list: v.nullable(v.array(v.object({ open: v.number(), hidden: operatorOnly(v.number()) }))),
  });
  const value = { open: "a", hidden: "b", list: [{ open: 1, hidden: 2 }] };
  const redact = compileRedaction(schema);
  assert.deepEqual(redact?.(value), { open: "a", list: [{ open: 1 }] });
  assert.deepEqual(redact?.({ open: "a", list: null }), { open: "a", list: null });
  assert.equal(value.hidden, "b");
});

test("a result without operators' fields needs no copying", () => {
  assert.equal(compileRedaction(methods["pacing.get"].result), null);
  assert.notEqual(compileRedaction(methods["server.status"].result), null);
});

test("a channel with and without the operators' fields is a valid result", () => {
  const redacted = compileRedaction(methods["channel.get"].result)?.(mainChannel);
  assert.ok(v.is(methods["channel.get"].result, mainChannel));
  assert.ok(v.is(methods["channel.get"].result, redacted));
  assert.ok(!Object.hasOwn(Object(redacted), "sourcePath"));
});

test("everything that changes a channel is the operators'", () => {
  const names = Object.keys(contract).filter(isMethod);
  const forAnyone = names.filter((name) => contract[name].role === "anyone");
  assert.deepEqual(forAnyone, [
    "server.hello",
    "server.status",
    "session.auth",
    "session.join",
    "session.attach",
    "session.leave",
    "session.report",
    "clock.ping",
    "channel.list",
    "channel.get",
    "pacing.get",
    "events.subscribe",
  ]);
});

test("no two errors have one code", () => {
  const codes = Object.values(controlErrors).map(({ code }) => code);
  assert.equal(new Set(codes).size, codes.length);
});

test("the reference page has every method, param, bound and error, and marks what is the operators'", () => {
  const page = render();
  for (const name of Object.keys(contract)) assert.ok(page.includes(`\n### ${name}\n`), name);
  for (const { code } of Object.values(controlErrors)) assert.ok(page.includes(`| ${code} |`));
  assert.match(page, /\| `fps` \| number, 1 to 240, or null, optional \|/);
  assert.match(page, /\| `sourcePath` \| string, or null \| \*operator\*/);
  assert.match(page, /\| `transport` \| `multicast`, `tcp`, `auto`, default "auto" \|/);
});

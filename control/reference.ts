// docs/control.md, rendered from the contract.
import type * as v from "valibot";
import { contract, isMethod, methods, type Method } from "./contract/contract.ts";
import { controlErrors } from "./contract/errors.ts";
import { notificationNames, notifications } from "./contract/notifications.ts";
import { describeFields, describeType } from "./contract/describe.ts";

/** Results that several methods give are described once, at these. */
const described = new Map<v.GenericSchema, string>([
  [methods["channel.get"].result, "as [`channel.get`](#channelget) has it"],
  [methods["pacing.get"].result, "as [`pacing.get`](#pacingget) has it"],
]);

/** The whole page, as Markdown. */
export function render(): string {
  const names = Object.keys(contract).filter(isMethod);
  return [introduction, methodIndex(names), ...names.map(methodSection), notificationSection(), errorTable()].join("\n");
}

const introduction = `# The control channel

<!-- Generated from control/contract/ by \`npm run gen\`. Do not edit. -->

JSON-RPC 2.0, one message a line (UTF-8, \`\\n\`, at most 64 KiB), over TCP port 9688 and the daemon's Unix socket. A batch has at most
50 calls. The Unix socket makes every caller an operator; over TCP an operator proves the token with \`session.auth\`.

A client may call 50 times a second. What is over that is refused with −32005, and what is far over it is read later; lines that
are no call, and blank lines that come alone, count as well. A client has 10 s for its first call, and is let go after 30 s of
silence (a member: without \`session.report\` or \`clock.ping\`). Fields marked *operator* are left out of the answers to anyone else.
At most 1,024 clients and 64 operators are connected at a time.

Try it:

\`\`\`
$ echo '{"jsonrpc":"2.0","id":1,"method":"server.status"}' | nc -N HOST 9688
\`\`\`
`;

function methodIndex(names: readonly Method[]): string {
  const rows = names.map((name) => `| [\`${name}\`](#${name.replaceAll(".", "")}) | ${methods[name].role} | ${methods[name].doc} |`);
  return `## Methods\n\n| method | who | what |\n| --- | --- | --- |\n${rows.join("\n")}\n`;
}

function methodSection(name: Method): string {
  const { doc, role, params, result, errors } = methods[name];
  const own = errors.map((error) => `${controlErrors[error].code}`).join(", ");
  return [
    `### ${name}\n`,
    `${doc} ${role === "operator" ? "For operators." : ""}`.trim(),
    own === "" ? "" : `\nErrors of its own: ${own}.`,
    `\nParams${fieldTable(params)}`,
    `\nResult${resultText(name, result)}`,
  ]
    .filter((part) => part !== "")
    .join("\n")
    .concat("\n");
}

function resultText(name: Method, result: v.GenericSchema): string {
  const elsewhere = name.endsWith(".get") ? undefined : described.get(result);
  return elsewhere === undefined ? fieldTable(result) : `: ${elsewhere}.`;
}

function fieldTable(schema: v.GenericSchema): string {
  const fields = describeFields(schema, described);
  if (fields.length === 0) return `: ${describeType(schema)}.`;
  const rows = fields.map(({ path, type, doc }) => `| \`${path}\` | ${type} | ${doc} |`);
  return `:\n\n| field | type | meaning |\n| --- | --- | --- |\n${rows.join("\n")}`;
}

function notificationSection(): string {
  const sections = notificationNames.map((name) => {
    const { doc, role, params } = notifications[name];
    return `### ${name}\n\n${doc}${role === "operator" ? " For operators." : ""}\n\nParams${fieldTable(params)}\n`;
  });
  const example = `{"jsonrpc":"2.0","method":"channel.state","params":{"at":"2026-11-20T12:00:00.000Z","channel":"main","state":"paused","reason":null}}`;
  const about = `What the daemon tells a connection that has called [\`events.subscribe\`](#eventssubscribe): a line each, without an id, never answered.`;
  return `## Notifications\n\n${about}\n\n\`\`\`\n${example}\n\`\`\`\n\n${sections.join("\n")}`;
}

function errorTable(): string {
  const rows = Object.entries(controlErrors).map(([name, { code, doc }]) => `| ${code} | ${name} | ${doc} |`);
  return `## Errors\n\n| code | name | meaning |\n| --- | --- | --- |\n${rows.join("\n")}\n`;
}

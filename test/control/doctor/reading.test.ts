import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readDirectory } from "../../../control/streamctl/doctor/read/directory.ts";
import { kernelVersion, parseHeard } from "../../../control/streamctl/doctor/read/querier.ts";
import { parseSockets } from "../../../control/streamctl/doctor/read/sockets.ts";
import { parseStatus, readWriter, type Writer } from "../../../control/streamctl/doctor/read/writer.ts";

const IGMP = `Idx	Device    : Count Querier	Group    Users Timer	Reporter
1	lo        :     1      V3
				010000E0     1 0:00000000		0
2	eth0      :     2      V2
				B738FFEF     1 0:00000000		1
				010000E0     1 0:00000000		0
`;

test("the IGMP version of an interface is read from /proc/net/igmp", () => {
  assert.deepEqual([kernelVersion(IGMP, "eth0"), kernelVersion(IGMP, "lo"), kernelVersion(IGMP, "eth1")], [2, 3, null]);
});

for (const [output, expected] of [
  ["listening\n10.0.0.254 100 8\n", { kind: "heard", from: "10.0.0.254", version: 2 }],
  ["listening\n0.0.0.0 10 12\n", { kind: "heard", from: "a switch", version: 3 }],
  ["listening\n10.0.0.254 0 8\n", { kind: "heard", from: "10.0.0.254", version: 1 }],
  ["listening\n", { kind: "silence", seconds: 5 }],
  ["Operation not permitted\n", { kind: "unseen", reason: "operation not permitted (root may)" }],
  ["", { kind: "unseen", reason: "perl does not run" }],
] as const)
  test(`what perl heard is read: ${JSON.stringify(output)}`, () => assert.deepEqual(parseHeard(output, 5), expected));

test("listening sockets are read from /proc/net, IPv6's any address as 0.0.0.0", () => {
  const head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
  const line = (local: string, state: string, inode: number): string =>
    `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0000000000000000 100 0 0 10 0\n`;
  assert.deepEqual(parseSockets(head + line("0100007F:25D1", "0A", 7) + line("00000000:25D0", "01", 8), "tcp"), [
    { protocol: "tcp", address: "127.0.0.1", port: 9681, inode: "7" },
  ]);
  assert.deepEqual(
    parseSockets(head + line(`${"0".repeat(32)}:138C`, "07", 9) + line("0000000000000000FFFF0000C0000201:138C", "07", 10), "udp").map(
      ({ address, port }) => [address, port],
    ),
    [
      ["0.0.0.0", 5004],
      ["1.2.0.192", 5004],
    ],
  );
});

test("a process's user and groups are read from its status, and this process stands for one that is not seen", () => {
  const status = "Name:\tnode\nUid:\t1\t998\t998\t998\nGid:\t1\t997\t997\t997\nFDSize:\t64\nGroups:\t29 44 \n";
  assert.deepEqual(parseStatus(status), { uid: 998, gids: [997, 29, 44] });
  assert.equal(parseStatus("Name:\tnode\n"), null);
  assert.partialDeepStrictEqual(readWriter(null), { uid: process.geteuid?.(), root: "" });
});

test("whether the daemon's user may write to a directory, or make it, is read from what is there of it", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "streamctl-doctor-"));
  context.after(() => rmSync(folder, { recursive: true }));
  chmodSync(folder, 0o755);
  const at = (name: string): string => join(folder, name);
  for (const [name, mode] of [
    ["everybody's", 0o777],
    ["ours", 0o700],
    ["the group's", 0o770],
  ] as const) {
    mkdirSync(at(name));
    chmodSync(at(name), mode);
  }
  mkdirSync(at("ours/inner"));
  chmodSync(at("ours/inner"), 0o777);
  writeFileSync(at("file"), "");
  symlinkSync(at("everybody's"), at("link"));
  const stranger = { uid: (process.geteuid?.() ?? 0) + 12_345, gids: [12_345], root: "" };
  const friend = { ...stranger, gids: [process.getegid?.() ?? 0] };
  const read = (name: string, writer: Writer = stranger) => {
    const path = at(name);
    const planned = { key: "cache.dir", use: "cache", path, maxBytes: null, storedBytes: 0, keptBy: null } as const;
    const { access, existing, freeBytes } = readDirectory(planned, writer);
    assert.ok(freeBytes !== null);
    return [access, existing?.slice(folder.length)];
  };
  assert.deepEqual(read("everybody's"), ["granted", "/everybody's"]);
  assert.deepEqual(read("everybody's/to/be/made"), ["granted", "/everybody's"]);
  assert.deepEqual(read("link"), ["granted", "/link"]);
  assert.deepEqual(read("ours"), ["refused", "/ours"]);
  assert.deepEqual(read("ours/inner"), ["refused", "/ours/inner"]);
  assert.deepEqual(read("ours", readWriter(null)), ["granted", "/ours"]);
  assert.deepEqual(read("the group's"), ["refused", "/the group's"]);
  assert.deepEqual(read("the group's", friend), ["granted", "/the group's"]);
  assert.deepEqual(read("file"), ["no directory", "/file"]);
});

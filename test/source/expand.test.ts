import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { expandSource, SourceError } from "../../daemon/source/expand.ts";
import { checkFile } from "../../daemon/source/file-check.ts";
import { explainUnreadable } from "../../daemon/source/unreadable.ts";
import { temporaryFolder } from "./media.ts";

const folder = temporaryFolder();
const films = join(folder, "films");
mkdirSync(join(films, "deeper.mp4"), { recursive: true });
mkdirSync(join(folder, "texts"));
for (const name of ["part 10.mp4", "part 2.MKV", "a.mp3", "notes.txt", ".hidden.mp4"]) writeFileSync(join(films, name), "x");
writeFileSync(join(folder, "texts", "letter.txt"), "x");

const failure = (code: string, message: RegExp): ((error: unknown) => boolean) => {
  return (error) => {
    assert.ok(error instanceof SourceError);
    assert.equal(error.code, code);
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  };
};

test("no source is the test film", () => {
  assert.deepEqual(expandSource(null), [{ kind: "test-film" }]);
});

test("a directory is its media files in a person's order, and nothing below it", () => {
  const names = expandSource(films).map((item) => (item.kind === "file" ? item.path.slice(films.length + 1) : item.kind));
  assert.deepEqual(names, ["a.mp3", "part 2.MKV", "part 10.mp4"]);
});

test("a list keeps its order, and its files may end as they like", () => {
  const list = [join(films, "notes.txt"), join(films, "a.mp3")];
  assert.deepEqual(
    expandSource(list),
    list.map((path) => ({ kind: "file", path })),
  );
});

test("of a list one that is not there is told, and keeps its place; the others play", () => {
  const list = [join(films, "a.mp3"), join(folder, "none.mp4"), join(films, "notes.txt")];
  const absent: string[] = [];
  assert.deepEqual(
    expandSource(list, (message) => absent.push(message)),
    list.map((path) => ({ kind: "file", path })),
  );
  assert.equal(absent.length, 1);
  assert.match(absent.join(), /none\.mp4: there is no such file or directory; check the path; it is passed over as long as that is so$/);
});

test("a list of which nothing is there cannot be played", () => {
  assert.throws(() => expandSource([join(folder, "none.mp4"), join(folder, "neither.mp4")]), failure("missing", /none\.mp4/));
});

test("what cannot be played is one line with the path and the remedy", () => {
  assert.throws(
    () => expandSource(join(folder, "none.mp4")),
    failure("missing", /none\.mp4: there is no such file or directory; check the path/),
  );
  assert.throws(
    () => expandSource(join(folder, "mic")),
    failure("missing", /mic: there is no such file or directory; check the path; the device of that name is mic:$/),
  );
  assert.throws(
    () => expandSource(join(folder, "texts")),
    failure("empty-directory", /texts: the directory has no media files; put some there/),
  );
  assert.throws(() => expandSource([]), failure("no-files", /name a file/));
  assert.throws(() => expandSource("rtsp://host/x"), failure("remote", /rtsp:\/\/host\/x: is no file/));
});

test("what is there and cannot be read for another reason than its permissions is told with the system's word for it", () => {
  const loop = join(folder, "loop.mp4");
  symlinkSync(loop, loop);
  const reason = /loop\.mp4: it cannot be read \(ELOOP\); check the path, and the disk or the server that it lies on$/;
  assert.throws(() => expandSource(loop), failure("unreadable", reason));
  assert.throws(() => checkFile(loop), { message: reason });
});

test("without permission it is told whether the path or its folders have to be made readable", () => {
  const denied = (syscall: string): unknown => Object.assign(new Error("denied"), { code: "EACCES", syscall });
  for (const what of ["file", "file or directory"] as const) {
    assert.match(
      explainUnreadable("/films/a.mp4", what, denied("stat")).message,
      /a\.mp4: no permission to reach it; make its folders readable/,
    );
    assert.match(explainUnreadable("/films", what, denied("scandir")).message, /films: no permission to read it; make it readable/);
  }
});

test("a file whose name is not UTF-8 is told to be renamed, not to be missing", () => {
  const directory = join(folder, "old disk");
  mkdirSync(directory);
  writeFileSync(Buffer.concat([Buffer.from(`${directory}/caf`), Buffer.from([0xe9]), Buffer.from(".mp4")]), "x");
  const [item] = expandSource(directory);
  assert.ok(item?.kind === "file");
  assert.throws(() => checkFile(item.path), { message: /caf.\.mp4: its name is not UTF-8, so that it cannot be opened; rename it$/ });
});

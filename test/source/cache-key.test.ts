import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as v from "valibot";
import { cacheDirectory } from "../../daemon/cache-directory.ts";
import { ENCODER_VERSION } from "../../daemon/source/cache/encoder-version.ts";

test("the encoder's version names the versions of the packages that decode and encode: another one of them makes all entries anew", () => {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { dependencies } = v.parse(v.object({ dependencies: v.record(v.string(), v.string()) }), JSON.parse(text));
  for (const name of ["node-av", "@julusian/jpeg-turbo"]) assert.ok(ENCODER_VERSION.includes(`${name} ${dependencies[name]}`), name);
});

test("where the cache is: what the configuration says, the service's directory, XDG_CACHE_HOME, ~/.cache, or nowhere", () => {
  const service = { CACHE_DIRECTORY: "/var/cache/streamerd:/var/cache/other", XDG_CACHE_HOME: "/x", HOME: "/home/me" };
  assert.equal(cacheDirectory("/srv/cache", service), "/srv/cache");
  assert.equal(cacheDirectory(null, service), "/var/cache/streamerd");
  assert.equal(cacheDirectory(null, { XDG_CACHE_HOME: "/x", HOME: "/home/me" }), "/x/streamerd");
  assert.equal(cacheDirectory(null, { XDG_CACHE_HOME: "relative", HOME: "/home/me" }), "/home/me/.cache/streamerd");
  assert.equal(cacheDirectory(null, {}), null);
});

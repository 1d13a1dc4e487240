/** streamerd.yml(5), from the table of configuration keys. Pure. */
import { keysBelow } from "../key.ts";
import type { Key, KeyPlace } from "../key.ts";
import { schema } from "../schema.ts";
import { showValue } from "../show.ts";
import { entry, line, page, paragraph, section, verbatim } from "./roff.ts";

export function renderConfigPage(source: string): string {
  return page("streamerd.yml", 5, source, [
    section("Name", line("streamerd.yml - configuration of streamerd")),
    section(
      "Description",
      line("YAML. Without a file the defaults stand. Unknown keys are errors that name the nearest known one."),
      paragraph(
        "The environment and --set address the same keys by path: STREAMERD_CHANNELS_MAIN_GROUP, --set channels.main.group=239.255.1.1.",
      ),
      paragraph(
        "A key that is marked hot may change while the stream goes on: in the file, which is watched, or by streamctl set. Every other change waits for a restart.",
      ),
    ),
    section("Keys", ...keysBelow(schema, ["NAME"]).map(keyEntry)),
    section("Files", entry("/etc/streamerd/streamerd.yml", "The service's configuration.")),
    section(
      "Examples",
      verbatim([
        "channels:",
        "  lobby:",
        "    source: /srv/films",
        "    group: 239.255.1.1",
        "    video: {quality: 80, width: 500}",
        "log:",
        "  level: info",
      ]),
    ),
    section("See also", line("streamerd(8), streamctl(1)")),
  ]);
}

function keyEntry({ path, key }: KeyPlace): string {
  return entry(path.join("."), `${sentence(key.doc)} ${valuesOf(key)}`);
}

function valuesOf(key: Key<unknown>): string {
  const unit = key.unit === undefined ? "" : `, in ${key.unit}`;
  return `Takes ${key.type.expects}${unit}. Default: ${showValue(key.default)}.${key.hot ? " Hot." : ""}`;
}

function sentence(text: string): string {
  return text.endsWith(".") ? text : `${text}.`;
}

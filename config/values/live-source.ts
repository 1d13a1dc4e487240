/** Sources that are alive: a camera, a microphone, a screen, a URL, another streamerd's channel, a generated one. As written, to what the source process opens. */
import type { Parsed } from "../key.ts";
import { channelNameProblem } from "./channel-name.ts";

/** What a live channel captures. Devices are named as the system names them. */
export type LiveInput =
  | { readonly kind: "camera"; readonly device: string; readonly microphone: string | null }
  | { readonly kind: "microphone"; readonly device: string }
  /** `area`: left and top of what is grabbed, in pixels of the display; null for all of it. */
  | { readonly kind: "screen"; readonly display: string; readonly offset: { readonly left: number; readonly top: number } | null }
  | { readonly kind: "url"; readonly url: string }
  /** A channel of another streamerd. `port`: of its control channel, null for the usual one; `channel`: null for the only one; `pass`: for one that wants it. */
  | {
      readonly kind: "channel";
      readonly host: string;
      readonly port: number | null;
      readonly channel: string | null;
      readonly pass: string | null;
    }
  | { readonly kind: "generated" };

const SCHEMES: readonly string[] = ["rtsp", "rtsps", "http", "https", "srt", "udp", "streamerd"];
const MAX_NAME_LENGTH = 255;
const MAX_URL_LENGTH = 2_000;
const DEFAULT_CAMERA = "/dev/video0";
const DEFAULT_MICROPHONE = "default";

/** What the words of a source mean; null if they name no live source, but a file. Reasons never hold a URL's user, password or query. */
export function parseLiveSource(written: string): Parsed<LiveInput> | null {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(written)?.[1]?.toLowerCase();
  if (scheme !== undefined) return parseUrl(written, scheme);
  if (written === "test:live") return { ok: true, value: { kind: "generated" } };
  if (written === "camera+mic") return { ok: true, value: { kind: "camera", device: DEFAULT_CAMERA, microphone: DEFAULT_MICROPHONE } };
  const device = /^(camera|mic|screen):(.*)$/s.exec(written);
  if (device === null) return null;
  const [, kind, name = ""] = device;
  if (kind === "camera") return parseCamera(name);
  return kind === "mic" ? parseMicrophone(name) : parseScreen(name);
}

function parseUrl(written: string, scheme: string): Parsed<LiveInput> {
  if (!SCHEMES.includes(scheme)) return refuse(`${scheme}:// is no scheme that can be received; use ${SCHEMES.join(", ")}, or a file`);
  if (written.length > MAX_URL_LENGTH) return refuse(`a URL of ${written.length} characters; at most ${MAX_URL_LENGTH} are taken`);
  if (/[\s\0]/.test(written)) return refuse("a URL with blanks in it; write them as %20");
  if (scheme === "streamerd") return parseChannel(written);
  try {
    // FFmpeg's form udp://@GROUP:PORT is none that the standard knows.
    const { hostname, port } = new URL(written.replace(/^(udp):\/\/@/i, "http://").replace(/^(udp|srt|rtsps?):/i, "http:"));
    if (hostname === "") return refuse("a URL without a host; write it as SCHEME://HOST:PORT/…");
    if ((scheme === "udp" || scheme === "srt") && port === "")
      return refuse(`${scheme}:// needs a port; write it as ${scheme}://HOST:PORT`);
  } catch {
    return refuse(`${scheme}:// is followed by no valid address; write it as ${scheme}://HOST:PORT/…`);
  }
  return { ok: true, value: { kind: "url", url: written } };
}

/** Of the letters that a pass is typed with; whether it is good, the other daemon says. */
const PASS = /^(?:[0-9a-tv-z]-?){25}$/i;
/** `streamerd://[PASS@]HOST[:PORT][/CHANNEL]`; a link-local address names its interface, as in `[fe80::1%eth0]` (RFC 6874 writes `%25` for the `%`). */
const CHANNEL_URL = new RegExp(
  [
    /^[a-z]+:\/\/(?:(?<pass>[^/@]*)@)?/,
    /(?:\[(?<six>[0-9a-f:.]+)(?:%(?:25)?(?<zone>[^\]%/?#\s]{1,15}))?\]|(?<host>[^:/?#@[\]]+))/,
    /(?::(?<port>\d{1,5}))?(?:\/(?<channel>[^/]*))?$/,
  ]
    .map(({ source }) => source)
    .join(""),
  "i",
);

function parseChannel(written: string): Parsed<LiveInput> {
  const parts = CHANNEL_URL.exec(written)?.groups;
  const pass = parts?.["pass"] ?? null;
  if (pass !== null && !PASS.test(pass))
    return refuse(
      "streamerd:// is followed by no pass before the @; it has five groups of five letters and digits, as streamctl pass create prints it",
    );
  const zone = parts?.["zone"] === undefined ? "" : `%${parts["zone"]}`;
  const host = parts?.["six"] === undefined ? parts?.["host"] : parts["six"] + zone;
  const port = parts?.["port"] === undefined ? null : Number(parts["port"]);
  if (host === undefined || port === 0 || (port ?? 0) > 65_535)
    return refuse("streamerd:// is followed by no valid address; write it as streamerd://[PASS@]HOST[:PORT]/CHANNEL");
  const channel = (parts?.["channel"] ?? "") || null;
  if (channel !== null && channelNameProblem(channel) !== null)
    return refuse(`${JSON.stringify(channel.slice(0, 40))} is no channel's name; write it as streamerd://HOST[:PORT]/CHANNEL`);
  return { ok: true, value: { kind: "channel", host, port, channel, pass } };
}

function parseCamera(name: string): Parsed<LiveInput> {
  const [device = "", ...sound] = name.split("+mic:");
  if (sound.length > 1) return refuse("two microphones; name one: camera:/dev/video0+mic:default");
  const path = /^\d+$/.test(device) ? `/dev/video${device}` : device === "" ? DEFAULT_CAMERA : device;
  if (!path.startsWith("/")) return refuse(`${JSON.stringify(device)} is no camera; name its device: camera:/dev/video0`);
  const microphone = sound[0] ?? null;
  if (!isName(path) || (microphone !== null && !isName(microphone)))
    return refuse("a device's name has at most 255 characters, none of them a control character");
  return { ok: true, value: { kind: "camera", device: path, microphone: microphone === "" ? DEFAULT_MICROPHONE : microphone } };
}

function parseMicrophone(name: string): Parsed<LiveInput> {
  if (name !== "" && !isName(name)) return refuse("a device's name has at most 255 characters, none of them a control character");
  if (name.startsWith("-")) return refuse(`${JSON.stringify(name)} is no microphone; streamctl devices lists what there is`);
  return { ok: true, value: { kind: "microphone", device: name === "" ? DEFAULT_MICROPHONE : name } };
}

/** As X11 has it: `:0`, `:0.0`, with a place on it `:0.0+100,200`; nothing for the display that the environment names. */
function parseScreen(name: string): Parsed<LiveInput> {
  const parts = /^(?<display>([a-z0-9.-]*:\d+(\.\d+)?)?)(\+(?<left>\d{1,5}),(?<top>\d{1,5}))?$/i.exec(name)?.groups;
  if (parts === undefined)
    return refuse(`${JSON.stringify(name.slice(0, 40))} is no display; write screen: or screen::0.0 or screen::0.0+LEFT,TOP`);
  const { display = "", left, top } = parts;
  const offset = left === undefined || top === undefined ? null : { left: Number(left), top: Number(top) };
  return { ok: true, value: { kind: "screen", display, offset } };
}

function isName(text: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return text.length <= MAX_NAME_LENGTH && !/[\u0000-\u001f\u007f]/.test(text);
}

function refuse(reason: string): Parsed<never> {
  return { ok: false, reason };
}

/**
 * Who is compared, and how each is told the same job: the film 500 wide, JPEG, in its own time, and its sound as L16/44.1/2, to a group.
 *
 * streamerd and GStreamer encode at IJG quality 80. ffmpeg's `mjpeg` has no such scale: `-q:v 4` comes nearest in what is seen
 * (bench/README.md). It has to be told the standard Huffman tables, which RTP/JPEG cannot do without.
 */

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { schema } from "../config/schema.ts";
import { childOf } from "../config/key.ts";
import type { Host } from "../test/e2e/host.ts";
import type { Running } from "../test/e2e/running.ts";
import { layProgram } from "../test/lay-program.ts";
import { MASTER_BYTES, SRTP_SUITE } from "../wire/srtp/index.ts";

const ROOT = join(import.meta.dirname, "..");
export const GROUP = "239.255.77.1";
export const PORT = 5004;

export type Job = {
  readonly film: string;
  /** For what a contender has to leave somewhere. */
  readonly folder: string;
  readonly group?: string;
};

export type Contender = {
  readonly name: ContenderName;
  /** What is done once and ahead, and is no part of the job. */
  readonly prepare: (job: Job) => void;
  readonly start: (host: Host, job: Job) => Running;
};

export type ContenderName =
  | "streamerd"
  | "ffmpeg"
  | "GStreamer"
  | "streamerd, cached"
  | "streamerd, from sources"
  | "streamerd, encrypted"
  | "ffmpeg -c copy"
  | "ffmpeg, encrypted";

let installed: string | null = null;

/** The folder of streamerd as it is installed, as the others are: made when it is first asked for, and gone with this process. */
export function installedProgram(): string {
  if (installed !== null) return installed;
  const folder = mkdtempSync(join(tmpdir(), "streamerd-installed-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  layProgram(folder);
  return (installed = folder);
}

/** `streamerd` with a socket and a state of its own; `settings` as `--set` takes them. */
export function spawnStreamerd(
  host: Host,
  folder: string,
  settings: readonly string[],
  files: readonly string[],
  program = installedProgram(),
): Running {
  const own = mkdtempSync(join(folder, "streamerd-"));
  const places = [`control.socket=${own}/control.sock`, `state.dir=${own}/state`, "log.format=json"];
  const words = [...[...places, ...settings].flatMap((setting) => ["--set", setting]), ...files];
  // What V8 compiles is kept between starts, as in a service, and goes away with the program.
  return host.spawn(join(program, "bin/streamerd"), words, { env: { NODE_COMPILE_CACHE: join(installedProgram(), "compiled") } });
}

/** Encoding live is compared with encoding live, and the cache, where this streamerd has one, with what it saves. */
export const hasCache = childOf(schema, "cache") !== undefined;
/** Settings for a streamerd that encodes live. */
export const LIVE: readonly string[] = hasCache ? ["cache.maxBytes=0"] : [];
const cacheOf = (folder: string): string => join(folder, "cache");
/** Settings for a streamerd that finds all in the cache that was prepared. */
export const cachedIn = (folder: string): readonly string[] => [`cache.dir=${cacheOf(folder)}`];

const startWith =
  (settings: (folder: string) => readonly string[], program?: string): Contender["start"] =>
  (host, { film, folder, group = GROUP }) =>
    spawnStreamerd(host, folder, [`channels.main.group=${group}`, `channels.main.port=${PORT}`, ...settings(folder)], [film], program);

const nothing = (): void => {};

const streamerd: Contender = { name: "streamerd", prepare: () => void installedProgram(), start: startWith(() => LIVE) };

/** From a checkout it loads its own modules one by one: only its start is another one. */
export const fromSources: Contender = { name: "streamerd, from sources", prepare: nothing, start: startWith(() => LIVE, ROOT) };

const cached: Contender = {
  name: "streamerd, cached",
  prepare: ({ film, folder }) => {
    if (existsSync(cacheOf(folder))) return;
    execFileSync(join(installedProgram(), "bin/streamctl"), ["prepare", "--dir", cacheOf(folder), film], {
      stdio: ["ignore", "ignore", "inherit"],
    });
  },
  start: startWith(cachedIn),
};

const FFMPEG_PICTURE = words("-map 0:v -vf scale=500:282:flags=area -pix_fmt yuvj420p -c:v mjpeg -huffman default -q:v 4");

/** `output`: what each of the two streams is sent by, but for the port. */
const startFfmpeg =
  (output: (group: string) => string): Contender["start"] =>
  (host, { film, group = GROUP }) =>
    host.spawn("ffmpeg", [
      ...words("-nostdin -hide_banner -loglevel error -re -stream_loop -1 -i"),
      film,
      ...FFMPEG_PICTURE,
      ...words(`-f rtp ${output(group)}:${PORT} -map 0:a -c:a pcm_s16be -ar 44100 -ac 2 -f rtp ${output(group)}:${PORT + 2}`),
    ]);

const ffmpeg: Contender = { name: "ffmpeg", prepare: nothing, start: startFfmpeg((group) => `rtp://${group}`) };

const SRTP_KEY = Buffer.alloc(MASTER_BYTES, 7).toString("base64");
const ENCRYPTED: readonly Contender[] = [
  { name: "streamerd, encrypted", prepare: streamerd.prepare, start: startWith(() => [...LIVE, "channels.main.access=pass"]) },
  {
    name: "ffmpeg, encrypted",
    prepare: nothing,
    start: startFfmpeg((group) => `-srtp_out_suite ${SRTP_SUITE} -srtp_out_params ${SRTP_KEY} srtp://${group}`),
  },
];

const longFilmOf = (folder: string): string => join(folder, "long.mp4");
/** Longer than anything that measures it. */
const LONG_SECONDS = 240;

/** gst-launch has no loop: it plays a film that repeats the film. */
const gstreamer: Contender = {
  name: "GStreamer",
  prepare: ({ film, folder }) => {
    if (existsSync(longFilmOf(folder))) return;
    execFileSync("ffmpeg", [
      ...words("-nostdin -v error -stream_loop -1 -i"),
      film,
      ...words(`-t ${LONG_SECONDS} -c copy`),
      longFilmOf(folder),
    ]);
  },
  start: (host, { folder, group = GROUP }) =>
    host.spawn("gst-launch-1.0", [
      "-q",
      "filesrc",
      `location=${longFilmOf(folder)}`,
      ...words("! decodebin name=d"),
      ...words("d. ! queue ! videoconvert ! videoscale ! video/x-raw,width=500,height=282 ! jpegenc quality=80"),
      ...words(`! rtpjpegpay ! udpsink host=${group} port=${PORT} auto-multicast=false sync=true`),
      ...words("d. ! queue ! audioconvert ! audioresample ! audio/x-raw,rate=44100,channels=2 ! rtpL16pay pt=10"),
      ...words(`! udpsink host=${group} port=${PORT + 2} auto-multicast=false sync=true`),
    ]),
};

const copyOf = (folder: string): string => join(folder, "copy.mkv");

/** What the cache is measured by: the same pictures and sound, and nothing to do but send them. */
const ffmpegCopy: Contender = {
  name: "ffmpeg -c copy",
  prepare: (job) => {
    if (existsSync(copyOf(job.folder))) return;
    cached.prepare(job);
    const entries = readdirSync(cacheOf(job.folder)).filter((name) => name.endsWith(".mkv"));
    const [entry] = entries;
    if (entry === undefined || entries.length > 1) throw new Error(`one film in the cache was expected, not ${entries.length}`);
    execFileSync("ffmpeg", [
      ...words("-nostdin -v error -i"),
      join(cacheOf(job.folder), entry),
      ...words("-map 0:v -c:v copy -map 0:a -c:a pcm_s16be"),
      copyOf(job.folder),
    ]);
  },
  start: (host, { folder, group = GROUP }) =>
    host.spawn("ffmpeg", [
      ...words("-nostdin -hide_banner -loglevel error -re -stream_loop -1 -i"),
      copyOf(folder),
      ...words(`-map 0:v -c copy -f rtp rtp://${group}:${PORT} -map 0:a -c copy -f rtp rtp://${group}:${PORT + 2}`),
    ]),
};

/** In the order of their turns. */
export const CONTENDERS: readonly Contender[] = [streamerd, ffmpeg, gstreamer];
/** The same job in clear, and by SRTP. */
export const CLEAR_AND_ENCRYPTED: readonly Contender[] = [streamerd, ffmpeg, ...ENCRYPTED];
/** Where there is a cache, these take part as well. */
export const CACHED: readonly Contender[] = hasCache ? [cached] : [];
export const COPYING: readonly Contender[] = hasCache ? [ffmpegCopy] : [];

export const isStreamerd = ({ name }: Contender): boolean => name.startsWith("streamerd");

export function contendersNamed(...names: readonly ContenderName[]): readonly Contender[] {
  return CONTENDERS.filter(({ name }) => names.includes(name));
}

function words(line: string): readonly string[] {
  return line.split(" ");
}

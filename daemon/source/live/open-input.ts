/** Opens what FFmpeg can read live: a V4L2 camera, an X11 screen, a URL. What fails is told in one line, without a URL's secrets. */

import { lookup } from "node:dns/promises";
import { Dictionary, FormatContext, InputFormat } from "node-av/lib";
import type { LiveInput } from "../../../config/values/live-source.ts";
import { ItemError } from "../item-reader.ts";
import type { CaptureOptions } from "../messages.ts";
import { checkCamera, explainCamera } from "./camera.ts";
import { explainLoss, explainNoBeginning, explainOpening } from "./url-errors.ts";
import { isListener, publicUrl } from "./public-name.ts";

/** An input that is open, and what is known of its streams. */
export type OpenInput = {
  readonly name: string;
  readonly demuxer: FormatContext;
  /** It lies ready on a server, all of it or the last parts (HLS), and could be read faster than it plays. */
  readonly isRecorded: boolean;
  /** Its packets say when they were captured. Where they do not, FFmpeg makes up 25 pictures a second. */
  readonly isStamped: boolean;
  /** What came while it was opened comes at once, and says nothing of the time: for so long nothing of it is sent. */
  readonly warmUpUs: number;
  /** The line for a person when reading fails with this code; `hasBegun`: something was read before. */
  readonly explainLoss: (code: number, hasBegun: boolean) => string;
};

/** What stands for no answer: the daemon takes a source that brings nothing for 5 s for dead. */
const TIMEOUT_US = "5000000";
const DEFAULT_SCREEN_FPS = 25;
/** A stream that names its codecs late is given so long to do it; and so many bytes. */
const ANALYZE_US = "1000000";
const PROBE_BYTES = "1000000";

/** Longer than it takes to read what has been waiting. */
const WARM_UP_US = 300_000;

/** What a URL of a scheme may lead to: never to files. */
const PROTOCOLS: Readonly<Record<string, string>> = {
  rtsp: "rtsp,rtp,udp,tcp",
  rtsps: "rtsp,rtp,udp,tcp,tls",
  http: "http,tcp,httpproxy,https,tls,crypto",
  https: "http,tcp,httpproxy,https,tls,crypto",
  srt: "srt,udp",
  udp: "udp",
};
/** What may come over a network: no list that opens other things, but HLS, whose parts obey the same protocols. */
const NETWORK_FORMATS = "mpegts,mpeg,mpjpeg,mjpeg,jpeg_pipe,rtsp,sdp,hls,mov,matroska,flv,ogg,mp3,aac,ac3,flac,wav,h264,hevc,nut,avi,asf";
/** JPEG files one after the other, as cameras send them. */
const UNSTAMPED_FORMATS: ReadonlySet<string> = new Set(["mpjpeg", "mjpeg", "jpeg_pipe"]);

export async function openCamera(device: string, capture: CaptureOptions): Promise<OpenInput> {
  const name = `camera:${device}`;
  checkCamera(device);
  const { format, width, height, fps } = capture;
  const options = {
    ...(width !== null && height !== null ? { video_size: `${width}x${height}` } : {}),
    ...(fps === null ? {} : { framerate: String(fps) }),
  };
  const tryFormat = async (wanted: string | null): Promise<{ readonly demuxer: FormatContext; readonly code: number }> =>
    open(device, "v4l2", { ...options, ...(wanted === null ? {} : { input_format: wanted }) });
  // A camera that cannot do MJPEG gives what it has.
  let opened = await tryFormat(format ?? "mjpeg");
  if (opened.code < 0 && format === null) opened = await tryFormat(null);
  if (opened.code < 0) throw new ItemError(explainCamera(device, opened.code, capture));
  return {
    name,
    demuxer: opened.demuxer,
    isRecorded: false,
    isStamped: true,
    warmUpUs: 0,
    explainLoss: (code) => explainCamera(device, code, capture),
  };
}

export async function openScreen({ display, offset }: Extract<LiveInput, { kind: "screen" }>, capture: CaptureOptions): Promise<OpenInput> {
  const shown = display === "" ? (process.env["DISPLAY"] ?? "") : display;
  const name = `screen:${shown}`;
  const options = {
    framerate: String(capture.fps ?? DEFAULT_SCREEN_FPS),
    ...(capture.width !== null && capture.height !== null ? { video_size: `${capture.width}x${capture.height}` } : {}),
    ...(offset === null ? {} : { grab_x: String(offset.left), grab_y: String(offset.top) }),
  };
  const explainLoss = (): string =>
    shown === ""
      ? "screen:: there is no display here (DISPLAY is not set); name one: screen::0.0"
      : `${name}: the display cannot be read; check that it is there, that streamerd may see it (XAUTHORITY, xhost), and that the area lies on it`;
  if (shown === "") throw new ItemError(explainLoss());
  const { demuxer, code } = await open(shown, "x11grab", options);
  if (code < 0) throw new ItemError(explainLoss());
  return { name, demuxer, isRecorded: false, isStamped: true, warmUpUs: 0, explainLoss };
}

export async function openUrl(url: string): Promise<OpenInput> {
  const scheme = /^([a-z]+):/i.exec(url)?.[1]?.toLowerCase() ?? "";
  const name = publicUrl(url);
  const isPushed = isListener({ kind: "url", url });
  await checkHost(url, name);
  const { demuxer, code } = await open(url, null, {
    protocol_whitelist: PROTOCOLS[scheme] ?? "",
    format_whitelist: NETWORK_FORMATS,
    analyzeduration: ANALYZE_US,
    probesize: PROBE_BYTES,
    ...(scheme === "rtsp" || scheme === "rtsps" ? { rtsp_flags: "prefer_tcp", timeout: TIMEOUT_US } : {}),
    ...(scheme === "http" || scheme === "https" ? { rw_timeout: TIMEOUT_US, user_agent: "streamerd" } : {}),
    ...(scheme === "udp" ? { timeout: TIMEOUT_US, overrun_nonfatal: "1" } : {}),
    ...(scheme === "srt" && !isPushed ? { timeout: TIMEOUT_US } : {}),
  });
  if (code < 0) throw new ItemError(explainOpening(name, code));
  const isHttp = scheme === "http" || scheme === "https";
  const isRecorded = isHttp && (Number(demuxer.duration) > 0 || demuxer.iformat?.name === "hls");
  const isStamped = !UNSTAMPED_FORMATS.has(demuxer.iformat?.name ?? "");
  const warmUpUs = isRecorded ? 0 : WARM_UP_US;
  const explain = (lost: number, hasBegun: boolean): string =>
    isRecorded && !hasBegun ? explainNoBeginning(name, lost) : explainLoss(name, lost, isPushed);
  return { name, demuxer, isRecorded, isStamped, warmUpUs, explainLoss: explain };
}

/** An unknown name is told by its own line, which FFmpeg does not. */
async function checkHost(url: string, name: string): Promise<void> {
  const { hostname } = new URL(url.replace(/^(\w+):\/\/@?/, "http://"));
  try {
    await lookup(hostname.replace(/^\[|\]$/g, ""));
  } catch {
    throw new ItemError(`${name}: the host name is unknown; check it, or give the address`);
  }
}

async function open(
  url: string,
  format: string | null,
  options: Readonly<Record<string, string>>,
): Promise<{ readonly demuxer: FormatContext; readonly code: number }> {
  const demuxer = new FormatContext();
  const input = format === null ? null : InputFormat.findInputFormat(format);
  const code = await demuxer.openInput(url, input, Dictionary.fromObject({ ...options }));
  if (code >= 0) await demuxer.findStreamInfo(null);
  return { demuxer, code };
}

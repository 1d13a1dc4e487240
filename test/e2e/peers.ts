/** Receivers that nobody here wrote: ffmpeg and GStreamer join by an SDP file, and record pictures (YUV4MPEG2) and sound (raw s16le). */

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Host } from "./host.ts";
import { readSound } from "./sound-match.ts";
import { waitFor, within } from "./wait.ts";
import { readY4m } from "./y4m.ts";
import type { LumaFilm } from "./y4m.ts";

export type RecordOptions = {
  readonly sdpFile: string;
  /** Where the recording goes; a folder for each peer. */
  readonly folder: string;
  /** Of media. */
  readonly seconds: number;
  /** Pictures are cropped to this: RTP/JPEG rounds sizes up to multiples of 8 (RFC 2435, 3.1.5). */
  readonly size?: { readonly width: number; readonly height: number };
};

export type Recording = {
  /** Null when the session has none. */
  readonly pictures: LumaFilm | null;
  readonly sound: Int16Array | null;
  /** What the peer complained about. */
  readonly log: string;
};

/** Joining, probing and leaving take time, too. */
const MARGIN_MS = 30_000;

/** Its decoder gets every frame that arrived; nothing is dropped or doubled to keep a rate. */
export async function recordWithFfmpeg(host: Host, options: RecordOptions): Promise<Recording> {
  const { sdpFile, folder, seconds } = options;
  const { hasPicture, hasSound } = mediaOf(sdpFile);
  const [y4m, s16] = [join(folder, "ffmpeg.y4m"), join(folder, "ffmpeg.s16")];
  const duration = ["-t", `${seconds}`];
  const picture = hasPicture ? ["-map", "0:v", ...duration, "-fps_mode", "passthrough", "-pix_fmt", "gray", "-f", "yuv4mpegpipe", y4m] : [];
  const sound = hasSound ? ["-map", "0:a", ...duration, "-f", "s16le", s16] : [];
  const input = ["-protocol_whitelist", "file,udp,rtp", "-i", sdpFile];
  const ffmpeg = host.spawn("ffmpeg", ["-v", "warning", "-nostdin", "-y", ...input, ...picture, ...sound]);
  await within(`${seconds} s recorded by ffmpeg: ${ffmpeg.stderr()}`, ffmpeg.ended, seconds * 1000 + MARGIN_MS);
  return { pictures: hasPicture ? readY4m(y4m, options.size) : null, sound: hasSound ? readSound(s16) : null, log: ffmpeg.stderr() };
}

/** Records the session as it is sent, JPEG pictures and PCM with their times, into a Matroska file, and gives its path. */
export async function recordWithTimes(host: Host, options: RecordOptions): Promise<string> {
  const file = join(options.folder, "recorded.mkv");
  const input = ["-protocol_whitelist", "file,udp,rtp", "-i", options.sdpFile];
  const output = ["-map", "0", "-t", `${options.seconds}`, "-c:v", "copy", "-c:a", "pcm_s16le", file];
  const ffmpeg = host.spawn("ffmpeg", ["-v", "warning", "-nostdin", "-y", ...input, ...output]);
  await within(`${options.seconds} s recorded by ffmpeg: ${ffmpeg.stderr()}`, ffmpeg.ended, options.seconds * 1000 + MARGIN_MS);
  return file;
}

/** With `udpsrc` and what the SDP says: Debian keeps `sdpdemux` apart, in a package with hundreds of others. */
export async function recordWithGStreamer(host: Host, options: RecordOptions): Promise<Recording> {
  const { sdpFile, folder, seconds } = options;
  const { hasPicture, hasSound, group, video, audio, fps } = mediaOf(sdpFile);
  const [y4m, s16] = [join(folder, "gstreamer.y4m"), join(folder, "gstreamer.s16")];
  const receive = (port: number, caps: string): string =>
    `udpsrc address=${group} port=${port} buffer-size=2097152 caps=application/x-rtp,${caps} ! rtpjitterbuffer latency=500 ! queue`;
  const sink = (file: string): string => `queue ! filesink sync=false buffer-mode=unbuffered location=${file}`;
  const picture = `${receive(video.port, VIDEO_CAPS)} ! rtpjpegdepay ! jpegdec ! y4menc ! ${sink(y4m)}`;
  const soundCaps = `media=audio,clock-rate=${audio.rateHz},encoding-name=L16,channels=${audio.channels}`;
  const sound = `${receive(audio.port, soundCaps)} ! rtpL16depay ! audioconvert ! audio/x-raw,format=S16LE ! ${sink(s16)}`;
  const gstreamer = host.spawn("gst-launch-1.0", ["-q", "-e", ...(hasPicture ? words(picture) : []), ...(hasSound ? words(sound) : [])]);
  const isEnough = (): boolean =>
    hasSound ? sizeOf(s16) >= seconds * audio.rateHz * audio.channels * 2 : countPictures(y4m) >= seconds * fps;
  await waitFor(
    `${seconds} s recorded by GStreamer`,
    () => {
      if (gstreamer.hasEnded()) throw new Error(`gst-launch-1.0 has ended: ${gstreamer.stderr()}`);
      return isEnough();
    },
    seconds * 1000 + MARGIN_MS,
  );
  await gstreamer.stop();
  return { pictures: hasPicture ? readY4m(y4m, options.size) : null, sound: hasSound ? readSound(s16) : null, log: gstreamer.stderr() };
}

const VIDEO_CAPS = "media=video,clock-rate=90000,encoding-name=JPEG,payload=26";

const words = (pipeline: string): readonly string[] => pipeline.split(" ");

function mediaOf(sdpFile: string) {
  const sdp = readFileSync(sdpFile, "utf8");
  const port = (kind: string): number | null => numberIn(sdp, new RegExp(`^m=${kind} (\\d+)`, "m"));
  const mapped = /^a=rtpmap:\d+ L16\/(\d+)(?:\/(\d+))?/m.exec(sdp);
  return {
    hasPicture: port("video") !== null,
    hasSound: port("audio") !== null,
    group: /^c=IN IP4 ([\d.]+)/m.exec(sdp)?.[1] ?? "",
    video: { port: port("video") ?? 0 },
    // Without a map it is payload type 10 (RFC 3551, 6); a map without channels means one.
    audio: { port: port("audio") ?? 0, rateHz: Number(mapped?.[1] ?? 44_100), channels: mapped === null ? 2 : Number(mapped[2] ?? 1) },
    fps: numberIn(sdp, /^a=framerate:([\d.]+)/m) ?? 25,
  };
}

function numberIn(text: string, pattern: RegExp): number | null {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? null : Number(found);
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function countPictures(file: string): number {
  return sizeOf(file) === 0 ? 0 : readY4m(file).pictures.length;
}

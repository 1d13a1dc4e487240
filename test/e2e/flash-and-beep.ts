/** When pictures flash and when beeps begin in a recording with times: for the test film, where the two coincide. */

import { execFileSync } from "node:child_process";

/** A picture that is brighter than this on average is a flash; the test film's others are not. */
const FLASH_LUMA = 180;
/** Sound that is louder than this is a beep; 16 bit. */
const BEEP_LEVEL = 2000;
/** A beep begins where at least this long nothing was to be heard. */
const SILENCE_S = 0.3;

/** The time of the first picture of each flash, seconds. A flash that goes on when the recording begins does not count. */
export function flashTimesS(file: string): readonly number[] {
  const filters = "signalstats,metadata=mode=print:key=lavfi.signalstats.YAVG:file=-";
  const text = run("ffmpeg", [
    "-v",
    "error",
    "-nostdin",
    "-copyts",
    "-i",
    file,
    "-map",
    "0:v:0",
    "-vf",
    filters,
    "-fps_mode",
    "passthrough",
    "-f",
    "null",
    "-",
  ]).toString();
  const pictures = [...text.matchAll(/pts_time:(\S+)\s+lavfi\.signalstats\.YAVG=(\S+)/g)].map(([, time, luma]) => ({
    timeS: Number(time),
    isFlash: Number(luma) > FLASH_LUMA,
  }));
  return pictures.filter(({ isFlash }, index) => isFlash && pictures[index - 1]?.isFlash === false).map(({ timeS }) => timeS);
}

/** The time at which each beep begins, seconds. A beep that goes on when the recording begins does not count. */
export function beepTimesS(file: string): readonly number[] {
  const rate = 44_100;
  // Gaps and overlaps of the recorded times are put right first: at the first sender report ffmpeg moves a stream by up to a frame.
  const filter = "aresample=async=1:min_hard_comp=0.001:first_pts=0";
  const format = ["-ac", "1", "-ar", `${rate}`, "-f", "s16le", "-"];
  const sound = run("ffmpeg", ["-v", "error", "-nostdin", "-copyts", "-i", file, "-map", "0:a:0", "-af", filter, ...format]);
  const times: number[] = [];
  let lastLoud = 0;
  for (let at = 0; at + 1 < sound.length; at += 2) {
    if (Math.abs(sound.readInt16LE(at)) < BEEP_LEVEL) continue;
    if (at / 2 - lastLoud > SILENCE_S * rate) times.push(at / 2 / rate);
    lastLoud = at / 2;
  }
  return times;
}

function run(command: string, args: readonly string[]): Buffer {
  return execFileSync(command, args, { maxBuffer: 1 << 30, stdio: ["ignore", "pipe", "pipe"] });
}

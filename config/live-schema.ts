/** The keys of a channel that are about live sources and about recording. */
import { key, section } from "./key.ts";
import { optionalFile } from "./values/path.ts";
import { fraction, oneOf, wholeNumber, word, wordOr } from "./values/plain.ts";

export const captureSchema = section("How a live source is captured. `streamctl devices` lists what a device can do, in these words.", {
  format: key({
    type: wordOr("auto", word({ pattern: /^[a-z0-9_]{2,20}$/, expects: "a pixel format or codec like mjpeg or yuyv422" })),
    default: "auto",
    doc: "A camera's pixel format or codec. auto: mjpeg if the camera has it, since its pictures may be passed on as they are.",
    hot: false,
    since: "live",
  }),
  width: key({
    type: wordOr("auto", wholeNumber({ min: 16, max: 16_384 })),
    default: "auto",
    unit: "pixels",
    doc: "Width that a camera or a screen is asked for. auto: the device's own choice.",
    hot: false,
    since: "live",
  }),
  height: key({
    type: wordOr("auto", wholeNumber({ min: 16, max: 16_384 })),
    default: "auto",
    unit: "pixels",
    doc: "Height that a camera or a screen is asked for, together with the width.",
    hot: false,
    since: "live",
  }),
  fps: key({
    type: wordOr("auto", fraction({ min: 1, max: 240 })),
    default: "auto",
    unit: "frames/s",
    doc: "Rate that a camera or a screen is asked for. auto: the camera's own, 25 for a screen, 30 for test:live.",
    hot: false,
    since: "live",
  }),
  microphone: key({
    type: oneOf(["arecord", "mic"]),
    default: "arecord",
    doc: "How a microphone is read. arecord: by ALSA's program, in pieces of 10 ms; mic: by the package mic, which starts the same program with its usual buffer, in pieces of 125 ms and more.",
    hot: false,
    since: "live",
  }),
  delayMs: key({
    type: wordOr("auto", fraction({ min: 1, max: 5_000 })),
    default: "auto",
    unit: "ms",
    doc: "From capture to the group. auto: as little as the source's own jitter allows. A number keeps it constant; what comes later than that is sent late.",
    hot: false,
    since: "live",
  }),
  queueFrames: key({
    type: wholeNumber({ min: 1, max: 100 }),
    default: 2,
    unit: "frames",
    doc: "Frames of a live source that may wait beside those whose time, capture and delay, has not come; when another one comes the oldest is dropped.",
    hot: false,
    since: "live",
  }),
});

export const recordSchema = section("Recording of what is sent, as Matroska files that can be played even after a crash.", {
  dir: key({
    type: optionalFile(),
    default: null,
    doc: "The directory for the files, CHANNEL-DATE-TIME-0001.mkv and so on, with the time at which the recorder was started; null records nothing. Not with profile: datagram.",
    hot: false,
    since: "live",
  }),
  segmentMinutes: key({
    type: wholeNumber({ min: 1, max: 1_440 }),
    default: 10,
    unit: "minutes",
    doc: "Length of one file.",
    hot: false,
    since: "live",
  }),
  keepHours: key({
    type: fraction({ min: 0, max: 87_600 }),
    default: 0,
    unit: "hours",
    doc: "Older files of the channel are deleted; 0 keeps all.",
    hot: false,
    since: "live",
  }),
  maxBytes: key({
    type: wholeNumber({ min: 0, max: 1e15 }),
    default: 0,
    unit: "bytes",
    doc: "When the channel's files take more, the oldest are deleted; 0 sets no limit.",
    hot: false,
    since: "live",
  }),
});

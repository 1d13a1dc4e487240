/** The keys of a channel's picture and sound. */
import { key, section } from "./key.ts";
import { fraction, oneOf, trueOrFalse, wholeNumber, wordOr } from "./values/plain.ts";

export const videoSchema = section("The picture.", {
  width: key({
    type: wholeNumber({ min: 16, max: 2_040, why: "RTP/JPEG carries no side over 2040" }),
    default: 500,
    unit: "pixels",
    doc: "Width of the picture. The height follows from the source's display aspect ratio. A narrower source is not enlarged.",
    hot: true,
    since: "core",
  }),
  quality: key({
    type: wholeNumber({ min: 1, max: 100 }),
    default: 80,
    unit: "IJG quality",
    doc: "Quality of the JPEG pictures, on the scale of libjpeg.",
    hot: true,
    since: "core",
  }),
  fps: key({
    type: wordOr("source", fraction({ min: 1, max: 240 })),
    default: "source",
    unit: "frames/s",
    doc: "Frames sent in a second. A lower rate than the source's sends fewer frames of a film that keeps its speed; a higher one is lowered to the source's.",
    hot: true,
    since: "core",
  }),
  maxFrameBytes: key({
    type: wholeNumber({ min: 4_096, max: 65_507 }),
    default: 65_507,
    unit: "bytes",
    doc: "No JPEG is larger: a frame over it is encoded again at a lower quality, then at a smaller width.",
    hot: true,
    since: "core",
  }),
});

export const audioSchema = section("The sound.", {
  enabled: key({
    type: trueOrFalse(),
    default: true,
    doc: "Whether the channel has a sound stream. Where a source has no sound it carries silence.",
    hot: false,
    since: "core",
  }),
  sampleRateHz: key({
    type: wholeNumber({ min: 8_000, max: 96_000 }),
    default: 44_100,
    unit: "Hz",
    doc: "Sample rate on the wire; sound of another rate is resampled.",
    hot: false,
    since: "core",
  }),
  channels: key({
    type: oneOf([1, 2]),
    default: 2,
    doc: "1: mono, 2: stereo; anything else is mixed to it.",
    hot: false,
    since: "core",
  }),
  volume: key({
    type: fraction({ min: 0, max: 4 }),
    default: 1,
    unit: "times the source's loudness",
    doc: "Factor for every sample: 0 is silence, 0.5 is 6 dB less; above 1 loud places are clipped.",
    hot: true,
    since: "steering",
  }),
  reference: key({
    type: trueOrFalse(),
    default: false,
    doc: "Serve the file itself under http://HOST:9680/CHANNEL.wav, for `streamctl measure` to compare with; only where the channel plays one WAV file.",
    hot: false,
    since: "receiver",
  }),
});

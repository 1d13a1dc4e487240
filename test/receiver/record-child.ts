/** Records five seconds to the file that is named, says so, and waits to be killed. */

import { blackPicture } from "../../daemon/packetize/black-picture.ts";
import { openRecording } from "../../receiver/sinks/record/recording.ts";

const path = process.argv[2] ?? "";
const recording = openRecording({
  path,
  form: { name: "main", video: { size: { width: 64, height: 48 }, fps: 25 }, audio: { sampleRateHz: 44_100, channels: 1 } },
  segmenting: null,
  overwrite: false,
});
const jpeg = blackPicture(64, 80);
for (let picture = 0; picture < 125; picture++) {
  const atMs = picture * 40;
  recording.sound({
    samples: new Int16Array(1764).fill(picture),
    firstSample: picture * 1764,
    senderMs: atMs,
    localMs: atMs,
    playAtMs: 0,
    lostSamples: 0,
  });
  recording.picture({ jpeg, width: 64, height: 48, senderMs: atMs, localMs: atMs, showAtMs: 0 });
}
console.log("written");
setInterval(() => undefined, 1000);

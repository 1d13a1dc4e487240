/** How the recordings of a channel are called: `CHANNEL-20261121-081530-0001.mkv`. Pure. */

/** When recording began, and the number of the file, which the recorder counts. */
const STAMP = String.raw`\d{8}-\d{6}-\d{4,}`;
const NAME = new RegExp(`^${STAMP}\\.mkv$`);
const STAMPS = new RegExp(`-${STAMP}`, "g");

/** What the recorder is told: it puts a number before the suffix. In local time: the names sort as the recordings do. */
export function recordingName(channel: string, at: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const date = `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`;
  return `${channel}-${date}-${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}.mkv`;
}

export function isRecordingOf(channel: string, name: string): boolean {
  return name.startsWith(`${channel}-`) && NAME.test(name.slice(channel.length + 1));
}

/** Two lines on two recordings of a channel differ by their stamps alone. */
export function withoutStamps(line: string): string {
  return line.replaceAll(STAMPS, "");
}

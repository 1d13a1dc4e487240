/**
 * What goes over the WebSocket to the page, as web/messages.js reads it: pictures and sound in binary (little-endian), all else as JSON text.
 * All times are this host's monotonic milliseconds, but for `senderMs`.
 *
 *   byte  0       1         2        4                 8         16         24           32
 *         kind=1  0         0        width, height u16 senderMs  showAtMs   JPEG …
 *         kind=2  channels  0        lostSamples u32   senderMs  playAtMs   firstSample  s16le, interleaved …
 */

import { endianness } from "node:os";
import * as v from "valibot";
import type { ReceivedPicture, ReceivedSound, SoundForm, ReceptionReport, ReceiverState } from "../../media.ts";

const PICTURE = 1;
const SOUND = 2;
const PICTURE_HEADER_BYTES = 24;
const SOUND_HEADER_BYTES = 32;

export type TextMessage =
  | {
      readonly kind: "form";
      readonly title: string;
      readonly video: boolean;
      /** What the page plays. */
      readonly audio: SoundForm | null;
      /** The channel's sound is played by this host itself. */
      readonly onLoudspeaker: boolean;
    }
  | { readonly kind: "state"; readonly state: ReceiverState["kind"]; readonly text: string }
  | ({ readonly kind: "report" } & ReceptionReport)
  | { readonly kind: "pong"; readonly pageMs: number; readonly serverMs: number };

export function textMessage(message: TextMessage): string {
  return JSON.stringify(message);
}

export function pictureMessage({ jpeg, width, height, senderMs, showAtMs }: ReceivedPicture): Buffer {
  const message = Buffer.allocUnsafe(PICTURE_HEADER_BYTES + jpeg.length);
  message.fill(0, 0, 4);
  message[0] = PICTURE;
  message.writeUInt16LE(width, 4);
  message.writeUInt16LE(height, 6);
  message.writeDoubleLE(senderMs, 8);
  message.writeDoubleLE(showAtMs, 16);
  message.set(jpeg, PICTURE_HEADER_BYTES);
  return message;
}

export function soundMessage({ samples, firstSample, senderMs, playAtMs, lostSamples }: ReceivedSound, channels: 1 | 2): Buffer {
  const message = Buffer.allocUnsafe(SOUND_HEADER_BYTES + samples.byteLength);
  message.fill(0, 0, 4);
  message[0] = SOUND;
  message[1] = channels;
  message.writeUInt32LE(lostSamples, 4);
  message.writeDoubleLE(senderMs, 8);
  message.writeDoubleLE(playAtMs, 16);
  message.writeDoubleLE(firstSample, 24);
  const bytes = message.subarray(SOUND_HEADER_BYTES);
  bytes.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
  if (endianness() === "BE") bytes.swap16();
  return message;
}

const finite = v.pipe(v.number(), v.finite());
/** What the page shows: once a second. */
const shownShape = v.object({
  fps: v.pipe(finite, v.minValue(0)),
  /** Null: it plays no sound, or shows no picture. */
  skewMs: v.nullable(finite),
  /** How long after its time a picture was shown, in the middle. */
  latenessMs: v.nullable(finite),
});
const pageMessageShape = v.union([
  v.object({ kind: v.literal("ping"), pageMs: finite }),
  v.object({ kind: v.literal("shown"), ...shownShape.entries }),
]);

export type Shown = v.InferOutput<typeof shownShape>;
export type PageMessage = v.InferOutput<typeof pageMessageShape>;

/** Null: no message of the page's. */
export function parsePageMessage(text: string): PageMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = v.safeParse(pageMessageShape, value);
  return parsed.success ? parsed.output : null;
}

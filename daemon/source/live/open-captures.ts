/** Which captures a live input is made of. */

import type { SourceFormat, SourceItem } from "../messages.ts";
import { openAvCapture } from "./av-input.ts";
import type { LiveCapture } from "./capture.ts";
import { openGenerated } from "./generated.ts";
import { openMicrophone } from "./microphone.ts";
import { openCameraByOpenCv } from "./opencv-camera.ts";
import { openCamera, openScreen, openUrl } from "./open-input.ts";
import { openRelayedChannel, type ReceiveChannel } from "./relayed-channel.ts";

type LiveItem = Extract<SourceItem, { kind: "live" }>;

/** Opening throws an ItemError. `second`: what is captured beside it, null for nothing. */
export type Captures = { readonly first: () => Promise<LiveCapture>; readonly second: (() => Promise<LiveCapture>) | null };

/** `ssrc`: of the picture of the channel that it is for. A channel without sound has no use for a microphone; one with nothing but a microphone takes it all the same, and is silent. */
export function openCaptures(
  { input, capture }: LiveItem,
  format: SourceFormat,
  receiveChannel: ReceiveChannel,
  ssrc: number | null,
): Captures {
  const sound = format.audio;
  switch (input.kind) {
    case "camera": {
      const { device, microphone } = input;
      const withSound = { ...format, audio: microphone === null ? sound : null };
      return {
        first: async () =>
          format.engine === "opencv" ? openCameraByOpenCv(device, capture) : openAvCapture(await openCamera(device, capture), withSound),
        second: microphone === null || sound === null ? null : async () => openMicrophone(microphone, capture.microphone, sound),
      };
    }
    case "microphone":
      return { first: async () => openMicrophone(input.device, capture.microphone, sound ?? SILENT), second: null };
    case "screen":
      return { first: async () => openAvCapture(await openScreen(input, capture), format), second: null };
    case "url":
      return { first: async () => openAvCapture(await openUrl(input.url), format), second: null };
    case "channel":
      return { first: async () => openRelayedChannel(input, format, receiveChannel, ssrc), second: null };
    case "generated":
      return { first: async () => openGenerated(capture.fps, format), second: null };
  }
}

const SILENT = { sampleRateHz: 44_100, channels: 2 } as const;

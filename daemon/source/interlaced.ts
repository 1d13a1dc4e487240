/**
 * Interlaced frames → progressive ones: of a picture that is made small one field is enough, the one that is shown first, and costs nothing. Where a field has
 * too few rows, the other one fills them up as far as nothing has moved.
 */

import { AV_CODEC_ID_HEVC, AV_FRAME_FLAG_INTERLACED, AV_FRAME_FLAG_TOP_FIELD_FIRST } from "node-av/constants";
import type { AVCodecID } from "node-av/constants";
import { Frame } from "node-av/lib";
import { type FrameFilter, openFrameFilter } from "./frame-filter.ts";

/** As many frames as came; what is not interlaced goes through as it is. */
const DEINTERLACE = "bwdif=mode=send_frame:deint=interlaced";

export type Span = { readonly positionUs: number; readonly endUs: number };

type Give = (frame: Frame, span: Span) => void;

export type Deinterlacer = {
  /** A frame in its order. It comes out, as it is or made progressive, with the next one at the latest; good during the call only. */
  readonly put: (frame: Frame, span: Span, give: Give) => void;
  /** Nothing comes for a while: what was held comes out. */
  readonly flush: (give: Give) => void;
  readonly close: () => void;
};

/** HEVC has no frames of two fields: what its decoder calls interlaced is one field, a picture of its own. */
export function correctFlags(frame: Frame, codecId: AVCodecID): void {
  if (codecId === AV_CODEC_ID_HEVC) frame.clearFlags(AV_FRAME_FLAG_INTERLACED);
}

function isInterlaced(frame: Frame): boolean {
  return frame.hasFlags(AV_FRAME_FLAG_INTERLACED);
}

/** `hasEnoughRows`: whether one field of the frame has. Until a frame comes that needs it, frames are passed on at once, and nothing is set up. */
export function createDeinterlacer(hasEnoughRows: (frame: Frame) => boolean): Deinterlacer {
  let filter: FrameFilter | null = null;
  let held: readonly Span[] = [];
  let made: Frame | null = null;

  const give = (from: FrameFilter, to: Give): void => {
    made ??= allocateFrame();
    for (; from.take(made); made.unref()) {
      const [span] = held;
      held = held.slice(1);
      if (span !== undefined) to(made, span);
    }
  };

  const flush = (to: Give): void => {
    if (filter === null) return;
    filter.put(null);
    give(filter, to);
    filter.close();
    filter = null;
    held = [];
  };

  return {
    put: (frame, span, to) => {
      if (filter?.fits(frame) === false) flush(to);
      if (filter === null && isInterlaced(frame) && !hasEnoughRows(frame)) filter = openFrameFilter(DEINTERLACE, frame);
      if (filter === null) return to(frame, span);
      held = [...held, span];
      filter.put(frame);
      give(filter, to);
    },
    flush,
    close: () => {
      filter?.close();
      made?.free();
    },
  };
}

export type FieldTaker = {
  /** The field of an interlaced frame that is shown first; any other frame as it is. Good until the next call. */
  readonly take: (frame: Frame) => Frame;
  readonly close: () => void;
};

export function createFieldTaker(): FieldTaker {
  const fields = { top: openField("top"), bottom: openField("bottom") };
  return {
    take: (frame) => (isInterlaced(frame) ? fields[frame.hasFlags(AV_FRAME_FLAG_TOP_FIELD_FIRST) ? "top" : "bottom"].take(frame) : frame),
    close: () => {
      fields.top.close();
      fields.bottom.close();
    },
  };
}

function openField(which: "top" | "bottom"): FieldTaker {
  let filter: FrameFilter | null = null;
  let field: Frame | null = null;
  return {
    take: (frame) => {
      field ??= allocateFrame();
      field.unref();
      if (filter?.fits(frame) !== true) {
        filter?.close();
        filter = openFrameFilter(`field=${which}`, frame);
      }
      filter?.put(frame);
      return filter?.take(field) === true ? field : frame;
    },
    close: () => {
      filter?.close();
      field?.free();
    },
  };
}

function allocateFrame(): Frame {
  const frame = new Frame();
  frame.alloc();
  return frame;
}

/**
 * Films in more colours or brightness than JPEG has (HDR by PQ or HLG, BT.2020, P3): swscale brings them down to what a screen shows, by a table that takes it a second
 * or two to calculate. It does so with the film's own pixels, which takes longer than the film lasts: so the picture is made small before that, as it is.
 */

import {
  AV_FRAME_DATA_DYNAMIC_HDR_PLUS,
  AV_PIX_FMT_YUV444P10LE,
  AVCOL_PRI_BT470BG,
  AVCOL_PRI_BT470M,
  AVCOL_PRI_BT709,
  AVCOL_PRI_SMPTE170M,
  AVCOL_PRI_SMPTE240M,
  AVCOL_PRI_UNSPECIFIED,
  AVCOL_SPC_RGB,
  AVCOL_TRC_ARIB_STD_B67,
  AVCOL_TRC_SMPTE2084,
} from "node-av/constants";
import type { AVColorPrimaries } from "node-av/constants";
import { Frame, type SoftwareScaleContext } from "node-av/lib";

/** Those that swscale leaves as they are. */
const USUAL_PRIMARIES: ReadonlySet<AVColorPrimaries> = new Set([
  AVCOL_PRI_UNSPECIFIED,
  AVCOL_PRI_BT709,
  AVCOL_PRI_BT470M,
  AVCOL_PRI_BT470BG,
  AVCOL_PRI_SMPTE170M,
  AVCOL_PRI_SMPTE240M,
]);

type Context = Pick<SoftwareScaleContext, "scaleFrameSync" | "freeContext">;

export type WideScaler = {
  /** As swscale's own. */
  readonly scale: (into: Frame, frame: Frame) => number;
  readonly close: () => void;
};

export function isWide({ colorTrc, colorPrimaries, colorSpace }: Frame): boolean {
  const isHdr = colorTrc === AVCOL_TRC_SMPTE2084 || colorTrc === AVCOL_TRC_ARIB_STD_B67;
  return colorSpace !== AVCOL_SPC_RGB && (isHdr || !USUAL_PRIMARIES.has(colorPrimaries));
}

/** Those that were used last have their tables, each for a size: a film is opened anew with every pass and every seek, and its pictures may have to be smaller now and then. */
let kept: readonly { readonly size: string; readonly context: Context }[] = [];
const MOST_KEPT = 3;

export function createWideScaler(createContext: () => Context): WideScaler {
  let opened: { readonly reducing: Context; readonly small: Frame } | null = null;

  const open = (): { readonly reducing: Context; readonly small: Frame } => {
    const small = new Frame();
    small.alloc();
    return { reducing: createContext(), small };
  };

  return {
    scale: (into, frame) => {
      const { reducing, small } = (opened ??= open());
      small.unref();
      small.width = into.width;
      small.height = into.height;
      small.format = AV_PIX_FMT_YUV444P10LE;
      if (small.getBuffer() < 0 || small.copyProps(frame) < 0) throw new Error(`no memory for a picture of ${into.width}×${into.height}`);
      const reduced = reducing.scaleFrameSync(small, frame);
      if (reduced < 0) return reduced;
      // It changes from scene to scene, and the table with it.
      small.removeSideData(AV_FRAME_DATA_DYNAMIC_HDR_PLUS);
      return keptContext(into, createContext).scaleFrameSync(into, small);
    },
    close: () => {
      opened?.small.free();
      opened?.reducing.freeContext();
      opened = null;
    },
  };
}

function keptContext({ width, height }: Frame, createContext: () => Context): Context {
  const size = `${width}×${height}`;
  const used = kept.find((one) => one.size === size) ?? { size, context: createContext() };
  const all = [used, ...kept.filter((one) => one !== used)];
  for (const { context } of all.slice(MOST_KEPT)) context.freeContext();
  kept = all.slice(0, MOST_KEPT);
  return used.context;
}

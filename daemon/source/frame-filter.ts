/** Frames through one of FFmpeg's filters. */

import { AV_BUFFERSRC_FLAG_KEEP_REF } from "node-av/constants";
import { FilterGraph, type FilterContext, type Frame } from "node-av/lib";

export type FrameFilter = {
  /** Whether it was made for frames like this one. */
  readonly fits: (frame: Frame) => boolean;
  /** Null: no more come. The frame stays the caller's. */
  readonly put: (frame: Frame | null) => void;
  /** Fills `into`, which is the caller's to unref; false if nothing is ready. */
  readonly take: (into: Frame) => boolean;
  readonly close: () => void;
};

/** `description`: as ffmpeg's `-vf` has it. Null if the filter cannot work on such frames. */
export function openFrameFilter(description: string, like: Frame): FrameFilter | null {
  const form = formOf(like);
  const graph = new FilterGraph();
  graph.alloc();
  graph.nbThreads = 1;
  const ends = configure(graph, `buffer@in=${form},${description},buffersink@out`);
  if (ends === null) {
    graph.free();
    return null;
  }
  return {
    fits: (frame) => formOf(frame) === form,
    put: (frame) => void ends.source.buffersrcAddFrameSync(frame, AV_BUFFERSRC_FLAG_KEEP_REF),
    take: (into) => ends.sink.buffersinkGetFrameSync(into) >= 0,
    close: () => graph.free(),
  };
}

function configure(graph: FilterGraph, chain: string): { readonly source: FilterContext; readonly sink: FilterContext } | null {
  if (graph.parsePtr(chain) < 0 || graph.configSync() < 0) return null;
  const [source, sink] = [graph.getFilter("buffer@in"), graph.getFilter("buffersink@out")];
  return source === null || sink === null ? null : { source, sink };
}

/** The times of frames are not needed: they come out in the order in which they went in. */
function formOf({ width, height, format, colorSpace, colorRange }: Frame): string {
  return `width=${width}:height=${height}:pix_fmt=${format}:colorspace=${colorSpace}:range=${colorRange}:time_base=1/1000`;
}

/** When pictures begin and end, by the packets that the demuxer has seen: OpenCV tells a beginning only, in rounded ms. Pure. */

export type PictureSpan = { readonly positionUs: number; readonly endUs: number };

export type PacketTimes = {
  /** A packet of the picture's stream, in any order; 0 for a length that is not known. */
  readonly note: (positionUs: number, durationUs: number) => void;
  /** The span of the picture that is said to begin there. It and what lies before it is forgotten. */
  readonly take: (positionUs: number) => PictureSpan;
  /** The span of the next picture, of which nothing is said; null if no packet is left. It is forgotten. */
  readonly takeNext: () => PictureSpan | null;
};

/** `usualUs`: the length of a picture whose packet says nothing. */
export function createPacketTimes(usualUs: number): PacketTimes {
  /** By position, the earliest first. The caller notes only what is near the next picture, and takes that. */
  let waiting: PictureSpan[] = [];

  return {
    note: (positionUs, durationUs) => {
      const before = waiting.findLastIndex((span) => span.positionUs <= positionUs);
      waiting.splice(before + 1, 0, { positionUs, endUs: positionUs + (durationUs > 0 ? durationUs : usualUs) });
    },
    take: (positionUs) => {
      const distance = (span: PictureSpan): number => Math.abs(span.positionUs - positionUs);
      const nearest = waiting.reduce<PictureSpan | null>(
        (best, span) => (best === null || distance(span) < distance(best) ? span : best),
        null,
      );
      if (nearest === null || distance(nearest) > usualUs / 2) return { positionUs, endUs: positionUs + usualUs };
      waiting = waiting.filter((span) => span.positionUs > nearest.positionUs);
      return nearest;
    },
    takeNext: () => waiting.shift() ?? null,
  };
}

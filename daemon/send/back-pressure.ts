/** When a source that was read into a full queue is read again: as the sender tells it, and as the source's side waits for it. Pure. */

/** Reading begins again when the queue has fallen to this part: what is read then comes in one piece, and half as often. */
export const RESUME_SHARE = 0.5;

/** So many pictures have to leave a full queue before reading begins again: it is of no use to be told of fewer. */
export function framesToLeave(queueFrames: number): number {
  return Math.ceil(queueFrames * (1 - RESUME_SHARE));
}
